"""Lists and rows say in words what the database holds as JSON, bytes, ids or the year 1970."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from moderation.accounts.keys import create_key
from moderation.models import HourlyFigures, SummedSpan
from reviews.models import Claim, Decision, ReviewNote
from tests.admin.rows import make_every_row, say

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def listed(page, name):
    return page.get(reverse(f"admin:{name}_changelist")).content.decode()


@pytest.mark.parametrize("model", [Claim, Decision, ReviewNote], ids=lambda model: model.__name__)
def test_a_row_about_a_review_names_its_message(page, arena, root, model):
    make_every_row(arena, root)
    row = model.objects.first()
    text = listed(page, model._meta.label_lower.replace(".", "_"))
    assert row.review.log.message_id in text
    assert str(row.review.log_id) not in text


def test_scopes_are_words(page, arena):
    create_key(arena, name="bot", scopes=["check", "read"], actor="tests")
    assert "check, read" in listed(page, "moderation_apikey")


def test_hourly_figures_are_words_without_the_packed_waits(page, arena):
    row = HourlyFigures.objects.create(
        project=arena,
        hour=NOON,
        counts={"report:spam": 2, "appeals": 1},
        decision_waits=b"12345678",
    )
    assert "appeals: 1, report:spam: 2" in listed(page, "moderation_hourlyfigures")
    shown = page.get(reverse("admin:moderation_hourlyfigures_change", args=[row.pk]))
    assert "Decision waits" not in shown.content.decode()


@pytest.mark.parametrize(("year", "said"), [(1970, "the first message"), (2026, "2026-12-01")])
def test_a_span_of_all_time_begins_with_the_first_message(page, arena, year, said):
    SummedSpan.objects.update_or_create(
        project=arena, defaults={"since": NOON.replace(year=year), "until": NOON}
    )
    cell = re.search(r'class="field-beginning[^>]*>([^<]*)', listed(page, "moderation_summedspan"))
    assert cell.group(1).startswith(said)


def test_a_messages_text_stands_once_on_its_page(page, arena):
    log = say(arena, "m2", content="A quiet sentence")
    shown = page.get(reverse("admin:moderation_moderationlog_change", args=[log.pk]))
    assert shown.content.decode().count("A quiet sentence") == 1
