from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from reviews.queue import claims
from reviews.queue.filters import Viewer
from reviews.queue.selection import next_item, selection_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(project):
    """Return three items, the most urgent first."""
    now = timezone.now()
    return [factories.make_item(project, now=now - timedelta(hours=3 - n)) for n in range(3)]


def following(item, caller, **query):
    return next_item(selection_of(query), Viewer(caller, timezone.now()), item)


def test_the_next_item_is_the_one_after_this(queue, noor):
    assert following(queue[0], noor) == queue[1]


def test_after_the_last_comes_the_first(queue, noor):
    assert following(queue[2], noor) == queue[0]


def test_the_next_item_is_none_that_another_holds(queue, noor, omar):
    claims.claim(queue[1].pk, omar, now=timezone.now())
    assert following(queue[0], noor) == queue[2]


def test_the_next_item_of_a_moderator_is_none_that_waits_for_an_admin(queue, noor, ada):
    decide(queue[1].pk, DecisionRequest(DecisionKind.ESCALATE), noor, now=timezone.now())
    assert following(queue[0], noor) == queue[2]
    assert following(queue[0], ada) == queue[1]


def test_the_next_item_stays_within_the_filters(queue, noor):
    assert following(queue[0], noor, author=queue[2].log.user_id) == queue[2]


def test_there_is_no_next_item_where_none_waits(item, noor):
    assert following(item, noor) is None


def test_a_query_names_only_what_differs_from_the_plain_queue():
    assert selection_of({}).query() == ""
    assert selection_of({"lane": "held", "sort": "urgent", "author": "a&b"}).query() == (
        "lane=held&author=a%26b"
    )
