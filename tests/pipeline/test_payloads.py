"""The events about a message and what they count, field by field."""

from datetime import timedelta

import pytest

from moderation import rules
from moderation.models import OutboxEvent
from moderation.pipeline import payloads
from moderation.pipeline.notices import notify_project, notify_projects
from moderation.queries.authors import Activity
from tests.messages import BLOCKED, NOON, project, send, words

pytestmark = pytest.mark.django_db
AT_NOON = "2026-03-02T12:00:00.000Z"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def told(kind):
    """Return the data of these events, the oldest first, without what was told before."""
    events = OutboxEvent.objects.filter(type=kind).order_by("id")
    return list(events.values_list("data", flat=True))


def test_a_check_is_told_in_full(arena):
    outcome = send(arena, f"flagword{' and so on' * 20}", message_id="m1", username="Zed")
    log = outcome.log
    (update,) = told("moderation_update")
    assert update == {
        "content_id": str(log.pk), "project_id": "arena", "status": "flagged",
        "content_type": "text", "content_preview": f"flagword{' and so on' * 9} a",
        "meta_data": {"user_id": "zed"}, "results_count": 1,
        "processing_time": log.processing_seconds, "moderator_type": "rule",
        "moderator_name": "Blacklist", "rule_name": None, "verdict": "flag",
        "severity": "medium", "reasons": ["profanity"], "user_id": "zed", "username": "Zed",
        "channel_id": "general", "message_id": "m1", "review_id": str(outcome.review_id),
        "restored": False, "timestamp": AT_NOON,
    }  # fmt: skip


def test_without_a_review_none_is_named(arena):
    send(arena)
    assert told("moderation_update")[0]["review_id"] is None


def test_only_the_metadata_that_the_policy_names_is_told(arena):
    rules.change_policy(arena, "tests", {"meta_data_in_events": ["user_id", "source", "mood"]})
    send(arena, metadata={"source": "web", "secret": "x", "user_id": "other"})
    assert told("moderation_update")[0]["meta_data"] == {"user_id": "other", "source": "web"}


@pytest.mark.parametrize(("letters", "kept"), [(0, ["source", "mood"]), (1, ["source"])])
def test_metadata_that_is_too_long_loses_its_last_fields(arena, letters, kept):
    rules.change_policy(arena, "tests", {"meta_data_in_events": ["source", "mood"]})
    room = payloads.MAX_METADATA_BYTES - len('{"source": "web", "mood": ""}') + letters
    send(arena, metadata={"source": "web", "mood": "x" * room})
    # PostgreSQL keeps the fields in an order of its own.
    assert sorted(told("moderation_update")[0]["meta_data"]) == sorted(kept)


def test_a_refused_message_is_told_outside_in_full(arena):
    log = send(arena, BLOCKED, message_id="m1").log
    message = {
        "user_id": "zed", "channel_id": "general", "message_id": "m1", "project_id": "arena",
    }  # fmt: skip
    reason = ", ".join(log.reasons)
    assert told("moderation.message_blocked") == [
        {**message, "reason": reason, "toxicity_score": log.score}
    ]
    assert told("moderation.warning") == [{**message, "strike_count": 1, "severity": "high"}]
    (activity,) = told("user_activity")
    assert (activity["user_id"], activity["triggered_by"], activity["timestamp"]) == (
        "zed", str(log.pk), AT_NOON,
    )  # fmt: skip
    assert activity["activity"]["recent_violations"] == 1
    assert set(OutboxEvent.objects.exclude(type="rule_update").values_list("created_at")) == {
        (NOON,)
    }


def test_figures_that_are_known_are_not_read_again(arena, django_assert_num_queries):
    log = send(arena).log
    known = Activity(total_submissions=9, recent_violations=8, approval_rate=7.0, risk_score=6.0)
    with django_assert_num_queries(0):
        assert payloads.user_activity(log, NOON, known).data["activity"] == known


@pytest.mark.parametrize(("auto_ban", "banned"), [(True, True), (False, False)])
def test_a_flood_says_whether_it_banned(auto_ban, banned):
    arena = project(auto_ban=auto_ban, flood={"violations": 2, "seconds": 30})
    words(arena)
    for number in range(3):
        send(arena, f"warnword {number}", after=number * SECOND)
    assert told("rate_limited") == [
        {
            "user_id": "zed", "channel_id": "general", "count": 3, "window_seconds": 30,
            "banned": banned, "timestamp": "2026-03-02T12:00:02.000Z",
        }
    ]  # fmt: skip
    order = list(OutboxEvent.objects.order_by("id").values_list("type", flat=True))
    wanted = ["moderation_update", "rate_limited", "user_activity"]
    assert [kind for kind in order if kind in wanted][-3:] == wanted


# --- Counters


def test_a_log_counts_once_for_status_verdict_categories_and_rules(arena):
    log = send(arena, "flagword").log
    log.rule_hits, log.reasons = ["rule:a", "shadow:b"], ["profanity", "duplicate"]
    assert payloads.counts_of(log) == {
        "total": 1, "flagged": 1, "rule:a": 1, "shadow:b": 1, "verdict:flag": 1,
        "category:profanity": 1,
    }  # fmt: skip
    log.verdict = "allow"
    assert payloads.counts_of(log) == {"total": 1, "flagged": 1, "rule:a": 1, "shadow:b": 1}


def test_changes_are_what_leads_from_one_count_to_the_other():
    before, after = {"a": 1, "b": 2, "d": 3}, {"a": 1, "b": 5, "c": 1}
    assert payloads.count_deltas(before, after) == {"b": 3, "c": 1, "d": -3}
    assert payloads.status_deltas("flagged", "approved") == {"approved": 1, "flagged": -1}
    assert payloads.status_deltas("flagged", "flagged") == {}


@pytest.mark.parametrize(
    ("status", "count"), [("approved", "kept"), ("rejected", "gone"), ("flagged", "gone")]
)
def test_a_decision_is_counted_for_each_rule_that_matched(arena, status, count):
    log = send(arena).log
    log.rule_hits, log.status = ["rule:a", "shadow:b"], status
    for change in (1, -1):
        assert payloads.decision_deltas(log, change) == {
            f"{count}:a": change,
            f"{count}:b": change,
        }


# --- Notices


@pytest.mark.parametrize(("kind", "stays"), [("error", True), ("info", False)])
def test_an_error_stays_until_somebody_closes_it(arena, kind, stays):
    other = project("other")
    notify_project(arena, kind, "The disk is full", now=NOON)
    event = OutboxEvent.objects.get(type="system_notification")
    assert (event.project, event.created_at) == (arena, NOON)
    assert event.data == {
        "type": kind, "message": "The disk is full", "timestamp": AT_NOON, "persistent": stays,
    }  # fmt: skip
    assert notify_projects(kind, "It is back", repeated=MINUTE, now=NOON) == 2
    assert [row["persistent"] for row in told("system_notification")] == [stays] * 3
    assert OutboxEvent.objects.filter(project=other, type="system_notification").count() == 1


def test_a_project_gets_the_same_notice_only_after_a_while(arena):
    project("other")
    notify_project(arena, "error", "down", now=NOON)
    OutboxEvent.objects.filter(type="rule_update").update(data={"message": "down"})
    moments = [(0, "down"), (59, "down"), (59, "up"), (60, "down")]
    told_to = [
        notify_projects("error", message, repeated=MINUTE, now=NOON + seconds * SECOND)
        for seconds, message in moments
    ]
    assert told_to == [1, 0, 2, 2]
    last = OutboxEvent.objects.filter(created_at=NOON + MINUTE)
    assert last.values("project").distinct().count() == 2
