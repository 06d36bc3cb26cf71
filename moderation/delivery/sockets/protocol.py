"""The messages and close codes of the event sockets (docs/realtime.md)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from django.core.serializers.json import DjangoJSONEncoder

from moderation.events.counters import Stats
from moderation.events.event import event_row
from moderation.lib.json_types import JsonObject
from moderation.models import OutboxEvent

#: Longest message a client may send, in characters.
MAX_MESSAGE_LENGTH = 16_384
#: The highest number that the database can compare.
MAX_SEQ = 2**63 - 1
#: Longer ones are no project's, and are not repeated in answers.
MAX_SLUG_LENGTH = 200
NO_MESSAGE = 'A message is a JSON object such as {"type": "heartbeat"}.'
ACCESS_DENIED = "There is no such project, or you may not read it."


_encoder = DjangoJSONEncoder(separators=(",", ":"))


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
    """One event, encoded once for all readers; without text it only says that the event exists."""

    project_id: int
    seq: int
    text: str = ""


def frame_of(event: OutboxEvent) -> Frame:
    assert event.seq is not None
    return Frame(event.project_id, event.seq, encode(event_row(event)))


def encode(message: Mapping[str, object]) -> str:
    return _encoder.encode(message)


def decode(text: str) -> JsonObject:
    """Return the client's message; raise `BadMessage` unless it is an object with a type."""
    message = decode_object(text)
    if not isinstance(message.get("type"), str):
        raise BadMessage(NO_MESSAGE)
    return message


def decode_object(text: str, most: int = MAX_MESSAGE_LENGTH) -> JsonObject:
    """Return the client's JSON object; raise `BadMessage` unless it is one."""
    if len(text) > most:
        raise BadMessage(f"A message may have at most {most} characters.")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage("The message is not valid JSON.") from error
    if not isinstance(message, dict):
        raise BadMessage(NO_MESSAGE)
    return message


def since_of(value: object) -> int | None:
    """Return the `seq` after which a client resumes; raise `BadMessage` if it is not a number."""
    if value is None:
        return None
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise BadMessage("`since` must be the seq of an event: a whole number from 0.")
    return min(int(text), MAX_SEQ)


def project_of(message: JsonObject) -> str:
    slug = message.get("project_id")
    if not isinstance(slug, str):
        raise BadMessage("`project_id` must be a project's slug.")
    return slug


# --- Messages of the server


def joined(slug: str, seq: int, stats: Stats) -> str:
    return encode({"type": "joined_project", "project_id": slug, "seq": seq, "stats": stats})


def left(slug: str) -> str:
    return encode({"type": "left_project", "project_id": slug})


def reset(slug: str, seq: int, stats: Stats) -> str:
    return encode({"type": "reset", "project_id": slug, "seq": seq, "stats": stats})


def heartbeat() -> str:
    return encode({"type": "heartbeat"})


def error(text: str) -> str:
    return encode({"type": "error", "message": text})


def authentication_failed(text: str) -> str:
    return encode({"type": "authentication_failed", "message": text})


def project_access_denied(slug: str) -> str:
    fields = {"message": ACCESS_DENIED, "project_id": slug[:MAX_SLUG_LENGTH]}
    return encode({"type": "project_access_denied", **fields})


def rate_limited() -> str:
    return encode({"type": "rate_limited", "scope": "connection"})
