"""The counts that are built once agree with the same questions asked of the ORM."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation import queries
from moderation.engine.policy import policy_from_dict
from moderation.models import ModerationLog, Strike
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


@pytest.mark.parametrize("scope", ["channel", "project"])
def test_history_counts_what_the_windows_hold(arena, scope):
    policy = policy_from_dict({"ban_scope": scope})
    standing = queries.standing_of((arena, "ana", "general"), policy, but="none", now=NOW)
    assert (standing.recent_violations, standing.burst_violations) == (3, 2)
    assert standing.active_strikes == (1 if scope == "channel" else 0)


def test_history_leaves_out_the_message_at_hand(arena):
    newest = ModerationLog.objects.filter(user_id="ana", is_violation=True).latest("judged_at")
    policy = policy_from_dict({})
    key = (arena, "ana", "general")
    standing = queries.standing_of(key, policy, but=newest.message_id, now=NOW)
    assert (standing.recent_violations, standing.burst_violations) == (2, 1)


def test_strikes_counted_are_the_active_ones(arena):
    policy = policy_from_dict({})
    later = NOW + timedelta(days=policy.strike_days)
    counts = [
        queries.count_active_strikes(arena, "ana", "general", policy, at) for at in (NOW, later)
    ]
    assert counts == [Strike.objects.filter(user_id="ana").count(), 0]


def test_copies_are_counted_by_author_text_and_minute(arena):
    log = ModerationLog.objects.get(user_id="ana", content=BLOCKED)
    sent = [
        queries.times_sent(arena, author, log.content_hash, but="none", now=at)
        for author, at in [("ana", NOW), ("ben", NOW), ("ana", NOW + timedelta(minutes=1))]
    ]
    assert sent == [1, 1, 0]
