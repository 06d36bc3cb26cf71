"""The page of the connections: how to connect, how they are, what was sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.delivery import celery_ping
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
    assert text.count("Not set up") == 3
    for name in ("AMQP_URL", "DISCORD_TOKEN", "CELERY_BROKER_URL", "ENABLE_METRICS"):
        assert name in text
    for name in ("Test RabbitMQ", "Test Discord", "Test Celery"):
        assert name not in text


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


def tried(page, name):
    return page.post(f"{PAGE}/{name}/test", follow=True).content.decode()


def test_celerys_workers_are_asked(signed_in, settings, monkeypatch):
    settings.CELERY_BROKER_URL = AMQP
    page = signed_in("admin")
    assert "Test Celery" in text_of(page)
    assert "cannot be reached: Connection refused" in tried(page, "celery")
    settings.CELERY_BROKER_URL = "memory://"
    monkeypatch.setattr(celery_ping, "ANSWER_SECONDS", 0.1)
    assert "no Celery worker answered" in tried(page, "celery")
    answer = [{"celery@one": {"ok": "pong"}}]
    monkeypatch.setattr("celery.app.control.Control.ping", lambda *_args, **_options: answer)
    assert "workers that answered: 1" in tried(page, "celery")
    assert AuditEntry.objects.filter(action="connection.tested").count() == 3


class DiscordCalls:
    """Discord's answers to the calls of a bot that is in one server."""

    def __init__(self, monkeypatch):
        pytest.importorskip("discord")
        from tests.delivery.discord import fake  # noqa: PLC0415 (needs discord.py)

        self.sent, self.channels = [], fake.guild()["channels"]
        bot = fake.user(fake.BOT, "gavel", bot=True)
        about = {"id": "1", "name": "gavel", "description": "", "icon": None, "owner": bot}
        about |= {"bot_public": False, "bot_require_code_grant": False, "verify_key": ""}
        self.answers = {
            "/users/@me": bot, "/oauth2/applications/@me": about,
            "/users/@me/guilds": [{"id": str(fake.GUILD), "name": "Arena", "features": []}],
            f"/guilds/{fake.GUILD}/channels": self.channels,
        }  # fmt: skip
        monkeypatch.setattr("discord.http.HTTPClient.request", self.request)

    async def request(self, route, **options):
        path = route.url.partition("/v10")[2].partition("?")[0]
        if route.method == "POST":
            self.sent.append((path, options["json"]["content"]))
            return {
                **MESSAGE,
                "channel_id": path.split("/")[2],
                "author": self.answers["/users/@me"],
            }
        return self.answers[path]


MESSAGE = {
    "id": "5", "content": "", "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None,
    "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [],
    "attachments": [], "embeds": [], "pinned": False, "type": 0, "components": [],
}  # fmt: skip


def test_discords_review_channel_gets_a_message(signed_in, settings, monkeypatch):
    calls = DiscordCalls(monkeypatch)
    settings.DISCORD_TOKEN = "token"
    page = signed_in("admin")
    assert "Test Discord" in text_of(page)
    assert "The test stands in the review channel" in tried(page, "discord")
    ((path, text),) = calls.sent
    assert path == "/channels/300/messages"
    assert "tests the connection" in text
    del calls.channels[1:]
    assert "has a channel mod-review" in tried(page, "discord")


def test_only_admins_may(signed_in):
    assert signed_in("moderator").get(PAGE).status_code == 403
    for name in ("rabbitmq", "discord", "celery"):
        assert signed_in("moderator").post(f"{PAGE}/{name}/test").status_code == 403
