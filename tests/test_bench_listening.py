"""What the benchmark's light WebSocket client counts, and what it answers."""

import asyncio

import pytest

from bench.listening import Listener

ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


class Wire(asyncio.Transport):
    def __init__(self):
        super().__init__()
        self.written = []

    def write(self, data):
        self.written.append(data)


def frame(text, opcode=1):
    body = text.encode()
    size = bytes([len(body)]) if len(body) < 126 else bytes([126, *len(body).to_bytes(2)])
    return bytes([0x80 | opcode]) + size + body


@pytest.fixture
async def listener():
    made = Listener(b"head")
    made.connection_made(Wire())
    return made


async def test_events_are_counted_however_they_are_cut(listener):
    events = [
        {"type": "joined_project", "seq": 4},
        {"type": "a", "seq": 5},
        {"type": "b", "seq": 6},
    ]
    texts = [
        f'{{"type":"{one["type"]}","seq":{one["seq"]},"data":"{"x" * 200}"}}' for one in events
    ]
    for byte in ACCEPTED + b"".join(map(frame, texts)):
        listener.data_received(bytes([byte]))
    await listener.is_joined
    assert (dict(listener.counts), listener.gaps, listener.seq) == ({b"a": 1, b"b": 1}, 0, 6)


async def test_a_gap_a_ping_and_a_close_are_noticed(listener):
    texts = ['{"type":"joined_project","seq":1}', '{"type":"a","seq":2}', '{"type":"a","seq":4}']
    ping, close = frame("hi", opcode=9), b"\x88\x02" + (4408).to_bytes(2)
    listener.data_received(ACCEPTED + b"".join(map(frame, texts)) + ping + close)
    assert (listener.gaps, listener.close_code) == (1, 4408)
    assert listener._transport.written[1:] == [b"\x8a\x82\0\0\0\0hi"]
