"""Run Django's WSGI handler in threads, and send its answers from the event loop.

No thread ever waits for a client: the request is complete before its turn, and the answer is sent
after it. A file is read piece by piece while its client takes it.
"""

import asyncio
import gc
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from moderation.lib.rate_limit import COUNTED
from moderation_site.server.pool import FairPool

#: A client that takes nothing for this time loses its connection.
WRITE_SECONDS = 30
#: Of a file's pieces (4 KiB each), this many are read at once.
PIECES = 16
#: DRF's request and view refer to each other: only the collector frees them, and with them a body
#: and what was read from it. It rarely runs, so after a body of so many bytes it is called.
LARGE_BODY_BYTES = 1024 * 1024
ChoosePool = Callable[[HTTPScope], tuple[FairPool, str]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    #: What is left to be read, of a file; None if `body` is all.
    rest: Any = None


class WsgiBridge:
    """An ASGI application. `choose` says which pool runs a request, and for which client.

    `files` reads what is sent piece by piece.
    """

    def __init__(self, wsgi: Any, choose: ChoosePool, files: FairPool) -> None:
        self._wsgi = wsgi
        self._choose = choose
        self._files = files

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        """Answer a request whose body comes whole with the first event."""
        event: Any = await receive()
        pool, client = self._choose(scope)
        answer = await pool.run(client, partial(self._answer, environ_of(scope, event["body"])))
        await send(start_event(answer))
        if answer.rest is None:
            await send(body_event(answer.body))
        else:
            await self._send_rest(answer.rest, client, receive, send)

    def _answer(self, environ: dict[str, Any]) -> Answer:
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            encoded = [(name.lower().encode("latin-1"), v.encode("latin-1")) for name, v in headers]
            head[:] = [int(status.split(" ", 1)[0]), encoded]

        response = self._wsgi(environ, start_response)
        # Django's other answers are whole already.
        if getattr(response, "streaming", True):
            return Answer(head[0], head[1], b"", response)
        try:
            return Answer(head[0], head[1], b"".join(response))
        finally:
            response.close()
            del response
            if int(environ.get("CONTENT_LENGTH") or 0) > LARGE_BODY_BYTES:
                gc.collect(1)

    async def _send_rest(
        self, rest: Any, client: str, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        gone = asyncio.ensure_future(receive())
        pieces = iter(rest)
        try:
            while not gone.done():
                part = await self._files.run(client, partial(read_pieces, pieces))
                async with asyncio.timeout(WRITE_SECONDS):
                    await send(body_event(part, more=bool(part)))
                if not part:
                    break
        finally:
            gone.cancel()
            if close := getattr(rest, "close", None):
                close()


def read_pieces(pieces: Iterator[bytes]) -> bytes:
    """Return the next pieces; nothing at the end."""
    return b"".join(islice(pieces, PIECES))


def start_event(answer: Answer) -> Any:
    start = {"type": "http.response.start", "status": answer.status}
    return {**start, "headers": answer.headers}


def body_event(body: bytes, *, more: bool = False) -> Any:
    return {"type": "http.response.body", "body": body, "more_body": more}


def environ_of(scope: HTTPScope, body: bytes) -> dict[str, Any]:
    """Return the WSGI environment of a complete request."""
    server = scope["server"] or ("localhost", 80)
    client = scope["client"] or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", "").encode().decode("latin-1"),
        # WSGI has bytes as text, each byte one character.
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("ascii"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        COUNTED: scope.get(COUNTED),
    }
    environ.update(header_variables(scope["headers"]))
    return environ


def header_variables(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers under their WSGI names; repeated ones are joined."""
    variables: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            name = f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        if name in variables:
            separator = "; " if name == "HTTP_COOKIE" else ","
            value = f"{variables[name]}{separator}{value}"
        variables[name] = value
    return variables
