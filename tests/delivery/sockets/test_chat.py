"""The chat sockets as docs/realtime.md promises them ("Chat over WebSocket")."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from moderation import rules
from moderation.accounts.actors import Actor
from moderation.accounts.chat_tokens import issue_chat_token
from moderation.accounts.project_deletion import delete_project
from moderation.delivery import relay
from moderation.models import Ban, ModerationLog, Strike
from moderation.models.author import Author
from moderation.sanctions import by_staff
from tests import messages
from tests.factories import make_caller

pytestmark = pytest.mark.on_services

WARNED = "This is damn good"
FLAGGED = "Shut up idiot"
KICKING = "You're a fucking idiot"
BANNING = "I will kill you"


@pytest.fixture
def arena(transactional_db):
    return messages.project()


def token(of, user_id="zed", channel_id="lobby", age=timedelta(0)):
    return issue_chat_token(of, user_id, channel_id, "", timezone.now() - age)[0]


@pytest.fixture
def enter(arena, open_socket):
    """Return a function that opens somebody's chat socket."""

    async def entered(user_id="zed", kind="chat", chat_id="lobby"):
        allowed = token(arena, user_id, chat_id)
        socket = await open_socket(f"/ws/{kind}/{chat_id}?token={allowed}")
        # Anything is answered once the socket is in the room.
        await socket.send_to(text_data="{}")
        assert (await socket.hear())["type"] == "error"
        return socket

    return entered


def delete(of):
    delete_project(make_caller(of, "owner"), confirm=of.slug, now=timezone.now())


async def write(socket, content):
    await socket.send_json_to({"content": content})


async def test_a_harmless_message_reaches_everybody(enter):
    zed, ana = await enter(), await enter("ana")
    await write(zed, "Hello world")
    heard = [await zed.hear(), await ana.hear()]
    assert heard[0] == heard[1]
    assert set(heard[0]) == {"type", "message_id", "user_id", "content", "timestamp"}
    assert (heard[0]["type"], heard[0]["user_id"], heard[0]["content"]) == (
        "message", "zed", "Hello world",
    )  # fmt: skip


async def test_another_chat_hears_nothing(enter):
    zed, ana = await enter(), await enter("ana", chat_id="attic")
    await write(zed, "Hello world")
    await zed.hear()
    assert await ana.receive_nothing(0.1)


@pytest.mark.parametrize("content", [WARNED, FLAGGED])
async def test_a_violation_reaches_its_author_alone(enter, content):
    zed, ana = await enter(), await enter("ana")
    await write(zed, content)
    warning = await zed.hear()
    assert (warning["type"], warning["action"], warning["blocked"]) == (
        "moderation_warning", "WARNING", True,
    )  # fmt: skip
    assert warning["reason"]
    await write(zed, "Hello world")
    assert (await ana.hear())["content"] == "Hello world"


async def test_a_kick_closes_all_sockets_of_the_author(enter):
    zed, again, ana = await enter(), await enter(), await enter("ana")
    await write(zed, KICKING)
    assert (await zed.hear())["action"] == "KICK"
    for socket in (zed, again):
        message, code = await socket.hear_close()
        assert (message["type"], bool(message["reason"]), code) == ("kicked", True, 4403)
    assert await ana.receive_nothing(0.1)
    back = await enter()
    await write(back, "Hello world")
    assert (await ana.hear())["content"] == "Hello world"


async def test_a_ban_is_recorded_and_keeps_the_author_out(arena, enter, open_socket):
    zed = await enter()
    await write(zed, BANNING)
    assert (await zed.hear())["action"] == "BAN"
    message, code = await zed.hear_close()
    assert (message["type"], code) == ("banned", 4403)
    ban = await Ban.objects.aget()
    assert (ban.user_id, ban.channel_id, ban.type) == ("zed", "lobby", "permanent")
    socket = await open_socket(f"/ws/chat/lobby?token={token(arena)}")
    message, code = await socket.hear_close()
    assert (message["type"], code) == ("banned", 4403)


async def test_where_the_policy_never_bans_nobody_is_banned(arena, enter):
    await sync_to_async(rules.change_policy)(arena, "tests", {"auto_ban": False})
    zed = await enter()
    await write(zed, BANNING)
    assert (await zed.hear())["action"] == "BAN"
    assert (await zed.hear_close())[0]["type"] == "banned"
    assert not await Ban.objects.aexists()


async def test_the_policys_ladder_bans(arena, enter):
    for number in range(3):
        zed = await enter()
        await write(zed, f"{KICKING} {number}")
        action = (await zed.hear())["action"]
    assert (action, (await zed.hear_close())[0]["type"]) == ("BAN", "banned")
    assert await Strike.objects.acount() == 3


@pytest.mark.parametrize("reason", ["enough", "flood"])
@pytest.mark.parametrize("actor", ["noor", Actor("system", "user:7")])
async def test_a_moderators_ban_closes_the_authors_sockets(arena, enter, reason, actor):
    zed, ana = await enter(), await enter("ana")
    await sync_to_async(by_staff.issue_ban)(
        Author(arena, "zed", "lobby"), type="temporary", reason=reason, actor=actor,
        now=timezone.now(),
    )  # fmt: skip
    await sync_to_async(relay.run_once)()
    message, code = await zed.hear_close()
    assert (message, code) == ({"type": "banned", "reason": reason}, 4403)
    assert await ana.receive_nothing(0.1)


async def test_a_muted_author_stays_and_is_not_heard(arena, enter):
    await sync_to_async(by_staff.issue_mute)(
        Author(arena, "zed", "lobby"), minutes=5, reason="calm down", actor="noor",
        now=timezone.now(),
    )  # fmt: skip
    zed, ana = await enter(), await enter("ana")
    await write(zed, "Hello world")
    assert (await zed.hear())["type"] == "moderation_warning"
    assert await ana.receive_nothing(0.1)


# --- With a limit instead of strikes


async def test_the_sixth_violation_in_a_minute_is_rate_limited(arena, enter):
    zed, again = [await enter(kind="chat-with-ratelimit") for _ in range(2)]
    for number in range(5):
        await write(zed, f"{KICKING} {number}")
        assert set(warning := await zed.hear()) == {"type", "reason"}
        assert warning["type"] == "warning"
    await write(zed, FLAGGED)
    for socket in (zed, again):
        message, code = await socket.hear_close()
        assert (message["reason"], code) == ("Too many violations in short time", 4429)
        assert message["type"] == "rate_limited"
    assert not await Strike.objects.aexists()
    assert (await Ban.objects.aget()).reason == "flood"


async def test_harmless_messages_pass_between_the_kinds(enter):
    zed, ana = await enter(kind="chat-with-ratelimit"), await enter("ana")
    await write(zed, "Hello world")
    assert (await ana.hear())["content"] == "Hello world"


# --- Who may enter


async def refusal(socket):
    message, code = await socket.hear_close()
    return message["type"], code


@pytest.mark.parametrize("query", ["", "?token=wrong", "?user_id=zed"])
async def test_without_a_token_nobody_enters(arena, open_socket, query):
    socket = await open_socket(f"/ws/chat/lobby{query}")
    assert await refusal(socket) == ("authentication_failed", 4401)


async def test_an_expired_token_does_not_count(arena, open_socket):
    old = token(arena, age=timedelta(hours=2))
    socket = await open_socket(f"/ws/chat/lobby?token={old}")
    assert await refusal(socket) == ("authentication_failed", 4401)


async def test_a_token_for_another_chat_is_denied(arena, open_socket):
    socket = await open_socket(f"/ws/chat/attic?token={token(arena)}")
    assert await refusal(socket) == ("error", 4403)


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", "error"), ("192.0.2.9", "authentication_failed")]
)
async def test_guests_enter_on_loopback_only(arena, open_socket, settings, host, expected):
    settings.OPEN_PROJECT = "arena"
    socket = await open_socket("/ws/chat/lobby?user_id=zed", server=(host, 8000))
    await socket.send_to(text_data="{}")
    assert (await socket.hear())["type"] == expected


async def test_a_page_from_elsewhere_is_no_guest(arena, open_socket, settings):
    settings.OPEN_PROJECT = "arena"
    path, local = "/ws/chat/lobby?user_id=zed", ("127.0.0.1", 8000)
    socket = await open_socket(path, server=local, origin="https://evil.example")
    assert await refusal(socket) == ("authentication_failed", 4401)


@pytest.mark.parametrize("is_guest", [False, True])
async def test_a_deleted_project_closes_its_chats(
    arena, enter, open_socket, settings, monkeypatch, is_guest
):
    monkeypatch.setattr("moderation.delivery.sockets.watch.RECHECK_SECONDS", 0.05)
    settings.OPEN_PROJECT = "arena"
    path, local = "/ws/chat/lobby?user_id=zed", ("127.0.0.1", 8000)
    zed = await (open_socket(path, server=local) if is_guest else enter())
    await sync_to_async(delete)(arena)
    assert await refusal(zed) == ("authentication_failed", 4401)


async def test_a_deleted_project_takes_no_messages_before_its_chats_close(arena, enter):
    zed = await enter()
    await sync_to_async(delete)(arena)
    await write(zed, "Hello world")
    assert await zed.hear() == {"type": "error", "message": "This project has been deleted."}
    assert not await ModerationLog.objects.aexists()


@pytest.mark.parametrize(
    "sent", ["x", "[]", '{"content": ""}', '{"content": 5}', '{"content": "Hi", "id": {}}']
)
async def test_a_senseless_message_is_an_error(enter, sent):
    zed = await enter()
    await zed.send_to(text_data=sent)
    assert (await zed.hear())["type"] == "error"


async def test_authors_behind_one_address_do_not_share_a_limit(arena, enter, settings):
    settings.WS_MAX_CONNECTIONS_PER_IP = 1
    zed, ana = await enter(), await enter("ana")
    await write(zed, "Hello world")
    assert (await ana.hear())["content"] == "Hello world"


async def test_a_chat_that_talks_too_much_is_closed(arena, enter, settings):
    settings.WS_EVENTS_PER_MINUTE = 2
    zed = await enter()
    await write(zed, "Hello world")
    await zed.hear()
    await write(zed, "Hello again")
    message, code = await zed.hear_close()
    assert (message, code) == ({"type": "rate_limited", "scope": "connection"}, 4429)
