"""What is asked of the server: requests, encoded before they are sent, and the answers expected."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

BATCH = 50
#: More authors than messages of one minute: no text comes twice from one author, nobody is banned.
AUTHORS = 50_000
#: Texts and what fills their gaps: so many that the engine has forgotten a text before it comes
#: again (moderation/engine/recent.py).
HARMLESS = "Thanks for the {} {}, the {} {} works {} for me"
HARMLESS_WORDS = (
    ("help", "advice", "tip", "link", "answer", "patience", "guide", "reminder"),
    ("yesterday", "today", "earlier", "again", "tonight", "on Monday", "last week", "just now"),
    ("new", "old", "second", "small", "blue", "other", "winter", "shared"),
    ("map", "server", "printer", "recipe", "update", "bridge", "playlist", "garden"),
    ("fine", "well", "better", "great", "perfectly", "again", "smoothly", "at last"),
)
INSULT = "What an idiot you are, {} {} {} to {} any of {}"
INSULT_WORDS = (
    ("nobody", "no one", "not one of us", "hardly anyone", "no member", "no reader", "no player",
     "no friend"),
    ("here", "today", "online", "in this room", "on this site", "around", "in the team", "in chat"),
    ("wants", "likes", "cares", "hopes", "needs", "has time", "tries", "plans"),
    ("read", "hear", "see", "answer", "discuss", "follow", "remember", "share"),
    ("this", "that", "these lines", "your posts", "your messages", "your stories", "your jokes",
     "your theories"),
)  # fmt: skip
#: A text that everybody sends.
SAME = "gg wp, that was a close one, see you all again next Friday"


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


def harmless(number: int) -> str:
    return _filled(HARMLESS, HARMLESS_WORDS, number)


def insult(number: int) -> str:
    return _filled(INSULT, INSULT_WORDS, number)


def _filled(text: str, words: Sequence[Sequence[str]], number: int) -> str:
    """Return the text with words in its gaps; each number to 32,767 gives another."""
    chosen = []
    for some in words:
        number, place = divmod(number, len(some))
        chosen.append(some[place])
    return text.format(*chosen)


def check_of(content: Callable[[int], str]) -> Callable[[int, str], bytes]:
    """Return what encodes a check of a number's text."""
    return lambda number, key: _post("check", _message(str(number), number, content(number)), key)


def same(text: str) -> Callable[[int], str]:
    return lambda _number: text


def batch(number: int, key: str) -> bytes:
    numbers = range(number * BATCH, (number + 1) * BATCH)
    messages = [_message(f"{number}-{n}", n, harmless(n)) for n in numbers]
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
    Case("check, allowed", check_of(harmless), is_allowed),
    Case("check, allowed, one text", check_of(same(SAME)), is_allowed),
    Case("check, flagged", check_of(insult), is_flagged),
    Case(f"batch of {BATCH}", batch, are_allowed, messages=BATCH, connections=4),
    Case("check, allowed, 64 clients", check_of(harmless), is_allowed, connections=64),
)
