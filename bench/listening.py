"""Many sockets that listen, for little processor time of the clients' own."""

import asyncio
import base64
import os
import re
import resource
from collections import Counter
from typing import cast

from bench.servers import Server

CONNECT_SECONDS = 60.0
AT_ONCE = 50
MASKED = 0x80
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
TYPE = re.compile(rb'"type":\s?"(\w+)"')
SEQ = re.compile(rb'"seq":\s?(\d+)')


class Listener(asyncio.Protocol):
    """Counts what comes over one WebSocket by type, and whether its numbers follow each other."""

    def __init__(self, head: bytes) -> None:
        self.counts: Counter[bytes] = Counter()
        #: The last number, 0 before the first; and how often one did not follow the last.
        self.seq = self.gaps = 0
        #: The server's reason for closing, once it did.
        self.close_code: int | None = None
        self.is_joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._head, self._rest, self._is_open = head, b"", False
        self._transport: asyncio.Transport | None = None

    @property
    def heard(self) -> int:
        return self.counts.total()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._head)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.is_joined.done():
            self.is_joined.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._rest += data
        if not self._is_open:
            head, found, rest = self._rest.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self.is_joined.set_exception(ConnectionError(head.decode(errors="replace")))
                return
            self._is_open, self._rest = True, rest
        at = 0
        while (end := self._take(at)) is not None:
            at = end
        self._rest = self._rest[at:]

    def _take(self, at: int) -> int | None:
        """Read the frame that begins there; return where it ends, None if it is not complete."""
        rest = self._rest
        if len(rest) < at + 2:
            return None
        size, begin = rest[at + 1], at + 2
        for mark, width in ((126, 2), (127, 8)):
            if size == mark:
                if len(rest) < begin + width:
                    return None
                size, begin = int.from_bytes(rest[begin : begin + width]), begin + width
                break
        end = begin + size
        if len(rest) < end:
            return None
        self._read(rest[at] & 15, rest[begin:end])
        return end

    def _read(self, opcode: int, body: bytes) -> None:
        if opcode == PING:
            assert self._transport
            # A client masks what it sends; a mask of zeros changes nothing.
            self._transport.write(bytes([MASKED | PONG, MASKED | len(body)]) + bytes(4) + body)
        elif opcode == CLOSE:
            self.close_code = int.from_bytes(body[:2])
        elif opcode == TEXT:
            self._count(body)

    def _count(self, body: bytes) -> None:
        kind, number = TYPE.search(body), SEQ.search(body)
        seq = int(number[1]) if number else 0
        if kind and kind[1] == b"joined_project":
            self.seq = seq
            self.is_joined.set_result(None)
            return
        self.gaps += bool(number) and seq != self.seq + 1
        self.seq = seq
        self.counts[kind[1] if kind else b""] += 1

    def close(self) -> None:
        if self._transport:
            self._transport.abort()


def head_of(server: Server) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /ws/projects/bench/ HTTP/1.1", f"Host: 127.0.0.1:{server.port}",
        "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13", f"X-API-Key: {server.key}",
    ]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode()


async def listen(server: Server, sockets: int) -> list[Listener]:
    """Connect so many sockets; return them once all have joined."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 2 * sockets + 200)), hard))
    loop, made = asyncio.get_running_loop(), []
    async with asyncio.timeout(CONNECT_SECONDS):
        while len(made) < sockets:
            few = [
                await loop.create_connection(
                    lambda: Listener(head_of(server)), "127.0.0.1", server.port
                )
                for _ in range(min(AT_ONCE, sockets - len(made)))
            ]
            await asyncio.gather(*(one.is_joined for _, one in few))
            made += [one for _, one in few]
    return made
