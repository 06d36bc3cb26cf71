"""Read a request that the lane can answer; anything unusual is None, and Django's to answer."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from asgiref.typing import HTTPScope
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from moderation.api.middleware import SANE_ID
from moderation.api.moderation import MAX_BATCH, MAX_BATCH_CHARACTERS, characters_of
from moderation.api.parsers import MAX_BODY_BYTES, parse_json
from moderation.lane.doors import Door
from moderation.pipeline.submission import (
    MAX_CONTENT_LENGTH,
    MAX_ID_LENGTH,
    Submission,
    is_small,
)

CHECK = "/api/v1/moderation/check"
BATCH = "/api/v1/moderation/check/batch"
ANALYZE = "/api/v1/moderation/analyze"
PATHS = frozenset({CHECK, BATCH, ANALYZE})
UNUSUAL = frozenset({b"cookie", b"content-encoding", b"origin"})
#: As the clients of Google's libraries send it.
SHOWN_KEY = re.compile(rb"(?:alt=json&)?key=([\w-]{1,200})(?:&alt=json)?\Z")
#: Headers that change nothing in the answer.
JSON_TYPES = frozenset({b"application/json", b"application/json; charset=utf-8"})
ACCEPTED = frozenset(
    {
        b"",
        b"*/*",
        b"application/json",
        b"application/json, */*",
        b"application/json, text/plain, */*",
    }
)
#: Optional fields of a message, which may be null, and their longest text.
OPTIONAL = (("username", MAX_ID_LENGTH), ("language", 35), ("reply_to", MAX_ID_LENGTH))


@dataclass(frozen=True)
class LaneRequest:
    path: str
    key: str
    #: Whether the key stood in the address, which logs keep.
    is_key_shown: bool
    #: If it is a call of another service's clients.
    door: Door | None
    #: The scheme and host of the answer's links.
    origin: str
    request_id: str
    accept_language: str
    is_secure: bool


def lane_request(scope: HTTPScope, door: Door | None = None) -> LaneRequest | None:
    """Return what the headers say; None unless a key calls, in the usual way."""
    headers = dict(scope["headers"])
    if len(headers) != len(list(scope["headers"])) or not _is_usual(headers):
        return None
    shown = SHOWN_KEY.match(scope["query_string"]) if door and door.takes_shown_key else None
    hidden = headers.get(b"x-goog-api-key", b"") if door and door.takes_shown_key else b""
    key = hidden or (shown[1] if shown else key_of(headers))
    if not key or (scope["query_string"] and not shown):
        return None
    host = headers.get(b"host", b"").decode("latin-1")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return None
    is_secure = is_over_https(scope, headers)
    sent_id = headers.get(b"x-request-id", b"").decode("latin-1")
    return LaneRequest(
        path=scope["path"],
        key=key.decode("latin-1").strip(),
        is_key_shown=shown is not None and not hidden,
        door=door,
        origin=f"{'https' if is_secure else 'http'}://{host}",
        request_id=sent_id if SANE_ID.match(sent_id) else uuid.uuid4().hex,
        accept_language=headers.get(b"accept-language", b"").decode("latin-1"),
        is_secure=is_secure,
    )


def _is_usual(headers: dict[bytes, bytes]) -> bool:
    # Django knows what to do about other sites' pages and compressed bodies.
    if not UNUSUAL.isdisjoint(headers):
        return False
    is_json = headers.get(b"content-type", b"").lower() in JSON_TYPES
    return is_json and headers.get(b"accept", b"") in ACCEPTED


def key_of(headers: dict[bytes, bytes]) -> bytes:
    """Return the key, of `X-API-Key` or else of `Authorization: Bearer`; empty if there is none."""
    key = headers.get(b"x-api-key")
    if key is None:
        kind, _, key = headers.get(b"authorization", b"").partition(b" ")
        return key if kind.lower() == b"bearer" else b""
    return key


def is_over_https(scope: HTTPScope, headers: dict[bytes, bytes]) -> bool:
    """Return whether the client came over HTTPS, as `HttpRequest.scheme` does.

    The header of a proxy that is not trusted does not get here.
    """
    stated = headers.get(b"x-forwarded-proto")
    trusts_proxy = bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None))
    if trusts_proxy and stated is not None:
        return stated.split(b",", 1)[0].strip() == b"https"
    return scope["scheme"] == "https"


def messages_of(path: str, body: bytes) -> list[dict[str, Any]] | None:
    """Return the body's messages; None if one of them is not as it should be.

    Raises what `parse_json` raises.
    """
    if path == CHECK and len(body) > MAX_BODY_BYTES:
        return None
    document = parse_json(body)
    if path == CHECK:
        return [document] if is_message(document) else None
    messages = document.get("messages") if isinstance(document, dict) else None
    if not isinstance(messages, list) or not 1 <= len(messages) <= MAX_BATCH:
        return None
    if not all(map(is_message, messages)) or characters_of(messages) > MAX_BATCH_CHARACTERS:
        return None
    return messages


def text_of(body: bytes) -> tuple[str, str | None] | None:
    """Return the text and language to analyze; None if they are not as they should be."""
    document = parse_json(body) if len(body) <= MAX_BODY_BYTES else None
    if not isinstance(document, dict):
        return None
    text: Any = document.get("text")
    language: Any = document.get("language")
    if not is_text(text, MAX_CONTENT_LENGTH) or not is_optional(language, 35):
        return None
    return str(text), language


def is_message(data: Any) -> bool:
    """Say whether a check accepts this without converting anything."""
    if not isinstance(data, dict) or data.get("dry_run", False) is not False:
        return False
    if data.get("content_type", "text") != "text":
        return False
    return (
        is_text(data.get("message_id"), MAX_ID_LENGTH)
        and is_text(data.get("user_id"), MAX_ID_LENGTH)
        and is_text(data.get("channel_id"), MAX_ID_LENGTH)
        and is_text(data.get("content"), MAX_CONTENT_LENGTH)
        and all(is_optional(data.get(name), longest) for name, longest in OPTIONAL)
        and is_metadata(data.get("metadata"))
    )


def is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= longest


def is_optional(value: Any, longest: int) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= longest)


def is_metadata(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict):
        return False
    return not value or is_small(value)


def submission_of(project: Any, data: dict[str, Any], request: LaneRequest) -> Submission:
    """Return a message that `is_message` accepted as the pipeline takes it."""
    return Submission(
        project=project,
        message_id=data["message_id"],
        user_id=data["user_id"],
        channel_id=data["channel_id"],
        content=data["content"],
        username=data.get("username") or "",
        reply_to=data.get("reply_to") or "",
        metadata=data.get("metadata") or {},
        language=data.get("language") or None,
        accept_language=request.accept_language,
        request_id=request.request_id,
    )
