"""Tokens that let a user of an app into one channel of a chat for an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from moderation.models import Project

SALT = "gavel.chat-token"
LIFETIME = timedelta(hours=1)  # docs/realtime.md, "Chat tokens"


@dataclass(frozen=True)
class ChatPass:
    """Who may chat where."""

    #: The project's slug.
    project: str
    user_id: str
    channel_id: str
    username: str = ""


def issue_chat_token(
    project: Project, user_id: str, channel_id: str, username: str, now: datetime
) -> tuple[str, datetime]:
    """Return a signed token, whose content is not secret, and when it expires."""
    ends_at = now + LIFETIME
    facts = [project.slug, user_id, channel_id, username, int(ends_at.timestamp())]
    return signing.dumps(facts, salt=SALT, compress=True), ends_at


def read_chat_token(token: str, now: datetime) -> ChatPass | None:
    """Return what a token allows; None if it is invalid, altered or expired."""
    try:
        *facts, ends_at = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return ChatPass(*facts) if now.timestamp() < ends_at else None
