"""The words of the event sockets (CONTRACT section 6): frames out, messages in, close codes."""

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from moderation.events import envelope_of
from moderation.models import OutboxEvent

#: Longest message a client may send, in characters.
MAX_MESSAGE_LENGTH = 16_384
#: Highest number that the database can compare with.
MAX_SEQ = 2**63 - 1


class Close(IntEnum):
    NOT_AUTHENTICATED = 4401
    ACCESS_DENIED = 4403
    NO_SUCH_PATH = 4404
    TOO_SLOW = 4408
    OVER_LIMIT = 4429
    SERVER_ERROR = 1011


class BadMessage(Exception):
    """A client's message cannot be understood; the text says why."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event, encoded once for every reader; without text it only tells that it exists."""

    project_id: int
    seq: int
    text: str = ""


def frame_of(event: OutboxEvent) -> Frame:
    assert event.seq is not None
    return Frame(event.project_id, event.seq, encode(envelope_of(event)))


def encode(message: dict[str, Any]) -> str:
    return json.dumps(message, cls=DjangoJSONEncoder, separators=(",", ":"))


def decode(text: str) -> dict[str, Any]:
    """Return the client's message; raise `BadMessage` unless it is an object with a type."""
    if len(text) > MAX_MESSAGE_LENGTH:
        raise BadMessage(f"A message may have at most {MAX_MESSAGE_LENGTH} characters.")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage("The message is not valid JSON.") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise BadMessage('A message is an object such as {"type": "heartbeat"}.')
    return message


def since_of(value: object) -> int | None:
    """Return the number after which a client wants to resume; raise `BadMessage` if it is none."""
    if value is None:
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise BadMessage("`since` must be the seq of an event: a whole number from 0.")
    return min(int(text), MAX_SEQ)


def project_of(message: dict[str, Any]) -> str:
    slug = message.get("project_id")
    if not isinstance(slug, str):
        raise BadMessage("`project_id` must be a project's slug.")
    return slug


# --- What the server says


def joined(slug: str, seq: int, stats: dict[str, Any]) -> str:
    return encode({"type": "joined_project", "project_id": slug, "seq": seq, "stats": stats})


def left(slug: str) -> str:
    return encode({"type": "left_project", "project_id": slug})


def reset(slug: str, seq: int, stats: dict[str, Any]) -> str:
    return encode({"type": "reset", "project_id": slug, "seq": seq, "stats": stats})


def heartbeat() -> str:
    return encode({"type": "heartbeat"})


def error(text: str) -> str:
    return encode({"type": "error", "message": text})


def authentication_failed(text: str) -> str:
    return encode({"type": "authentication_failed", "message": text})


def project_access_denied(slug: str) -> str:
    text = "There is no such project, or you may not read it."
    return encode({"type": "project_access_denied", "message": text, "project_id": slug[:200]})


def rate_limited() -> str:
    return encode({"type": "rate_limited", "scope": "connection"})
