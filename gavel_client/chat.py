"""`moderate_message`: the function that clients of an older service know, with its names."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gavel_client.answers import Check
from gavel_client.calls import Message
from gavel_client.client import AsyncGavel, Gavel

#: A blocked message of high severity for one of these brings a ban instead of a kick.
BANNING = frozenset({"hate_speech", "threat"})


class ActionType(StrEnum):
    WARNING = "WARNING"
    KICK = "KICK"
    BAN = "BAN"


class ContentType(StrEnum):
    """The worst of a message's categories."""

    OK = "OK"
    S = "S"
    SH = "SH"
    H = "H"
    H2 = "H2"
    V = "V"
    V2 = "V2"
    HR = "HR"


#: The worst first.
CONTENT_TYPES: Mapping[str, ContentType] = {
    "sexual": ContentType.S,
    "self_harm": ContentType.SH,
    "hate_speech": ContentType.H,
    "threat": ContentType.V,
    "harassment": ContentType.HR,
    "insult": ContentType.HR,
    "profanity": ContentType.HR,
}
SEVERE = {ContentType.H: ContentType.H2, ContentType.V: ContentType.V2}
PII_TYPES: Mapping[str, str] = {
    "EMAIL": "EMAIL",
    "PHONE": "TELEPHONENUM",
    "CREDIT_CARD": "CREDITCARDNUMBER",
    "US_SSN": "SOCIALNUM",
    "IBAN": "IBAN",
    "IP_ADDRESS": "IPADDRESS",
}


@dataclass(frozen=True)
class ChatMessage:
    content: str
    user_id: str
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    channel_id: str = "default"


@dataclass(frozen=True)
class RecommendedAction:
    action: ActionType
    reason: str


@dataclass(frozen=True)
class PiiResult:
    #: EMAIL, TELEPHONENUM, CREDITCARDNUMBER, SOCIALNUM, IBAN or IPADDRESS; None without any.
    pii_type: str | None = None

    @property
    def pii_detected(self) -> bool:
        return self.pii_type is not None


@dataclass(frozen=True)
class ContentResult:
    category: ContentType
    #: From 0 to 1.
    scores: Mapping[str, float]


@dataclass(frozen=True)
class ModerationState:
    """What the check of a chat message says."""

    message: ChatMessage
    #: None if nothing needs to be done.
    recommended_action: RecommendedAction | None
    #: Whether a person reviews the message.
    flag: bool
    pii_result: PiiResult
    content_result: ContentResult
    #: The whole answer of the server, or of the fallback.
    check: Check


def moderate_message(message: ChatMessage, client: Gavel | AsyncGavel | None = None) -> Any:
    """Check a chat message. Inside `async def`, await it; elsewhere it returns the state at once.

    client: a Gavel, or an AsyncGavel inside `async def`. Without one a new client is made from
    GAVEL_URL and GAVEL_KEY and closed again.

    Returns a ModerationState, or an awaitable of one. Raises ApiError and ServerAway, and
    SettingsError for those variables.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _now(message, client)
    return _later(message, client)


def _now(message: ChatMessage, client: Gavel | AsyncGavel | None) -> ModerationState:
    if isinstance(client, AsyncGavel):
        raise TypeError("An AsyncGavel works only inside `async def`: use a Gavel.")
    if client is not None:
        return state_of(message, client.check(message_of(message)))
    with Gavel() as new:
        return state_of(message, new.check(message_of(message)))


async def _later(message: ChatMessage, client: Gavel | AsyncGavel | None) -> ModerationState:
    if isinstance(client, Gavel):
        check = await asyncio.to_thread(client.check, message_of(message))
    elif client is not None:
        check = await client.check(message_of(message))
    else:
        async with AsyncGavel() as new:
            check = await new.check(message_of(message))
    return state_of(message, check)


def message_of(message: ChatMessage) -> Message:
    return Message(message.content, message.user_id, message.channel_id, message.message_id)


def state_of(message: ChatMessage, check: Check) -> ModerationState:
    """Return a check in the words of the older service (docs/legacy.md)."""
    action = action_of(check)
    code = next((code for name, code in CONTENT_TYPES.items() if name in check.reasons), None)
    category = code or ContentType.OK
    if check.severity == "high":
        category = SEVERE.get(category, category)
    pii_type = PII_TYPES.get(check.pii[0].type, check.pii[0].type) if check.pii else None
    return ModerationState(
        message,
        RecommendedAction(action, reason_of(check, pii_type)) if action else None,
        flag=check.review_id is not None,
        pii_result=PiiResult(pii_type),
        content_result=ContentResult(category, check.categories),
        check=check,
    )


def action_of(check: Check) -> ActionType | None:
    if check.action == "user_banned":
        return ActionType.BAN
    if check.verdict == "block":
        is_worst = check.severity == "high" and BANNING.intersection(check.reasons)
        return ActionType.BAN if is_worst else ActionType.KICK
    return None if check.verdict == "allow" else ActionType.WARNING


def reason_of(check: Check, pii_type: str | None) -> str:
    if check.action == "user_banned":
        return "User is banned"
    if check.reasons == ["personal_info"]:
        return f"Personal information detected: {pii_type}"
    return f"Inappropriate content: {', '.join(check.reasons)}"
