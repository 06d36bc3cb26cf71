"""Chat over Socket.IO: who hears what (docs/realtime.md, "Chat over Socket.IO")."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from moderation import rules
from moderation.accounts.chat_tokens import issue_chat_token
from moderation.delivery import relay
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind, ReviewItem
from tests.factories import make_caller
from tests.messages import BLOCKED

pytestmark = pytest.mark.on_services

WARNED = "This is damn good"
FLAGGED = "Shut up idiot"


def token(of, user_id="zed", channel_id="general", username="Zed"):
    return issue_chat_token(of, user_id, channel_id, username, timezone.now())[0]


@pytest.fixture
def enter(arena, connect):
    """Return a function that connects somebody and lets them into #general."""

    async def entered(user_id="zed", **options):
        allowed = token(arena, user_id, username=user_id.title())
        client = await connect(auth={"token": allowed}, **options)
        await client.say("join_channel", channel_id="general")
        assert await client.hear("joined_channel") == {"channel_id": "general"}
        return client

    return entered


def approve(of):
    request = DecisionRequest(DecisionKind.APPROVE)
    item = ReviewItem.objects.get()
    decide(item.pk, request, make_caller(of, "moderator", "omar"), now=timezone.now())


async def write(client, content, id_="m1"):
    message = {"id": id_, "content": content}
    await client.say("new_message", channel_id="general", message=message)


async def test_an_allowed_message_reaches_everybody_in_the_channel(enter):
    zed, ana = await enter(), await enter("ana", transport="polling")
    await write(zed, "Hello world")
    for client in (zed, ana):
        event, message = await client.hear_next()
        assert (event, message["content"], message["author"]) == (
            "message_received", "Hello world", "Zed",
        )  # fmt: skip
        assert (message["id"], message["message_id"], message["user_id"]) == ("m1", "m1", "zed")
        assert message["channel_id"] == "general"
        assert message["moderation"]["action"] == "allow"
        assert set(message["moderation"]) == {"action", "severity", "confidence", "reasons"}


async def test_a_flat_message_is_taken_too(enter):
    zed = await enter()
    await zed.say("new_message", channel_id="general", content="Hello flat world")
    message = await zed.hear("message_received")
    assert (message["content"], bool(message["message_id"])) == ("Hello flat world", True)


async def test_a_warned_message_is_shown_and_its_author_is_told(enter):
    zed, ana = await enter(), await enter("ana")
    await write(zed, WARNED)
    assert (await ana.hear("message_received"))["moderation"]["action"] == "warn"
    warning = await zed.hear("moderation_warning")
    assert (warning["message_id"], warning["reasons"]) == ("m1", ["profanity"])
    assert "may violate community guidelines" in warning["warning"]
    await write(zed, "Hello world", "m2")
    assert (await ana.hear_next())[1]["id"] == "m2"


async def test_a_flagged_message_is_shown_and_moderators_are_alerted(
    arena, enter, connect, moderator
):
    zed, desk = await enter(), await connect(cookie=moderator)
    await desk.say("join_project", project_id="arena")
    await desk.hear("stats_update")
    await write(zed, FLAGGED)
    assert (await zed.hear("message_received"))["moderation"]["action"] == "flag"
    await sync_to_async(relay.run_once)()
    alert = await desk.hear("moderation_alert")
    assert (alert["message_id"], alert["username"], alert["action"]) == ("m1", "Zed", "flagged")


async def test_a_blocked_message_comes_back_to_its_author_alone(enter):
    zed, ana = await enter(), await enter("ana")
    await write(zed, BLOCKED)
    block = await zed.hear("message_blocked")
    assert block["reason"] == f"Your message was blocked due to: {', '.join(block['reasons'])}"
    assert (block["message_id"], block["severity"]) == ("m1", "high")
    assert (block["appeal_available"], "/appeal/" in block["appeal_url"]) == (True, True)
    await write(zed, "Hello world", "m2")
    assert (await ana.hear_next())[1]["id"] == "m2"


async def test_what_the_policy_does_not_approve_is_not_shown(arena, enter):
    await sync_to_async(rules.change_policy)(arena, "tests", {"approved_verdicts": ["allow"]})
    zed = await enter()
    await write(zed, FLAGGED)
    assert (await zed.hear_next())[0] == "message_blocked"


async def test_a_banned_author_is_told_so(arena, enter):
    zed = await enter()
    for number in range(3):
        await write(zed, BLOCKED, f"b{number}")
        await zed.hear("message_blocked")
    await write(zed, "Hello world", "m2")
    assert (await zed.hear("message_blocked"))["reasons"] == ["user_banned"]
    await sync_to_async(relay.run_once)()
    assert (await zed.hear("banned"))["channel_id"] == "general"


@pytest.mark.parametrize("policy", [{}, {"ban_scope": "project"}, {"auto_ban": False}])
async def test_a_flood_is_told_once(arena, enter, policy):
    await sync_to_async(rules.change_policy)(arena, "tests", policy)
    zed = await enter()
    for number in range(6):
        await write(zed, f"{FLAGGED} {number}", f"f{number}")
        await zed.hear("message_received" if number < 3 else "message_blocked")
    await sync_to_async(relay.run_once)()
    assert await zed.hear("rate_limited") == {"channel_id": "general"}
    await write(zed, "Hello world", "m2")
    assert (await zed.hear_next())[0] in ("message_blocked", "message_received")


async def test_a_repeated_message_is_not_shown_twice(enter):
    zed = await enter()
    await write(zed, "Hello world")
    await write(zed, "Hello world")
    await write(zed, "Hello again", "m2")
    assert [(await zed.hear_next())[1]["id"] for _ in range(2)] == ["m1", "m2"]


async def test_a_restored_message_reaches_the_channel(arena, enter):
    zed, ana = await enter(), await enter("ana")
    await sync_to_async(rules.change_policy)(arena, "tests", {"queue_blocks": True})
    await write(zed, BLOCKED)
    await zed.hear("message_blocked")
    await sync_to_async(relay.run_once)()
    await sync_to_async(approve)(arena)
    await sync_to_async(relay.run_once)()
    restored = await ana.hear("message_restored")
    assert (restored["message_id"], restored["content"]) == ("m1", BLOCKED)


async def test_who_left_a_channel_hears_nothing(enter):
    zed, ana = await enter(), await enter("ana")
    await ana.say("leave_channel", channel_id="general")
    assert await ana.hear_next() == ("left_channel", {"channel_id": "general"})
    await write(zed, "Hello world")
    await zed.hear("message_received")
    await ana.say("heartbeat")
    assert (await ana.hear_next())[0] == "heartbeat"


async def test_a_token_lets_into_its_channel_only(arena, connect):
    client = await connect(f"token={token(arena)}")
    await client.say("join_channel", channel_id="elsewhere")
    assert "another channel" in (await client.hear("error"))["message"]
    await client.say("join_project", project_id="arena")
    assert (await client.hear("project_access_denied"))["project_id"] == "arena"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"channel_id": "general"},
        {"channel_id": "general", "content": ""},
        {"channel_id": "general", "content": 5},
        {"channel_id": "general", "content": "a\0b"},
        {"channel_id": "general", "content": "x" * 10_001},
        {"channel_id": "general", "content": "Hello", "id": "x" * 201},
        *({"channel_id": "general", "content": "Hello", "id": id_} for id_ in ({}, [], "", False)),
        {"channel_id": "general", "content": "Hello", "message_id": {}},
        {"channel_id": ["general"], "content": "Hello"},
    ],
)
async def test_a_senseless_message_is_answered_with_an_error(enter, fields):
    zed = await enter()
    await zed.say("new_message", **fields)
    assert (await zed.hear_next())[0] == "error"


async def test_somebody_elses_message_id_is_an_error(arena, enter):
    zed, ana = await enter(), await enter("ana")
    await write(zed, "Hello world")
    await write(ana, "Hello world")
    assert (await ana.hear("error"))["message"]


async def test_a_wrong_or_expired_token_is_refused(arena, connect):
    old = issue_chat_token(arena, "zed", "general", "", timezone.now() - timedelta(hours=2))[0]
    for wrong in ("wrong", old):
        client = await connect(auth={"token": wrong})
        assert await client.hear("authentication_failed")
        await client.hear_end()


async def test_a_key_does_not_chat(arena, reader, connect):
    client = await connect(f"api_key={reader}")
    await client.say("join_channel", channel_id="general")
    assert "chat token" in (await client.hear("error"))["message"]


async def test_guests_of_the_open_project_chat_freely(arena, connect, settings):
    settings.OPEN_PROJECT = "arena"
    named, unnamed = await connect("user_id=zed"), await connect()
    for client in (named, unnamed):
        await client.say("join_channel", channel_id="general")
        await client.hear("joined_channel")
    await write(named, "Hello world")
    for client in (named, unnamed):
        assert (await client.hear("message_received"))["user_id"] == "zed"
    await write(unnamed, "Hello too", "m2")
    assert (await named.hear("message_received"))["user_id"].startswith("guest-")


async def test_a_guest_who_does_not_chat_is_refused(arena, connect, settings, monkeypatch):
    settings.OPEN_PROJECT = "arena"
    client = await connect()
    await client.say("join_project", project_id="arena")
    await client.hear("authentication_failed")
    await client.hear_end()
    monkeypatch.setattr("moderation.delivery.socketio.chat.GUEST_SECONDS", 0.0)
    client = await connect()
    await client.hear("authentication_failed")
    await client.hear_end()
