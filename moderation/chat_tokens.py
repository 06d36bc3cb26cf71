"""Tokens with which an app lets one of its users into one channel of a chat, for an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from moderation.models import Project

SALT = "gavel.chat-token"
LIFETIME = timedelta(hours=1)  # CONTRACT section 3


@dataclass(frozen=True)
class ChatPass:
    """Who may speak where."""

    #: The project's slug.
    project: str
    user_id: str
    channel_id: str
    username: str = ""


def issue_chat_token(
    project: Project, user_id: str, channel_id: str, username: str, now: datetime
) -> tuple[str, datetime]:
    """Return a signed token, which holds what it says in clear, and when it ends."""
    ends_at = now + LIFETIME
    facts = [project.slug, user_id, channel_id, username, int(ends_at.timestamp())]
    return signing.dumps(facts, salt=SALT, compress=True), ends_at


def read_chat_token(token: str, now: datetime) -> ChatPass | None:
    """Return what a token allows; None if it is not ours, altered or over."""
    try:
        *facts, ends_at = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return ChatPass(*facts) if now.timestamp() < ends_at else None
