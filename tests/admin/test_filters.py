"""Filters of the lists: days, verdicts, languages, states; none of them reads a whole table."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from moderation.models import AuditEntry, Ban, Counter, LogRevision, ModerationLog, OutboxEvent
from reviews.models import Decision, Report, ReviewItem
from tests.admin.rows import make_ban, make_project, say

pytestmark = pytest.mark.django_db
GROWING = [
    ModerationLog, LogRevision, OutboxEvent, Counter, AuditEntry, ReviewItem, Decision, Report,
]  # fmt: skip


def listed(page, model, **query):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return list(page.get(reverse(name), query).context["cl"].result_list)


@pytest.fixture
def days(arena):
    """Return logs of three days running, at the first moment, noon and the last moment."""
    moments = [
        datetime(2026, 3, 1, tzinfo=UTC),
        datetime(2026, 3, 2, 12, tzinfo=UTC),
        datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC),
    ]
    for number, moment in enumerate(moments):
        log = say(arena, f"d{number}", "hello", user_id=f"u{number}")
        ModerationLog.objects.filter(pk=log.pk).update(created_at=moment)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"created_at_from": "2026-03-02"}, {"d1", "d2"}),
        ({"created_at_to": "2026-03-02"}, {"d0", "d1"}),
        ({"created_at_from": "2026-03-03", "created_at_to": "2026-03-03"}, {"d2"}),
        ({"created_at_from": "nonsense"}, {"d0", "d1", "d2"}),
        ({"created_at_to": "9999-12-31"}, {"d0", "d1", "d2"}),
        ({"created_at_from": ""}, {"d0", "d1", "d2"}),
    ],
    ids=["from", "to", "one day", "nonsense", "last day of all", "empty"],
)
def test_range_of_days_includes_both_ends(page, days, query, found):
    assert {log.message_id for log in listed(page, ModerationLog, **query)} == found


def test_verdict_and_language_filter(page, arena):
    say(arena, "m1", "What did you think of the game last night?")
    blocked = say(arena, "m2", user_id="yan")
    ModerationLog.objects.filter(pk=blocked.pk).update(language="eo")
    verdict = blocked.verdict
    assert [log.pk for log in listed(page, ModerationLog, verdict=verdict)] == [blocked.pk]
    assert [log.pk for log in listed(page, ModerationLog, language="others")] == [blocked.pk]
    assert len(listed(page, ModerationLog, language="en")) == 1
    assert len(listed(page, ModerationLog, verdict="nonsense")) == 2


def test_project_filter(page, arena):
    den = make_project("den")
    log, _ = say(arena), say(den)
    assert listed(page, ModerationLog, project__id__exact=arena.pk) == [log]
    assert listed(page, ModerationLog, project__id__exact=den.pk + 1) == []


def test_bans_in_force_and_others(page, arena):
    active, lifted = make_ban(arena), make_ban(arena, "zed")
    Ban.objects.filter(pk=lifted.pk).update(lifted_at=timezone.now())
    assert listed(page, Ban, state="active") == [active]
    assert listed(page, Ban, state="over") == [lifted]


@pytest.mark.parametrize("model", GROWING, ids=lambda model: model.__name__)
def test_table_that_grows_has_no_date_hierarchy(model):
    assert admin.site._registry[model].date_hierarchy is None


@pytest.mark.parametrize("model", GROWING, ids=lambda model: model.__name__)
def test_search_says_what_it_looks_into(model):
    assert admin.site._registry[model].search_help_text


def test_no_filter_asks_which_values_there_are(page, arena, django_assert_num_queries):
    say(arena)
    with django_assert_num_queries(
        6
    ) as asked:  # session, user, their settings, projects, count, rows
        listed(page, ModerationLog)
    assert not [query for query in asked if "DISTINCT" in query["sql"]]
