"""What the counters count of a check and say of a project; verdicts are the engine's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.accounts.callers import caller_of_member
from moderation.delivery import relay
from moderation.events import counters
from moderation.events.counters import RuleCount, stats_for, stats_of, totals_of
from moderation.models import Counter, ModerationLog
from moderation.models.events import ALL_TIME
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from tests.messages import BLOCKED, NOON, member, project, send

pytestmark = pytest.mark.on_services

MINUTE = timedelta(minutes=1)


def counted(minute=ALL_TIME):
    """Return the counters of verdicts and categories that are not zero."""
    relay.run_once([])
    rows = Counter.objects.filter(minute=minute, metric__contains=":").exclude(value=0)
    return dict(rows.values_list("metric", "value"))


def test_an_allowed_message_tallies_no_verdict(arena):
    send(arena, "Hello world")
    assert counted() == {}


def test_a_verdict_is_counted_in_its_minute_with_its_categories(arena):
    send(arena, "flagword", after=2 * MINUTE)
    send(arena, BLOCKED, user_id="other", after=3 * MINUTE)
    assert counted(NOON + 2 * MINUTE) == {"verdict:flag": 1, "category:profanity": 1}
    assert counted()["verdict:block"] == 1


def test_a_reason_that_is_no_category_is_not_counted(arena):
    copies = [send(arena, "buy my course", after=timedelta(seconds=9 * n)) for n in range(3)]
    assert "duplicate" in copies[-1].log.reasons
    assert not [metric for metric in counted() if "duplicate" in metric]


def test_an_edit_is_counted_by_its_latest_revision(arena):
    for content in ("flagword", "warnword", "Hello world", "warnword"):
        send(arena, content, message_id="m1")
    assert counted() == {"verdict:warn": 1, "category:profanity": 1}


def test_a_ruling_leaves_the_engines_verdict_counted(arena):
    outcome = send(arena, "flagword")
    caller = caller_of_member(member(arena, "moderator"), arena.slug)
    decide(outcome.review_id, DecisionRequest("approve"), caller, now=timezone.now())
    assert counted()["verdict:flag"] == 1
    assert Counter.objects.get(metric="approved", minute=ALL_TIME).value == 1


# --- What is read


def test_totals_are_those_of_the_project_for_all_time(arena):
    other, stored = project("other"), {"project": arena, "minute": ALL_TIME}
    Counter.objects.create(**stored, metric="total", value=7)
    Counter.objects.create(**stored, metric="verdict:flag", value=5)
    Counter.objects.create(project=arena, minute=NOON, metric="approved", value=4)
    Counter.objects.create(project=other, minute=ALL_TIME, metric="rejected", value=3)
    assert totals_of(arena) == {
        "total": 7, "approved": 0, "rejected": 0, "flagged": 0, "open_reviews": 0,
    }  # fmt: skip


def test_figures_are_shares_of_the_total(arena):
    totals = {"total": 3, "approved": 2, "rejected": 1, "flagged": 0, "open_reviews": 9}
    assert stats_of(arena, totals) == {
        "total_content": 3, "approved": 2, "rejected": 1, "flagged": 0, "approval_rate": 66.7,
        "rejection_rate": 33.3, "flag_rate": 0.0, "recent_activity": [], "open_reviews": 9,
    }  # fmt: skip
    empty = stats_for(arena)
    assert {empty[f"{name}_rate"] for name in ("approval", "rejection", "flag")} == {0.0}


def test_the_ten_newest_messages_of_the_project_are_named(arena):
    send(project("other"))
    # The tenth of the newest came with the one before it, at one moment.
    ages = [0, 1, 1, *range(3, 12)]
    logs = [send(arena, f"Hello {n}", after=age * MINUTE).log for n, age in enumerate(ages)]
    ModerationLog.objects.filter(pk=logs[11].pk).update(status="flagged")
    recent = stats_for(arena)["recent_activity"]
    assert [row["content_id"] for row in recent] == [str(log.pk) for log in logs[:1:-1]]
    assert recent[0] == {
        "content_id": str(logs[11].pk), "decision": "flagged",
        "timestamp": "2026-03-02T12:11:00.000Z",
    }  # fmt: skip


def test_names_of_counters():
    assert counters.verdict_metric("flag") == "verdict:flag"
    assert counters.category_metric("threat") == "category:threat"
    assert counters.rule_metric(RuleCount.KEPT, "a-b-c") == "kept:abc"
    assert counters.model_metric(3, "allow", "flag") == "model:3:allow>flag"
    assert counters.hour_metric("total") == "hour:total"
    by_day = ["rule:1", "shadow:1", "kept:1", "gone:1", "model:3:allow>flag"]
    assert all(map(counters.is_counted_by_day, by_day))
    assert not any(map(counters.is_counted_by_day, ["total", "verdict:flag", "hour:rule"]))
