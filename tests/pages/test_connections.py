"""The page of the connections: how to connect, how they are, what was sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.delivery.amqp import trying
from moderation.events.event import USER_BANNED
from moderation.models import AuditEntry, Destination, OutboxEvent
from tests.delivery.amqp.conftest import broker  # noqa: F401 (fixture)

PAGE = "/p/arena/settings/connections"
AMQP = "amqp://user:secret@127.0.0.1:1/"


def text_of(page):
    return " ".join(page.get(PAGE).content.decode().split())


def test_what_is_not_set_up_says_how_to_connect(signed_in):
    text = text_of(signed_in("admin"))
    assert text.count("Not set up") == 2
    for name in ("AMQP_URL", "DISCORD_TOKEN", "CELERY_BROKER_URL", "ENABLE_METRICS"):
        assert name in text
    assert "Test RabbitMQ" not in text


def test_the_state_is_what_the_leader_reported(signed_in, settings):
    settings.AMQP_URL = AMQP
    page = signed_in("admin")
    assert "No process has reported" in text_of(page)
    row = Destination.objects.create(name="rabbitmq", is_connected=True, sent=7)
    assert "7 events sent" in text_of(page)
    row.is_connected, row.error = False, "Connection refused"
    row.save()
    text = text_of(page)
    assert "Connection refused. Events wait" in text
    assert "secret" not in text
    Destination.objects.update(checked_at=timezone.now() - timedelta(minutes=2))
    assert "No process has reported" in text_of(page)


def test_each_event_says_whether_it_was_sent(signed_in, arena):
    now = timezone.now()
    states = ({"sent_at": now}, {}, {"hold_until": now + timedelta(hours=1)}, {"cancelled_at": now})
    for fields in states:
        data = {"user_id": "<b>zed</b>"}
        OutboxEvent.objects.create(
            project=arena, audience="outside", type=USER_BANNED, data=data, **fields
        )
    text = text_of(signed_in("admin"))
    assert text.count(USER_BANNED) == 4
    for word in ("Sent <time", "Waiting", "Held, in case", "Cancelled by an undo"):
        assert word in text
    assert "<b>zed" not in text


def test_a_test_that_fails_says_why(signed_in, settings):
    settings.AMQP_URL = AMQP
    page = signed_in("admin")
    answer = page.post(f"{PAGE}/rabbitmq/test", follow=True)
    assert "did not take the test: Connection refused" in answer.content.decode()
    assert AuditEntry.objects.filter(action="connection.tested").exists()


@pytest.mark.services("rabbitmq")
def test_a_test_arrives(arena, broker):  # noqa: F811
    assert trying.send_test(arena, actor="noor", exchange=broker.exchange) == ""
    (message,) = broker.take()
    assert message.routing_key == "gavel.test"
    assert b"noor tests the connection" in message.body


def test_only_admins_may(signed_in):
    assert signed_in("moderator").get(PAGE).status_code == 403
    assert signed_in("moderator").post(f"{PAGE}/rabbitmq/test").status_code == 403
