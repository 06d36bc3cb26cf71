"""The counts that are built once agree with the same questions asked of the ORM."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from moderation.engine.verdict.author_record import AuthorRecord
from moderation.engine.verdict.policy import policy_from_dict
from moderation.events.event import Cause
from moderation.models import Author, Ban, ModerationLog, Strike
from moderation.pipeline.author_history import History, author_record, histories_of, history_of
from moderation.pipeline.submission import Submission
from moderation.sanctions.bans import ban_author
from tests.factories import BLOCKED, CLEAN, FLAGGED, make_log, make_project

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def arena():
    """One author with a strike, violations of different ages and clean messages; one other."""
    project = make_project()
    for content, age in [(BLOCKED, 0.2), (FLAGGED, 0.4), (f"{FLAGGED} 2", 50), (CLEAN, 1)]:
        make_log(project, content, user_id="ana", now=NOW - timedelta(minutes=age))
    make_log(project, f"{FLAGGED} 3", user_id="ana", now=NOW - timedelta(hours=30))
    make_log(project, BLOCKED, user_id="ben", now=NOW)
    return project


def history(project, content=CLEAN, *, author="ana", at=NOW, scope="channel", **named):
    """Return what is known when the author sends this in #general."""
    fields = {"message_id": "none", "user_id": author, "channel_id": "general", **named}
    submission = Submission(project=project, content=content, **fields)
    return history_of(submission, policy_from_dict({"ban_scope": scope}), at)


@pytest.mark.parametrize("scope", ["channel", "project"])
def test_history_counts_what_the_windows_hold(arena, scope):
    found = history(arena, scope=scope)
    assert (found.recent_violations, found.burst_violations) == (3, 2)
    assert found.active_strikes == (1 if scope == "channel" else 0)


def test_history_leaves_out_the_message_at_hand(arena):
    newest = ModerationLog.objects.filter(user_id="ana", is_violation=True).latest("judged_at")
    found = history(arena, newest.content, message_id=newest.message_id)
    assert (found.recent_violations, found.burst_violations, found.copies) == (2, 1, 0)


def test_history_knows_a_stored_message(arena):
    stored = ModerationLog.objects.first()
    assert [history(arena, message_id=id_).is_stored for id_ in (stored.message_id, "new")] == [
        True,
        False,
    ]


def test_history_sees_a_ban_while_it_holds(arena):
    with transaction.atomic():
        author, hour = Author(arena, "ana", "general"), timedelta(hours=1)
        ban_author(author, Cause("noor", "rude"), length=hour, now=NOW)
    later = NOW + timedelta(hours=1)
    found = [history(arena, at=NOW), history(arena, at=later), history(arena, channel_id="lobby")]
    assert [one.is_banned for one in found] == [True, False, False]


def test_strikes_counted_are_the_active_ones(arena):
    later = NOW + timedelta(days=policy_from_dict({}).strike_days)
    counts = [history(arena, at=at).active_strikes for at in (NOW, later)]
    assert counts == [Strike.objects.filter(user_id="ana").count(), 0]


def test_copies_are_counted_by_author_text_and_minute(arena):
    asked = [("ana", NOW), ("ben", NOW), ("ana", NOW + timedelta(minutes=1))]
    assert [history(arena, BLOCKED, author=who, at=at).copies for who, at in asked] == [1, 1, 0]


def test_windows_leave_out_their_first_moment_and_what_is_to_come(arena):
    policy = policy_from_dict({})
    day = timedelta(hours=policy.repeat_offender.hours)
    burst, minute = timedelta(seconds=policy.flood.seconds), timedelta(minutes=1)
    make_log(arena, BLOCKED, user_id="eve", now=NOW)
    later = [NOW - minute / 60, NOW, NOW + burst, NOW + day]
    found = [history(arena, author="eve", at=at) for at in later]
    assert [(one.recent_violations, one.burst_violations) for one in found] == [
        (0, 0), (1, 1), (1, 0), (0, 0),
    ]  # fmt: skip
    copies = [history(arena, BLOCKED, author="eve", at=NOW + age) for age in (minute / 2, minute)]
    assert [one.copies for one in copies] == [1, 0]


def test_nothing_of_another_project_counts(arena):
    other = make_project("other")
    stored = make_log(other, BLOCKED, user_id="eve", now=NOW)
    with transaction.atomic():
        ban_author(Author(other, "eve"), Cause("noor", "rude"), length=None, now=NOW)
    for scope in ("channel", "project"):
        for message_id in (stored.message_id, "none"):
            found = history(arena, BLOCKED, author="eve", message_id=message_id, scope=scope)
            assert found == History(is_stored=False, copies=0, is_banned=False)


def test_a_nameless_author_has_no_past_but_their_message_may_be_stored(arena):
    stored = ModerationLog.objects.filter(user_id="ana").first()
    for message_id, is_stored in ((stored.message_id, True), ("none", False)):
        found = history(arena, BLOCKED, message_id=message_id, is_nameless=True)
        assert found == History(is_stored, copies=0, is_banned=False)


@pytest.mark.parametrize("ban", [None, Ban()])
@pytest.mark.parametrize("is_trusted", [True, False])
def test_the_record_takes_over_what_is_known(ban, is_trusted):
    known = History(
        True, 9, is_banned=False, active_strikes=1, recent_violations=2, burst_violations=3
    )
    assert author_record(known, ban, is_trusted=is_trusted) == AuthorRecord(
        is_banned=ban is not None,
        is_whitelisted=is_trusted,
        active_strikes=1,
        recent_violations=2,
        burst_violations=3,
    )


def test_histories_of_several_are_those_of_each(arena, django_assert_num_queries):
    texts = [
        (CLEAN, "ana"),
        (BLOCKED, "ben"),
        (f"{FLAGGED} 3", "ana"),
        ("d'une \u2603 \"", "zed"),
        (CLEAN, ""),
    ]
    asked = [
        Submission(
            project=arena, message_id=f"new-{number}", user_id=author, channel_id="general",
            content=text, is_nameless=not author,
        )
        for number, (text, author) in enumerate(texts)
    ]  # fmt: skip
    policies = [policy_from_dict({"ban_scope": scope}) for scope in ("channel", "project")]
    mixed = [policies[number % 2] for number in range(len(asked))]
    alone = [history_of(one, policy, NOW) for one, policy in zip(asked, mixed, strict=True)]
    assert len(set(alone)) > 2
    with django_assert_num_queries(2):
        assert histories_of(asked, mixed, NOW) == alone
