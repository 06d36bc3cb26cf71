"""Deliveries that come twice and out of order leave a receiver with the right bans."""

import json
import random
from datetime import timedelta

import pytest
import time_machine

from moderation.delivery import relay
from moderation.delivery.webhooks import dispatch
from moderation.events.event import USER_BANNED, USER_UNBANNED
from moderation.models import Ban, WebhookDelivery
from moderation.models.ids import new_id
from moderation.sanctions.bans import expire_sanctions
from tests.delivery.webhooks.receiver import Receiver, receiving
from tests.delivery.webhooks.test_webhooks import made, make_due
from tests.messages import BLOCKED, NOON, send

pytestmark = [pytest.mark.django_db, pytest.mark.on_services, pytest.mark.faults]
DAY = timedelta(days=1)
AUTHORS = ("ana", "ben", "cem", "dora")


class Forgetful(Receiver):
    """Takes half of what comes for the first time and answers 500 all the same."""

    chance = random.Random()

    @property
    def status(self):
        ids = [headers["webhook-id"] for headers, _ in self.got]
        return 500 if ids.count(ids[-1]) == 1 and self.chance.random() < 0.5 else 200

    @status.setter
    def status(self, value):
        pass


@pytest.fixture(params=range(3))
def receiver(settings, request):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving(Forgetful) as found:
        found.chance = random.Random(request.param)
        yield found


def write_history(arena):
    """Ban each author, ban again in the transaction that ends the first ban, and end some."""
    for number, author in enumerate(AUTHORS):
        for minute in range(3):
            send(arena, BLOCKED, user_id=author, after=timedelta(minutes=2 * minute))
        if number % 2:
            send(arena, BLOCKED, user_id=author, after=2 * DAY)
    expire_sanctions(NOON + 2 * DAY)


def banned_after(deliveries):
    """Return who is banned for a receiver that knows each event once, in the order of ids."""
    events = {headers["webhook-id"]: json.loads(body) for headers, body in deliveries}
    banned = {}
    for identifier in sorted(events):
        event = events[identifier]
        banned[event["data"]["user_id"]] = event["event_type"] == USER_BANNED
    return {author for author, is_banned in banned.items() if is_banned}


def test_a_receiver_ends_with_the_right_bans(arena, receiver):
    made(arena, receiver.url, USER_BANNED, USER_UNBANNED)
    write_history(arena)
    with time_machine.travel(NOON + 2 * DAY):
        relay.run_once()
        while WebhookDelivery.objects.filter(status="pending").exists():
            make_due()
            dispatch.run_once()
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    running = Ban.objects.filter(lifted_at=None).values_list("user_id", flat=True)
    assert (len(set(ids)), set(running)) == (10, {"ben", "dora"})
    assert len(ids) > len(set(ids))
    assert banned_after(receiver.got) == {"ben", "dora"}
    assert banned_after(reversed(receiver.got)) == {"ben", "dora"}


def test_ids_rise_within_a_millisecond():
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(ids)
