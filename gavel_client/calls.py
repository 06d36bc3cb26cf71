"""The API's calls: what to send and what to make of the answer, whoever sends it."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Literal, TypeVar

from gavel_client.answers import (
    Analysis,
    AuthorStatus,
    BatchError,
    Check,
    Event,
    Review,
)

T = TypeVar("T")
Decision = Literal["approve", "reject", "dismiss", "escalate"]


@dataclass(frozen=True)
class Message:
    """A message to check. Its id makes a repeated check harmless: choose one id per message."""

    content: str
    user_id: str
    channel_id: str
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    username: str | None = None
    language: str | None = None
    reply_to: str | None = None
    metadata: Mapping[str, Any] | None = None

    @property
    def body(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Call(Generic[T]):
    method: str
    #: Under /api/v1/.
    path: str
    read: Callable[[Any], T]
    json: Any = None
    params: Mapping[str, Any] | None = None
    #: Whether sending it twice changes nothing; only then it is tried again.
    is_repeatable: bool = True


def check(message: Message, *, dry_run: bool = False) -> Call[Check]:
    body = {**message.body, **({"dry_run": True} if dry_run else {})}
    return Call("POST", "moderation/check", Check.of, body)


def check_batch(messages: Iterable[Message]) -> Call[list[Check | BatchError]]:
    body = {"messages": [message.body for message in messages]}
    return Call("POST", "moderation/check/batch", _batch, body)


def _batch(data: Any) -> list[Check | BatchError]:
    return [BatchError.of(one) if "error" in one else Check.of(one) for one in data["results"]]


def analyze(text: str, language: str | None) -> Call[Analysis]:
    body = {"text": text, **({"language": language} if language else {})}
    return Call("POST", "moderation/analyze", Analysis.of, body)


def author_status(user_id: str, channel_id: str) -> Call[AuthorStatus]:
    # The twin with a query takes ids with any characters.
    params = {"user_id": user_id, "channel_id": channel_id}
    return Call("GET", "moderation/status", AuthorStatus.of, params=params)


def report(
    message_id: str, reporter_id: str, reason: str, note: str | None
) -> Call[dict[str, Any]]:
    body = {"message_id": message_id, "reporter_id": reporter_id, "reason": reason}
    # The same reporter counts once.
    return Call("POST", "reports", dict, {**body, **({"note": note} if note else {})})


def appeal(user_id: str, statement: str, subject: Mapping[str, str]) -> Call[dict[str, Any]]:
    body = {"user_id": user_id, "statement": statement, **subject}
    return Call("POST", "appeals", dict, body, is_repeatable=False)


def chat_token(user_id: str, channel_id: str, username: str | None) -> Call[str]:
    body = {"user_id": user_id, "channel_id": channel_id}
    body |= {"username": username} if username else {}
    return Call("POST", "chat-tokens", lambda data: str(data["token"]), body)


def reviews(filters: Mapping[str, Any]) -> Call[list[Review]]:
    return Call("GET", "reviews", _reviews, params=filters)


def _reviews(data: Any) -> list[Review]:
    return [Review.of(one) for one in data["results"]]


def review(review_id: str) -> Call[Review]:
    return Call("GET", f"reviews/{review_id}", Review.of)


def next_review() -> Call[Review | None]:
    return Call(
        "POST",
        "reviews/next",
        lambda data: Review.of(data) if data else None,
        is_repeatable=False,
    )


def decide(review_id: str, decision: Decision, fields: Mapping[str, Any]) -> Call[Review]:
    body = {"decision": decision, **fields}
    return Call("POST", f"reviews/{review_id}/decide", Review.of, body, is_repeatable=False)


def undo(review_id: str) -> Call[Review]:
    return Call("POST", f"reviews/{review_id}/undo", Review.of, is_repeatable=False)


def ban(
    user_id: str, channel_id: str | None, hours: int | None, reason: str
) -> Call[dict[str, Any]]:
    body: dict[str, Any] = {"channel_id": channel_id, "reason": reason, "type": "permanent"}
    if hours is not None:
        body |= {"type": "temporary", "hours": hours}
    params = {"user_id": user_id}
    return Call("POST", "admin/users/ban", dict, body, params=params, is_repeatable=False)


def unban(
    user_id: str, channel_id: str | None, reason: str, *, reset_strikes: bool
) -> Call[dict[str, Any]]:
    body = {"channel_id": channel_id, "reason": reason, "reset_strikes": reset_strikes}
    params = {"user_id": user_id}
    return Call("PUT", "admin/users/unban", dict, body, params=params, is_repeatable=False)


def events(since: int, limit: int) -> Call[list[Event]]:
    params = {"since": since, "limit": limit}
    return Call("GET", "events", _events, params=params)


def _events(data: Any) -> list[Event]:
    return [Event.of(one) for one in data["results"]]


def health() -> Call[dict[str, Any]]:
    return Call("GET", "health", dict)
