"""Many moderators at once, each on a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from moderation.lib.errors import AlreadyExists, Conflict
from moderation.models import Strike
from reviews.appeals import ask
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.reports import NewReport, report
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import Claim, Decision, DecisionKind, ReviewItem
from reviews.queue import claims
from reviews.queue.review_port import open_item
from tests import factories
from tests.reviews.moments import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_services]

PEOPLE = 20


@pytest.fixture
def forum(transactional_db):
    return factories.make_project("forum")


@pytest.fixture
def moderators(forum):
    return [factories.make_caller(forum) for _ in range(PEOPLE)]


def at_once(act, people):
    """Let all act at the same moment; return what each got."""
    start = Barrier(len(people))

    def take_part(person):
        start.wait(timeout=60)
        try:
            return act(person)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(take_part, people))


def status_of_decision(item, order):
    def act(person):
        try:
            decide(item.pk, order, person, now=timezone.now())
        except Conflict as refusal:
            return refusal.status, set(refusal.extra)
        return 200, set()

    return act


def test_of_twenty_deciders_one_wins(forum, moderators):
    item = factories.make_item(forum)
    got = at_once(status_of_decision(item, DecisionRequest(DecisionKind.REJECT)), moderators)
    lost = [extra for status, extra in got if status == 409]
    assert sorted(status for status, _ in got) == [200] + [409] * 19
    assert all(extra == {"decided_by", "decided_at", "decision"} for extra in lost)
    assert (Decision.objects.count(), Strike.objects.count()) == (1, 1)


def test_twenty_who_ask_for_the_next_get_twenty_items(forum, moderators):
    items = {factories.make_item(forum).pk for _ in range(PEOPLE)}
    got = at_once(lambda person: claims.next_item(person, now=timezone.now()), moderators)
    assert sorted(item.pk for item in got if item) == sorted(items)
    assert Claim.objects.count() == PEOPLE


def test_twenty_openings_of_one_content_make_one_item(forum, moderators):
    log = factories.make_log(forum, factories.CLEAN)
    got = at_once(lambda person: open_it(log), moderators)
    assert len(set(got)) == 1
    assert ReviewItem.objects.get().version == PEOPLE


def status_of_answer(appeal):
    def act(person):
        try:
            decide_appeal(appeal.pk, Answer("overturned", "yes"), person, now=timezone.now())
        except Conflict as refusal:
            return refusal.status
        return 200

    return act


def test_of_twenty_who_answer_an_appeal_one_wins(forum, moderators):
    log = factories.make_log(forum, factories.BLOCKED)
    appeal, _ = ask.appeal(log, "A joke.", now=timezone.now())
    got = at_once(status_of_answer(appeal), moderators)
    assert sorted(got) == [200] + [409] * 19
    assert Decision.objects.count() == 1


def test_of_twenty_appeals_of_one_content_one_is_opened(forum, moderators):
    log = factories.make_log(forum, factories.BLOCKED)
    got = at_once(lambda _: opened(log), moderators)
    assert sorted(got) == [201] + [409] * 19


def opened(log):
    try:
        ask.appeal(log, "A joke.", now=timezone.now())
    except AlreadyExists as refusal:
        return refusal.status
    return 201


def open_it(log):
    with transaction.atomic():
        return open_item(log, timezone.now())[0]


def test_twenty_reports_of_one_person_count_once(forum, moderators):
    log = factories.make_log(forum, factories.CLEAN)
    reported = NewReport(message_id=log.message_id, reporter_id="r1", reason="rude")
    got = at_once(lambda person: report(forum, reported, now=timezone.now()), moderators)
    assert sorted(is_new for _, is_new in got) == [False] * 19 + [True]
    assert ReviewItem.objects.get().report_count == 1


def test_twenty_decisions_about_one_author_all_count(forum, moderators):
    days = [NOON - timedelta(days=PEOPLE - number) for number in range(PEOPLE)]
    items = [factories.make_item(forum, user_id="u1", now=day) for day in days]
    pairs = list(zip(items, moderators, strict=True))
    order = DecisionRequest(DecisionKind.REJECT)
    at_once(lambda pair: decide(pair[0].pk, order, pair[1], now=NOON), pairs)
    assert Strike.objects.filter(revoked_at=None).count() == PEOPLE
