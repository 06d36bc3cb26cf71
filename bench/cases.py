"""What is asked of the server: requests, encoded before they are sent, and the answers expected."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

BATCH = 50
#: More authors than messages of one minute: no text comes twice from one author, nobody is banned.
AUTHORS = 50_000
HARMLESS = "Thanks for the help yesterday, the new map works fine for me"
INSULT = "What an idiot you are, nobody here wants to read any of this"


@dataclass(frozen=True)
class Case:
    name: str
    #: Encodes the nth request, for an API key.
    request: Callable[[int, str], bytes]
    #: Says whether the answer's document is the one that was to be measured.
    is_right: Callable[[Any], bool]
    #: Messages in one request.
    messages: int = 1
    #: How many clients ask at once.
    connections: int = 16


def requests_of(case: Case, key: str, numbers: Iterator[int]) -> Iterator[bytes]:
    """Yield requests without end; `numbers` is shared, so that no message_id comes twice."""
    return (case.request(number, key) for number in numbers)


def numbering(first: int = 0) -> Iterator[int]:
    return itertools.count(first)


def empty(_number: int, _key: str) -> bytes:
    return b"GET /bench/empty HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def check_of(content: str) -> Callable[[int, str], bytes]:
    return lambda number, key: _post("check", _message(str(number), number, content), key)


def batch(number: int, key: str) -> bytes:
    messages = [_message(f"{number}-{n}", number * BATCH + n, HARMLESS) for n in range(BATCH)]
    return _post("check/batch", {"messages": messages}, key)


def _message(message_id: str, author: int, content: str) -> dict[str, str]:
    return {
        "message_id": message_id,
        "user_id": f"author-{author % AUTHORS}",
        "channel_id": "general",
        "content": content,
    }


def _post(path: str, document: Any, key: str) -> bytes:
    body = json.dumps(document).encode()
    head = (
        f"POST /api/v1/moderation/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def is_allowed(answer: Any) -> bool:
    return bool(answer["verdict"] == "allow" and answer["is_approved"])


def is_flagged(answer: Any) -> bool:
    # The rival has no reviews.
    return bool(answer["verdict"] == "flag" and answer.get("review_id", True))


def are_allowed(answer: Any) -> bool:
    results = answer["results"]
    return len(results) == BATCH and all(is_allowed(result) for result in results)


EMPTY = Case("empty DRF view", empty, lambda answer: answer == {})
CASES = (
    EMPTY,
    Case("check, allowed", check_of(HARMLESS), is_allowed),
    Case("check, flagged", check_of(INSULT), is_flagged),
    Case(f"batch of {BATCH}", batch, are_allowed, messages=BATCH, connections=4),
    Case("check, allowed, 64 clients", check_of(HARMLESS), is_allowed, connections=64),
)
