"""Many messages at the same moment, each on a connection of its own."""

from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from moderation.models import Ban, ModerationLog, OutboxEvent, Strike
from moderation.pipeline.moderate import moderate
from tests.messages import BLOCKED, project, submission, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_services]


@pytest.fixture
def arena():
    arena = project()
    words(arena)
    return arena


def at_once(submissions):
    """Moderate all at the same moment; return the outcomes."""
    return at_once_by(lambda submission: moderate(submission, timezone.now()), submissions)


def at_once_by(do, things):
    """Do it with all of them at the same moment, each in a thread; return what came back."""
    start = Barrier(len(things))

    def take_part(thing):
        try:
            start.wait(timeout=60)
            return do(thing)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(take_part, things))


@pytest.fixture
def fifty(arena):
    """Return the outcomes of fifty blocked messages that one author sent at once."""
    return at_once([submission(arena, f"{BLOCKED} {number}") for number in range(50)])


def test_of_fifty_blocked_at_once_three_give_strikes(fifty):
    assert Strike.objects.count() == 3
    assert sorted(o.log.strike_count for o in fifty if o.log.action != "user_banned") == [1, 2, 3]


def test_of_fifty_blocked_at_once_one_bans_and_47_are_refused(fifty):
    actions = Tally(outcome.log.action for outcome in fifty)
    assert actions == {"warning": 2, "temp_ban": 1, "user_banned": 47}
    assert Ban.objects.filter(lifted_at=None).count() == 1
    assert OutboxEvent.objects.filter(type="moderation.user_banned").count() == 1


@pytest.mark.parametrize(
    ("content", "strikes"),
    [("Hello world", 0), ("warnword", 0), ("flagword", 0), (BLOCKED, 1)],
)
def test_one_message_twenty_times_at_once_is_stored_once(arena, content, strikes):
    outcomes = at_once([submission(arena, content, message_id="m1") for _ in range(20)])
    assert sorted(outcome.is_duplicate for outcome in outcomes) == [False] + [True] * 19
    assert len({outcome.log.pk for outcome in outcomes}) == 1
    assert (ModerationLog.objects.count(), Strike.objects.count()) == (1, strikes)


def test_twenty_edits_at_once_follow_each_other(arena):
    edits = [submission(arena, f"{BLOCKED} {n}", message_id="m1") for n in range(20)]
    outcomes = at_once(edits)
    assert sorted(outcome.log.revision for outcome in outcomes) == list(range(1, 21))
    assert (ModerationLog.objects.get().revision, Strike.objects.count()) == (20, 1)


def test_twenty_authors_at_once_do_not_mix(arena):
    at_once([submission(arena, BLOCKED, user_id=f"u{number}") for number in range(20)])
    assert Strike.objects.values("user_id").distinct().count() == 20
    assert Ban.objects.count() == 0
