"""The Python client of Gavel: `Gavel` and `AsyncGavel` for its API, `moderate_message` for chats.

The API's answers are in `answers`, the calls in `calls`, what happens while the server is away in
`fallback`, the names of an older service's client in `chat`.
"""

from gavel_client.answers import (
    Analysis,
    AuthorStatus,
    BanInfo,
    BatchError,
    Check,
    Event,
    Match,
    PersonalData,
    Review,
)
from gavel_client.calls import Message
from gavel_client.chat import (
    ActionType,
    ChatMessage,
    ContentResult,
    ContentType,
    ModerationState,
    PiiResult,
    RecommendedAction,
    moderate_message,
)
from gavel_client.client import AsyncGavel, Gavel
from gavel_client.errors import ApiError, GavelError, ServerAway, SettingsError
from gavel_client.fallback import Fallback

__all__ = [
    "ActionType",
    "Analysis",
    "ApiError",
    "AsyncGavel",
    "AuthorStatus",
    "BanInfo",
    "BatchError",
    "ChatMessage",
    "Check",
    "ContentResult",
    "ContentType",
    "Event",
    "Fallback",
    "Gavel",
    "GavelError",
    "Match",
    "Message",
    "ModerationState",
    "PersonalData",
    "PiiResult",
    "RecommendedAction",
    "Review",
    "ServerAway",
    "SettingsError",
    "moderate_message",
]
