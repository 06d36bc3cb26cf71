"""One HTTP connection with limits on its head, its silence and its pipeline."""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

#: docs/limits.md, "Connections".
MAX_HEAD_BYTES = 16 * 1024
HEAD_SECONDS = 10.0
WRITE_SECONDS = 30.0
CLOSE_SECONDS = 5.0
MAX_PIPELINED = 16
#: A byte of a body may come in a chunk of its own, which takes six bytes more.
CHUNK_COST = 9


class Refused(Exception):
    """The request's head is not one that the server reads; `send_400_response` answers."""


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which bounds nothing before the application is called."""

    open: ClassVar[set["GuardedProtocol"]] = set()
    #: Connections that have no request, the longest waiting first.
    waiting: ClassVar[dict["GuardedProtocol", None]] = {}
    #: How many connections may be open, with sockets; the start of the application sets it.
    most_connections: ClassVar[int] = 10_000

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        #: When the server began to wait for a head, by the loop's clock; None while it has one.
        self._head_since: float | None = None
        self._paused_since: float | None = None
        self._closing_since: float | None = None
        self._head_bytes = 0
        #: Bytes of this request that are not its body: line, headers, chunk sizes, trailers.
        self._overhead = 0
        self._is_head_complete = False
        self._refusal = 400
        self._current: Any = None

    # --- The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_since = self.loop.time()
        self.open.add(self)
        self.waiting[self] = None
        if len(self.connections) > self.most_connections:
            # Whoever has waited longest without a request gives up its place.
            next(iter(self.waiting)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.open.discard(self)
        self.waiting.pop(self, None)
        # uvicorn tells only the newest request of a pipeline that its client is gone.
        for cycle in (self._current, *(queued for queued, _ in self.pipeline)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self._paused_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._paused_since = None
        super().resume_writing()

    def end_if_stuck(self, now: float) -> None:
        """Close a connection that waits for its client for too long; called every second."""
        if self.transport.is_closing():
            self._closing_since = self._closing_since or now
            if now - self._closing_since > CLOSE_SECONDS:
                self.transport.abort()
        elif self._head_since is not None and now - self._head_since > HEAD_SECONDS:
            self.transport.close()
        elif self._paused_since is not None and now - self._paused_since > WRITE_SECONDS:
            self.transport.abort()

    # --- A request

    def data_received(self, data: bytes) -> None:
        if self._head_since is None and self._has_no_request():
            self._head_since = self.loop.time()
        self._overhead += len(data)
        super().data_received(data)
        if self._overhead > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refusal = 431
            self.send_400_response("The request has too much beside its body.")

    def _has_no_request(self) -> bool:
        return self._current is None or bool(self._current.response_complete)

    def handle_websocket_upgrade(self) -> None:
        self.open.discard(self)
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = self._overhead = 0
        self._is_head_complete = False

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + 4)
        # Trailers come after the body and would change the headers of a request that runs.
        if not self._is_head_complete:
            super().on_header(name, value)

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refusal = 431
            raise Refused

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= MAX_PIPELINED:
            self._refusal = 429
            raise Refused
        self._is_head_complete = True
        self._head_since = None
        self.waiting.pop(self, None)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._overhead -= CHUNK_COST * len(body)
        super().on_body(body)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._current = cycle
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline and not self.transport.is_closing():
            self.waiting[self] = None

    def send_400_response(self, msg: str) -> None:
        """Refuse what was sent and close, by the status that the refusal has."""
        head = b"content-length: 0\r\nconnection: close\r\n\r\n"
        if self._refusal == 400:
            super().send_400_response(msg)
        else:
            self.transport.write(STATUS_LINE[self._refusal] + head)
            self.transport.close()


async def end_stuck_connections() -> None:
    """Close, for ever, the connections that wait for their clients for too long."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(1)
        for connection in list(GuardedProtocol.open):
            connection.end_if_stuck(loop.time())
