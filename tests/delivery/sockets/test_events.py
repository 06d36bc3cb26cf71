"""Every live event has the payload that docs/events.md promises."""

from datetime import timedelta

import pytest

from moderation import rules
from moderation.delivery import relay
from moderation.models import OutboxEvent
from tests import messages
from tests.messages import NOON, send, send_blocked

PAYLOADS = {
    "moderation_update": {
        "content_id", "project_id", "status", "content_type", "content_preview", "meta_data",
        "results_count", "processing_time", "moderator_type", "moderator_name", "rule_name",
        "verdict", "severity", "reasons", "user_id", "username", "channel_id", "message_id",
        "review_id", "restored", "timestamp",
    },
    "stats_update": {
        "total_content", "approved", "rejected", "flagged", "approval_rate", "rejection_rate",
        "flag_rate", "recent_activity", "open_reviews",
    },
    "rule_update": {"action", "rule", "timestamp"},
    "user_activity": {"user_id", "activity", "triggered_by", "timestamp"},
    "review_update": {
        "review_id", "content_id", "status", "claimed_by", "decision", "decided_by", "version",
        "timestamp",
    },
    "ban_update": {
        "user_id", "channel_id", "active", "type", "expires_at", "reason", "automatic",
        "timestamp",
    },
    "rate_limited": {
        "user_id", "channel_id", "count", "window_seconds", "banned", "timestamp",
    },
}  # fmt: skip


@pytest.fixture
def arena(transactional_db):
    """A project in which everything has happened once, relayed."""
    arena = messages.project()
    messages.words(arena)
    send(arena, "flagword", metadata={"thread": "7"})
    send_blocked(arena, 3)
    for second in range(7):
        send(arena, f"warnword {second}", user_id="flooder", after=timedelta(seconds=second))
    relay.run_once([])
    return arena


def first(type_):
    return OutboxEvent.objects.filter(type=type_).earliest("seq").data


@pytest.mark.parametrize("type_", PAYLOADS)
def test_the_payload_has_the_contracts_fields(arena, type_):
    assert set(first(type_)) == PAYLOADS[type_]


def test_no_other_live_event_happens(arena):
    told = OutboxEvent.objects.filter(audience="house").values_list("type", flat=True)
    assert set(told) == set(PAYLOADS)


def test_a_moderation_update_tells_of_the_message(arena):
    update = first("moderation_update")
    told = {
        name: update[name] for name in ("project_id", "status", "verdict", "user_id", "channel_id")
    }
    assert told == {
        "project_id": "arena", "status": "flagged", "verdict": "flag", "user_id": "zed",
        "channel_id": "general",
    }  # fmt: skip
    assert update["content_preview"] == "flagword"


def test_a_preview_ends_after_a_hundred_characters(arena):
    send(arena, "word " * 40, user_id="talker")
    newest = OutboxEvent.objects.filter(type="moderation_update").latest("id")
    assert len(newest.data["content_preview"]) == 100


def test_the_figures_count_what_happened(arena):
    figures = OutboxEvent.objects.filter(type="stats_update").latest("seq").data
    counted = [figures[name] for name in ("approved", "rejected", "flagged")]
    assert figures["total_content"] == sum(counted) == 11
    assert len(figures["recent_activity"]) == 10
    assert set(figures["recent_activity"][0]) == {"content_id", "decision", "timestamp"}


def test_open_reviews_are_counted(arena):
    assert first("stats_update")["open_reviews"] >= 1


def test_a_rule_update_describes_the_rule(arena):
    rule = first("rule_update")["rule"]
    assert set(rule) == {"id", "name", "type", "is_active", "priority", "action"}


@pytest.mark.parametrize(
    ("change", "action"), [(None, "created"), ("change", "updated"), ("remove", "deleted")]
)
def test_each_change_of_a_word_is_told(arena, change, action):
    fields = {"word": "fresh", "language": "*", "category": "other", "severity": "low"}
    word = rules.add_word(arena, "tests", fields)
    changes = {
        None: lambda: None,
        "change": lambda: rules.change_word(word, "tests", {"severity": "high"}),
        "remove": lambda: rules.remove_word(word, "tests"),
    }
    changes[change]()
    assert OutboxEvent.objects.filter(type="rule_update").latest("id").data["action"] == action


def test_an_activity_has_its_four_figures(arena):
    activity = first("user_activity")["activity"]
    assert set(activity) == {
        "total_submissions", "recent_violations", "approval_rate", "risk_score",
    }  # fmt: skip
    assert 0 <= activity["risk_score"] <= 10


def test_a_ban_is_told_with_its_end(arena):
    ban = first("ban_update")
    assert (ban["active"], ban["type"]) == (True, "temporary")
    assert ban["expires_at"] > NOON.isoformat()


def test_a_flood_is_told_with_its_size(arena):
    flood = first("rate_limited")
    assert (flood["user_id"], flood["count"], flood["window_seconds"]) == ("flooder", 6, 60)
    assert flood["banned"]


@pytest.mark.parametrize("type_", sorted(set(PAYLOADS) - {"stats_update"}))
def test_moments_are_utc_with_a_z(arena, type_):
    assert first(type_)["timestamp"].endswith("Z")
