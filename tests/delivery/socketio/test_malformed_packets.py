"""What is no packet of Socket.IO ends or is answered in words; it is no error of the server."""

import asyncio
import json

import pytest
import websockets

PATH = "/socket.io/?EIO=4&transport=websocket"


@pytest.fixture
async def raw(server):
    """A WebSocket that speaks no Socket.IO by itself, after Engine.IO's greeting."""
    address = server.replace("http://", "ws://") + PATH
    async with websockets.connect(address) as socket:
        assert (await socket.recv()).startswith("0{")
        yield socket


@pytest.mark.parametrize("frame", ["", "zzz", "9", "{}", "٤2", "\ud7ff"])
async def test_a_frame_that_is_no_packet_ends_the_connection(raw, frame, caplog):
    await raw.send(frame)
    await asyncio.wait_for(raw.wait_closed(), 30)
    assert "Exception" not in caplog.text


@pytest.mark.parametrize("packet", ["42{bad", "42[]", "42null", "42", "4", "48[1]", '42{"a":1}'])
async def test_a_packet_without_a_readable_event_is_answered_and_counts(
    raw, reader, packet, settings
):
    settings.WS_EVENTS_PER_MINUTE = 2
    await raw.send("40" + json.dumps({"api_key": reader}))
    told = []
    async with asyncio.timeout(30):
        while len(told) < 3:
            answer = await raw.recv()
            if answer.startswith("40"):
                for _ in range(3):
                    await raw.send(packet)
            elif answer.startswith("42"):
                event, data = json.loads(answer[2:])
                told.append((event, data["message"][:13]))
    assert told == [("error", "Unknown event"), ("error", "Unknown event"), ("error", told[2][1])]
    assert told[2][1] != "Unknown event"
