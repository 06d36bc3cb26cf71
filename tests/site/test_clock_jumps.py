"""A clock that jumps: nothing is told twice, nothing lasts until the wrong time comes again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from moderation.accounts.sessions import forget_ended
from moderation.delivery import relay
from moderation.delivery.relay import housekeeping
from moderation.delivery.webhooks import dispatch
from moderation.models import Ban, Lease, OutboxEvent, Strike, WebhookDelivery, WebSession
from moderation.pipeline.moderate import moderate
from moderation.sanctions.bans import expire_sanctions
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from reviews.queue.claims import claim, end_from_ahead
from tests.delivery.webhooks.receiver import receiving
from tests.delivery.webhooks.test_webhooks import made, tell
from tests.factories import make_caller, make_item
from tests.messages import BLOCKED, member, submission

pytestmark = [pytest.mark.django_db, pytest.mark.on_services, pytest.mark.faults]

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


def at(moment):
    return time_machine.travel(moment, tick=False)


def send(arena, moment, text=BLOCKED):
    with at(moment):
        return moderate(submission(arena, text))


def ends_of_bans():
    return OutboxEvent.objects.filter(type="moderation.user_unbanned").count()


def test_a_ban_ends_once_however_often_the_clock_passes_its_end(arena):
    for minute in range(3):
        send(arena, NOON + timedelta(minutes=minute))
    assert Ban.objects.get().type == "temporary"
    for moment in (NOON + DAY + HOUR, NOON, NOON + DAY + HOUR, NOON + HOUR, NOON + YEAR):
        with at(moment):
            expire_sanctions(timezone.now())
    assert ends_of_bans() == 1


def test_an_author_let_in_by_a_wrong_clock_is_not_banned_again_by_the_right_one(arena):
    for minute in range(3):
        send(arena, NOON + timedelta(minutes=minute))
    with at(NOON + DAY + HOUR):
        expire_sanctions(timezone.now())
    assert send(arena, NOON + HOUR, "Hello").log.action == "approved"
    assert ends_of_bans() == 1


def test_each_blocked_message_is_one_strike_while_the_clock_jumps(arena):
    for moment in (NOON, NOON - DAY, NOON + HOUR):
        send(arena, moment)
    assert Strike.objects.count() == 3
    assert Ban.objects.filter(lifted_at=None).count() == 1


@pytest.fixture
def browser(arena):
    client = Client()
    with at(NOON + YEAR):
        client.force_login(member(arena, "moderator"))
        assert client.get("/account").status_code == 200
    return client


def test_a_session_from_before_the_clock_was_set_back_has_ended(browser):
    with at(NOON):
        assert browser.get("/account").status_code == 302


def test_its_sockets_are_closed_too(browser):
    with at(NOON):
        forget_ended(timezone.now())
    assert WebSession.objects.count() == 0


def test_a_session_survives_a_clock_that_is_set_right_by_a_minute(browser):
    with at(NOON + YEAR - timedelta(minutes=1)):
        forget_ended(timezone.now())
        assert browser.get("/account").status_code == 200


def test_a_claim_from_before_the_clock_was_set_back_has_ended(arena):
    item = make_item(arena)
    with at(NOON + DAY):
        claim(item.pk, make_caller(arena, name="noor"), now=timezone.now())
    with at(NOON):
        end_from_ahead(timezone.now())
        claim(item.pk, make_caller(arena, name="omar"), now=timezone.now())
    item.refresh_from_db()
    assert item.claim.holder_name == "omar"


def test_a_claim_of_now_stays(arena):
    item = make_item(arena)
    with at(NOON):
        claim(item.pk, make_caller(arena, name="noor"), now=timezone.now())
        assert end_from_ahead(timezone.now()) == 0


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as found:
        yield found


@pytest.mark.parametrize("status", [200, 500], ids=["never tried", "failed once"])
def test_a_delivery_from_before_the_clock_was_set_back_is_sent(arena, receiver, status):
    made(arena, receiver.url)
    receiver.status = status
    with at(NOON + YEAR):
        tell(arena)
        if status == 500:
            dispatch.run_once()
    receiver.status = 200
    with at(NOON):
        housekeeping.do_all(timezone.now())
        dispatch.run_once()
    assert WebhookDelivery.objects.get().status == "delivered"


def test_a_decision_held_before_the_clock_was_set_back_is_told(arena):
    item = make_item(arena)
    with at(NOON + YEAR):
        request = DecisionRequest(DecisionKind.REJECT, reason_code="harassment")
        decide(item.pk, request, make_caller(arena, name="noor"), now=timezone.now())
    held = OutboxEvent.objects.exclude(hold_until=None)
    assert held.exists()
    with at(NOON):
        housekeeping.do_all(timezone.now())
        relay.run_once([])
    assert not held.filter(sent_at=None).exists()


def test_the_daily_cleanup_does_not_wait_for_the_wrong_time(arena):
    cleanup = housekeeping.DailyCleanup()
    with at(NOON + YEAR):
        cleanup.run(timezone.now())
    with at(NOON):
        cleanup.run(timezone.now())
    assert Lease.objects.get(name=cleanup.NAME).expires_at == NOON + DAY
