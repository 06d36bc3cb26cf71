"""The attacks that once stopped the server, each as a client that repeats it for some seconds."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

LARGE = b"/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
API = "/api/v1/moderation"
ANSWER_SECONDS = 60.0
Attack = Callable[[int, str, float], Awaitable[None]]


async def downloads(port: int, _key: str, until: float) -> None:
    """Ask ten times for a large file, take nothing, close after a second."""
    request = b"GET " + LARGE + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    async def once() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(request * 10)
        await asyncio.sleep(1)
        writer.close()

    await repeat(once, until, at_once=6)


async def slow_readers(port: int, _key: str, until: float) -> None:
    """Ask for a large file on many connections and never read it."""
    request = b"GET " + LARGE + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    async def once() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(request * 10)
        await asyncio.sleep(max(0.1, until - time.monotonic()))
        writer.close()

    await repeat(once, until, at_once=20)


async def large_forms(port: int, _key: str, until: float) -> None:
    """Send a form of 17 MB to the sign-in, without an account."""
    head = (
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken=" + b"a" * 32 +
        b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    )  # fmt: skip
    body = b"username=" + b"%41" * 5_600_000
    await repeat(lambda: send(port, head, body), until, at_once=4)


async def long_batches(port: int, key: str, until: float) -> None:
    """Send batches of 100 messages of 10,000 characters, four at once."""
    messages = [
        {"message_id": f"{n}", "user_id": f"u{n}", "channel_id": "c", "content": "word " * 1_999}
        for n in range(100)
    ]
    await repeat(lambda: post(port, key, f"{API}/check/batch", numbered(messages)), until, 4)


async def empty_lists(port: int, key: str, until: float) -> None:
    """Send a batch of 8 MiB of empty lists."""
    body = b'{"messages":[' + b"[]," * 2_700_000 + b"[]]}"
    await repeat(lambda: send(port, head_of(key, f"{API}/check/batch"), body), until, at_once=4)


async def costly_patterns(port: int, key: str, until: float) -> None:
    """Save expressions that are slow, and check long texts by them."""
    for number in range(60):
        word = rf"([\s\S]{{0,{number + 1}}})(b|c)x{number}"
        row = {"word": word, "is_regex": True, "category": "other", "language": "*"}
        await post(port, key, "/api/v1/blacklist/words", {**row, "severity": "low"})
    message = {"message_id": "x", "user_id": "u", "channel_id": "c", "content": "éà" * 5_000}
    await repeat(lambda: post(port, key, f"{API}/check", numbered([message])[0]), until, at_once=4)


async def many_patterns(port: int, key: str, until: float) -> None:
    """Import 8,000 expressions, which together need too much memory, and check."""
    rows = [f"(?:foo|bar|baz){n}[a-z]{{1,40}}(x|y){n}" for n in range(8_000)]
    await imported(port, key, rows, is_regex=True)
    message = {"message_id": "x", "user_id": "u", "channel_id": "c", "content": "foo1abcx1 " * 99}
    await repeat(lambda: post(port, key, f"{API}/check", numbered([message])[0]), until, at_once=4)


async def large_imports(port: int, key: str, until: float) -> None:
    """Import 100,000 words, again and again."""
    words = [f"grumblebumble{n}" for n in range(100_000)]
    await repeat(lambda: imported(port, key, words), until, at_once=1)


async def endless_headers(port: int, _key: str, until: float) -> None:
    """Begin a request and never end its headers."""

    async def once() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/v1/ping HTTP/1.1\r\n")
        line = b"x-filler: " + b"a" * 1_000 + b"\r\n"
        while time.monotonic() < until and not reader.at_eof():
            writer.write(line * 50)
            await writer.drain()
        writer.close()

    await repeat(once, until, at_once=4)


async def silent_connections(port: int, _key: str, until: float) -> None:
    """Open 1,100 connections and say nothing."""
    links = []
    for _ in range(1_100):
        with suppress(OSError):
            links.append(await asyncio.open_connection("127.0.0.1", port))
    await asyncio.sleep(max(0.0, until - time.monotonic()))
    for _, writer in links:
        writer.close()


ATTACKS: dict[str, Attack] = {
    "downloads that nobody takes": downloads,
    "clients that do not read": slow_readers,
    "forms of 17 MB": large_forms,
    "batches of 100 × 10,000 characters": long_batches,
    "batches of empty lists": empty_lists,
    "costly expressions": costly_patterns,
    "8,000 expressions": many_patterns,
    "imports of 100,000 words": large_imports,
    "endless headers": endless_headers,
    "1,100 silent connections": silent_connections,
}


def run(name: str, port: int, key: str, seconds: float) -> None:
    """Attack for so many seconds; what the server closes or refuses is what it should do."""
    asyncio.run(ATTACKS[name](port, key, time.monotonic() + seconds))


async def repeat(once: Callable[[], Awaitable[Any]], until: float, at_once: int) -> None:
    async def again() -> None:
        while time.monotonic() < until:
            with suppress(OSError, EOFError, TimeoutError):
                await once()
            # A refusal comes at once: leave the processor to the server.
            await asyncio.sleep(0.01)

    await asyncio.gather(*(again() for _ in range(at_once)))


async def imported(port: int, key: str, words: list[str], *, is_regex: bool = False) -> None:
    rows = [
        {
            "word": word,
            "language": "*",
            "category": "other",
            "severity": "low",
            "is_regex": is_regex,
        }
        for word in words
    ]
    await post(port, key, "/api/v1/blacklist/words/import", rows)


async def post(port: int, key: str, path: str, document: Any) -> bytes:
    return await send(port, head_of(key, path), json.dumps(document).encode())


def head_of(key: str, path: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\n"
        "Content-Type: application/json\r\n"
    ).encode()


async def send(port: int, head: bytes, body: bytes) -> bytes:
    """Send a request on a connection of its own; return the answer's first bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head + f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode())
        writer.write(body)
        async with asyncio.timeout(ANSWER_SECONDS):
            return await reader.readuntil(b"\r\n")
    finally:
        writer.close()


def numbered(messages: list[dict[str, str]]) -> Any:
    """Return the messages under ids that were not used before."""
    moment = time.monotonic_ns()
    renamed = [{**one, "message_id": f"{moment}-{n}"} for n, one in enumerate(messages)]
    return {"messages": renamed} if len(renamed) > 1 else renamed
