"""Frames between processes over Redis: each arrives once, lost ones are healed."""

import asyncio
import secrets

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from django.utils import timezone

from moderation.accounts.chat_tokens import issue_chat_token
from moderation.delivery import relay
from moderation.delivery.chat import rooms
from moderation.delivery.sockets import bridge, hub
from moderation.delivery.sockets.protocol import Frame
from moderation_site import shared_memory
from tests.delivery.sockets.telling import tell
from tests.services import ADDRESSES

pytestmark = pytest.mark.on_services

PATH = "/ws/projects/arena/"


@pytest.fixture
def redis_layer(settings, monkeypatch):
    """Speak through Redis, and heal so late that only the group message can be what arrives."""
    monkeypatch.setattr(hub, "HEALING_SECONDS", 60)
    settings.CHANNEL_LAYERS = shared_memory.channel_layers(ADDRESSES["redis"])
    # A prefix of its own: listeners that an earlier test left behind are members of its groups.
    settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"tests-{secrets.token_hex(8)}"
    settings.REDIS_URL = ADDRESSES["redis"]
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.fixture
def other_process(monkeypatch):
    """Let the relay be another process's: its hub is not ours, its messages are not our echo."""
    monkeypatch.setattr("moderation.delivery.sockets.sink.offer_to_hubs", lambda frames: None)
    monkeypatch.setattr(bridge, "send", as_another(bridge.send))


def as_another(send):
    async def sent(frames):
        own, bridge.ORIGIN = bridge.ORIGIN, "another process"
        try:
            await send(frames)
        finally:
            bridge.ORIGIN = own

    return sent


async def listening(group=bridge.GROUP):
    """Wait until the hub's listener has joined the group."""
    layer = channel_layers["default"]
    connection = layer.connection(0)
    while not await connection.zcard(layer._group_key(group)):  # noqa: ASYNC110 (Redis)
        await asyncio.sleep(0.01)


async def happen(of, *numbers):
    await sync_to_async(tell)(of, *numbers)
    await sync_to_async(relay.run_once)()


@pytest.mark.services("redis")
@pytest.mark.usefixtures("redis_layer", "other_process")
async def test_another_processs_events_arrive_over_redis(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await asyncio.wait_for(listening(), 5)
    await happen(arena, 1, 2)
    assert await socket.hear_numbers(3) == [1, 2, 3]


@pytest.mark.services("redis")
@pytest.mark.usefixtures("redis_layer")
async def test_ones_own_echo_is_not_told_again(arena, reader, open_socket):
    socket = await open_socket(PATH, x_api_key=reader)
    await socket.hear()
    await asyncio.wait_for(listening(), 5)
    await happen(arena, 1)
    assert await socket.hear_numbers(2) == [1, 2]
    assert await socket.receive_nothing(0.2)


@pytest.mark.services("redis")
@pytest.mark.usefixtures("redis_layer")
async def test_no_limit_on_reads_cuts_a_quiet_wait():
    # With one, redis also sends by asyncio.wait_for, which in Python 3.11 swallows cancellations.
    layer = channel_layers["default"]
    assert layer.create_pool(0).connection_kwargs["socket_timeout"] is None


async def test_a_dead_layer_neither_stops_the_relay_nor_the_own_readers(
    arena, reader, open_socket, settings, monkeypatch
):
    async def send(frames):
        raise ConnectionError("redis is away")

    monkeypatch.setattr(bridge, "send", send)
    socket = await open_socket(PATH, x_api_key=reader)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    await socket.hear()
    await happen(arena, 1)
    assert await socket.hear_numbers(2) == [1, 2]


async def test_a_listener_survives_its_layer(monkeypatch):
    layers = iter([ConnectionError("away"), FakeLayer()])
    monkeypatch.setattr(bridge, "ERROR_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(bridge, "_layer", lambda: next_layer(layers))
    taken = asyncio.Queue()
    listener = asyncio.create_task(bridge.listen(taken.put_nowait))
    assert await asyncio.wait_for(taken.get(), 5) == [Frame(1, 2, "text")]
    listener.cancel()


async def test_a_listener_ends_although_it_cannot_leave_the_group(monkeypatch):
    layer = FakeLayer()
    layer.group_discard = fail
    monkeypatch.setattr(bridge, "_layer", lambda: layer)
    taken = asyncio.Queue()
    listener = asyncio.create_task(bridge.listen(taken.put_nowait))
    await asyncio.wait_for(taken.get(), 5)
    listener.cancel()
    await asyncio.wait([listener], timeout=30)
    assert listener.cancelled()


async def fail(*args):
    raise ConnectionError("redis is away")


def next_layer(layers):
    found = next(layers)
    if isinstance(found, Exception):
        raise found
    return found


class FakeLayer:
    """Has one message from another process, then silence."""

    def __init__(self):
        self.messages = [{"origin": "another process", "rows": [[1, 2, "text"]]}]

    async def new_channel(self):
        return "channel"

    async def group_add(self, group, channel):
        pass

    async def group_discard(self, group, channel):
        pass

    async def receive(self, channel):
        if self.messages:
            return self.messages.pop()
        return await asyncio.Event().wait()


@pytest.mark.services("redis")
@pytest.mark.usefixtures("redis_layer")
async def test_a_chat_message_reaches_another_processs_people(arena, open_socket):
    token, _ = issue_chat_token(arena, "ana", "lobby", "", timezone.now())
    ana = await open_socket(f"/ws/chat/lobby?token={token}")
    await asyncio.wait_for(listening(rooms.GROUP), 30)
    rows = [list(chat_post(arena, "from afar"))]
    message = {"type": "gavel.events", "origin": "another process", "rows": rows}
    await channel_layers["default"].group_send(rooms.GROUP, message)
    assert (await ana.hear())["content"] == "from afar"
    # Our own messages do not come back.
    for content in ("one", "two"):
        await rooms.chats.running().publish(chat_post(arena, content))
    assert [(await ana.hear())["content"] for _ in range(2)] == ["one", "two"]


def chat_post(of, content):
    message = {"message_id": "m1", "content": content, "user_id": "zed"}
    data = {**message, "timestamp": "now", "older_action": None}
    return rooms.Post(rooms.MESSAGE, of.pk, "lobby", "zed", data)
