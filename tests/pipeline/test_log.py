"""What is stored of a message, and which later changes make its hours stale."""

from datetime import timedelta

import pytest

from moderation.models import LogRevision, ModerationLog, StaleHour
from moderation.pipeline.log import amend, change_status, find_earlier, hold_edit
from moderation.pipeline.submission import copy_hash_of, hash_of
from tests.messages import BLOCKED, NOON, project, send, submission, words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_a_message_is_stored_with_all_that_was_sent(arena):
    sent = {"username": "Zed", "reply_to": "m0", "metadata": {"a": 1}, "message_id": "m1"}
    send(arena, "Hello world", **sent)
    log = ModerationLog.objects.get()
    assert {name: getattr(log, name) for name in sent} == sent
    assert (log.project, log.user_id, log.channel_id) == (arena, "zed", "general")
    assert (log.content, log.content_type, log.language) == ("Hello world", "text", "en")
    assert (log.content_hash, log.copy_hash) == (hash_of("Hello world"), copy_hash_of("helloworld"))
    assert (log.created_at, log.judged_at, log.revision) == (NOON, NOON, 1)
    assert (log.degraded, log.standing, log.rule_hits) == ([], {}, [])
    assert (log.policy_version, log.model_version) == (1, 0)


def test_of_the_author_s_record_only_what_is_true_is_stored(arena):
    send(arena, BLOCKED)
    log = send(arena, "Hello world", after=timedelta(seconds=1)).log
    assert log.standing == {"active_strikes": 1, "recent_violations": 1, "burst_violations": 1}


def test_an_edit_stores_the_earlier_text_and_moves_the_hours(arena):
    first = send(arena, "flagword", message_id="m1").log
    edit = send(arena, "Hello world", message_id="m1", after=HOUR).log
    assert (edit.created_at, edit.judged_at, edit.revision) == (NOON, NOON + HOUR, 2)
    earlier = LogRevision.objects.get()
    assert (earlier.log, earlier.content, earlier.verdict, earlier.revision) == (
        first, "flagword", "flag", 1,
    )  # fmt: skip
    assert NOON in StaleHour.objects.values_list("hour", flat=True)


def test_the_stored_message_is_the_project_s_own(arena):
    send(project("other"), message_id="m1")
    assert find_earlier(submission(arena, message_id="m1")) is None
    log = send(arena, message_id="m1").log
    assert find_earlier(submission(arena, message_id="m1"), lock=True) == log


def test_only_an_edit_of_rejected_content_is_held(arena, monkeypatch):
    log = send(arena).log
    asked = []
    port = type("Port", (), {"is_rejected": lambda _self, one: asked.append(one) or True})()
    monkeypatch.setattr("moderation.pipeline.log.review_port", lambda: port)
    hold_edit(log)
    assert (log.is_approved, log.stage, asked) == (True, "approved", [])
    log.revision = 2
    hold_edit(log)
    assert (log.is_approved, log.stage, asked) == (False, "human-review", [log])


# --- Later changes


@pytest.mark.parametrize(
    ("changes", "after", "hours"),
    [
        ({"is_approved": False}, HOUR, [NOON]),
        ({"moderator_type": "manual"}, HOUR, [NOON]),
        ({"is_approved": False}, HOUR / 2, []),
        ({"is_approved": True, "moderator_type": "rule"}, HOUR, []),
        ({"status": "flagged"}, HOUR, []),
    ],
    ids=str,
)
def test_a_change_that_figures_count_makes_its_hour_stale(arena, changes, after, hours):
    log = send(arena).log
    amend(log, changes, NOON + after)
    assert list(StaleHour.objects.values_list("hour", flat=True)) == hours
    stored = ModerationLog.objects.get()
    assert {name: getattr(stored, name) for name in changes} == changes
    assert stored.changed_at == NOON + after


def test_a_status_is_stored_with_who_gave_it(arena):
    log = send(arena).log
    given = {
        "status": "rejected", "is_approved": False, "is_violation": True, "stage": "human-review",
        "moderator_type": "manual", "moderator_name": "noor",
    }  # fmt: skip
    change_status(log, NOON + HOUR, **given)
    stored = ModerationLog.objects.get()
    assert {name: getattr(stored, name) for name in given} == given
    assert (stored.verdict, stored.changed_at) == ("allow", NOON + HOUR)


# --- Sentences


@pytest.mark.parametrize(
    ("content", "policy", "said"),
    [
        ("warnword", {}, "Please mind your language."),
        ("flagword", {}, "Your message awaits review."),
        ("My number is 536-90-4399", {}, "Your message was blocked."),
        ("warnword", {"languages": ["es", "en"]}, "Cuida tu lenguaje, por favor."),
    ],
)
def test_the_author_is_told_in_the_project_s_first_language_at_last(content, policy, said):
    arena = project(**policy)
    words(arena)
    log = send(arena, content, language="und" if policy else None).log
    assert log.message == said


def test_a_banned_author_reads_until_when(arena):
    ban = [send(arena, BLOCKED, after=timedelta(minutes=2 * n)).log for n in range(3)][-1]
    assert ban.message == "You are banned until 2026-03-03T12:04:00.000Z."
    later = send(arena, after=HOUR).log
    assert later.message == "You are banned and cannot write here."
