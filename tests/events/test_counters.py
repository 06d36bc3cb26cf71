"""What the counters count of a check: statuses change hands, verdicts are the engine's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.accounts.callers import caller_of_member
from moderation.delivery import relay
from moderation.models import Counter
from moderation.models.events import ALL_TIME
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from tests.messages import BLOCKED, NOON, member, send

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
