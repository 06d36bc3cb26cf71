"""The older services' clients of sockets, with only their address and key or token changed."""

import asyncio
import json

import aiohttp
import httpx
import pytest
import socketio
from django.utils import timezone
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from moderation.accounts.chat_tokens import issue_chat_token
from moderation.delivery import relay

pytestmark = [pytest.mark.slow, pytest.mark.standalone]


@pytest.fixture
def relayed(server):
    relay.start_in_process()
    yield server
    relay.stop_in_process()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_automoderates_dashboard_page_shows_what_happens(arena, reader, relayed, node, transport):
    shown = json.loads(node("dashboard.mjs", relayed, reader, transport))
    assert shown["failures"] == []
    assert shown["order"] == ["connect", "joined arena", "io client disconnect"]
    assert [update["status"] for update in shown["updates"]] == ["flagged", "approved"]
    assert shown["updates"][0]["content_preview"] == "Shut up idiot"
    assert (shown["stats"]["flagged"], shown["stats"]["flag_rate"]) == (1, 50.0)
    assert shown["activity"][0]["user_id"] == "zed"


def test_a_wrong_key_reaches_the_page_as_documented(arena, relayed, node):
    shown = json.loads(node("dashboard.mjs", relayed, "am_wrong", "websocket"))
    assert [name for name, _ in shown["failures"]] == ["authentication_failed"]
    assert shown["order"][-1] == "io server disconnect"


class AutoModerateClient:
    """AutoModerate's Python client: connects by key, joins, keeps what it hears."""

    def __init__(self, address, key, project_id):
        self.http = aiohttp.ClientSession()
        self.address, self.key, self.project_id = address, key, project_id
        self.sio = socketio.AsyncClient(
            reconnection=True, reconnection_attempts=5, http_session=self.http
        )
        self.updates, self.stats, self.joined = [], asyncio.Event(), asyncio.Event()
        self.sio.on("connect", self.on_connect)
        self.sio.on("joined_project", self.on_joined)
        self.sio.on("moderation_update", self.updates.append)
        self.sio.on("stats_update", self.on_stats)

    async def start(self):
        await self.sio.connect(f"{self.address}?api_key={self.key}")

    async def on_connect(self):
        await self.sio.emit("join_project", {"project_id": self.project_id})

    async def on_joined(self, data):
        assert data["project_id"] == self.project_id
        self.joined.set()

    async def on_stats(self, data):
        if data["total_content"]:
            self.stats.set()


async def test_automoderates_python_client_hears_a_check(arena, reader, relayed):
    client = AutoModerateClient(relayed, reader, "arena")
    await client.start()
    await asyncio.wait_for(client.joined.wait(), 30)
    async with httpx.AsyncClient(base_url=relayed, headers={"X-API-Key": reader}) as http:
        message = {"message_id": "m1", "user_id": "zed", "channel_id": "general"}
        await http.post("/api/v1/moderation/check", json={**message, "content": "Hello world"})
    await asyncio.wait_for(client.stats.wait(), 30)
    assert [update["message_id"] for update in client.updates] == ["m1"]
    await client.sio.disconnect()
    await client.http.close()


def chat_token(of, user_id, channel_id="general"):
    return issue_chat_token(of, user_id, channel_id, user_id.title(), timezone.now())[0]


def test_auraflows_chat_page_shows_messages_badges_and_toasts(arena, relayed, node):
    tokens = [chat_token(arena, user_id) for user_id in ("zed", "ana")]
    shown = json.loads(node("chat.mjs", relayed, *tokens))
    messages, toasts = shown["zed"]
    assert shown["ana"] == [messages, []]
    assert [message["badge"] for message in messages] == [None, None, ["harassment"]]
    assert {(message["author"], message["isBlocked"]) for message in messages} == {("Zed", False)}
    assert [toast["kind"] for toast in toasts] == ["Content Warning", "Message Blocked"]
    assert (toasts[1]["id"], toasts[1]["severity"], toasts[1]["canAppeal"]) == ("m4", "high", True)


async def test_blooms_chat_client_talks_and_is_limited(arena, relayed):
    address = relayed.replace("http", "ws", 1) + "/ws/chat-with-ratelimit/lobby?token="
    zed, ana = (chat_token(arena, user_id, "lobby") for user_id in ("zed", "ana"))
    async with connect(address + zed) as theirs, connect(address + ana) as other:
        await theirs.send(json.dumps({"content": "Hello world"}))
        message = json.loads(await theirs.recv())
        assert (message["type"], message["user_id"]) == ("message", "zed")
        assert json.loads(await other.recv()) == message
        for number in range(6):
            await theirs.send(json.dumps({"content": f"Shut up idiot {number}"}))
        heard = [json.loads(await theirs.recv()) for _ in range(6)]
        with pytest.raises(ConnectionClosed) as closed:
            await theirs.recv()
        assert [one["type"] for one in heard] == ["warning"] * 5 + ["rate_limited"]
        assert heard[-1]["reason"] == "Too many violations in short time"
        assert closed.value.rcvd.code == 4429
