"""Send a chat message through moderation; call these functions in a database thread."""

from dataclasses import dataclass
from typing import Any, TypedDict

from django.utils import timezone

from moderation.delivery.chat.authors import ChatAuthor, is_storable
from moderation.delivery.sockets.protocol import BadMessage
from moderation.events.event import iso
from moderation.lib.errors import NotFound
from moderation.models import ModerationLog, Project
from moderation.models.ids import new_id
from moderation.pipeline.chat import moderate_or_ban
from moderation.pipeline.legacy_actions import BAN, WARNING, reason_in_words, recommended_action
from moderation.pipeline.moderate import moderate
from moderation.pipeline.outcome import Outcome
from moderation.pipeline.submission import MAX_CONTENT_LENGTH, MAX_ID_LENGTH, Submission

#: Actions of a ban; a muted author stays in the chat.
EXPELLING = frozenset({"user_banned", "temp_ban", "perm_ban"})


@dataclass(frozen=True)
class Draft:
    """A message as its author sent it, with valid fields."""

    author: ChatAuthor
    channel_id: str
    message_id: str
    content: str
    accept_language: str = ""


class ChatMessage(TypedDict):
    """A message that a channel may see."""

    message_id: str
    content: str
    channel_id: str
    user_id: str
    author: str
    timestamp: str
    #: WARNING, KICK, BAN or None, as the older services would act.
    older_action: str | None
    moderation: dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """What came of a message."""

    outcome: Outcome
    #: What the older services would do: WARNING, KICK, BAN or None.
    action: str | None
    reason: str

    @property
    def log(self) -> ModerationLog:
        return self.outcome.log

    @property
    def is_shown(self) -> bool:
        return self.log.is_approved and not self.outcome.is_duplicate

    @property
    def is_barred(self) -> bool:
        """Whether its author may no longer write there."""
        return self.log.action in EXPELLING

    @property
    def is_flood(self) -> bool:
        return "flood" in self.log.reasons


def draft_of(author: ChatAuthor, channel_id: str, fields: dict[str, Any], **more: str) -> Draft:
    """Return the message that a client sent; raise `BadMessage` if a field is wrong."""
    content = fields.get("content")
    if not isinstance(content, str) or not content.strip() or not is_storable(content):
        raise BadMessage("`content` must be a text.")
    if len(content) > MAX_CONTENT_LENGTH:
        raise BadMessage(f"`content` may have at most {MAX_CONTENT_LENGTH:,} characters.")
    name = "message_id" if fields.get("id") is None else "id"
    named = fields.get(name)
    message_id = str(new_id()) if named is None else text_id(name, named)
    return Draft(author, channel_id, message_id, content, **more)


def text_id(name: str, value: object) -> str:
    """Return an id of the client, which may be a number; raise `BadMessage` if it is none."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    text = str(value) if is_number else value
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_ID_LENGTH or not is_storable(text):
        raise BadMessage(f"`{name}` must have 1 to {MAX_ID_LENGTH} characters.")
    return text


def send(draft: Draft) -> Sent:
    """Moderate by the project's policy."""
    return sent(moderate(submission_of(draft)))


def send_as_bloom(draft: Draft) -> Sent:
    """Moderate by the policy, and ban at once for what Bloom bans for."""
    return sent(moderate_or_ban(submission_of(draft), timezone.now()))


def send_with_flood_limit(draft: Draft) -> Sent:
    """Moderate without strikes and repeat offence: only flooding has consequences."""
    return sent(moderate(submission_of(draft, only_flood=True)))


def live_project(project_id: int) -> Project:
    """Return the project as it is stored now; NotFound if somebody deleted it."""
    project = Project.objects.live().filter(pk=project_id).first()
    if project is None:
        raise NotFound("This project has been deleted.")
    return project


def submission_of(draft: Draft, *, only_flood: bool = False) -> Submission:
    return Submission(
        project=live_project(draft.author.project_id),
        message_id=draft.message_id,
        user_id=draft.author.user_id,
        username=draft.author.username,
        channel_id=draft.channel_id,
        content=draft.content,
        accept_language=draft.accept_language,
        only_flood=only_flood,
    )


def sent(outcome: Outcome) -> Sent:
    log = outcome.log
    action = recommended_action(log)
    if log.action in EXPELLING:
        action = BAN
    elif action is None and not log.is_approved:
        action = WARNING
    return Sent(outcome, action, reason_in_words(log) or log.message)


def message_of(log: ModerationLog, older_action: str | None = None) -> ChatMessage:
    return {
        "message_id": log.message_id,
        "content": log.content,
        "channel_id": log.channel_id,
        "user_id": log.user_id,
        "author": log.username or log.user_id,
        "timestamp": iso(log.created_at),
        "older_action": older_action,
        "moderation": {
            "action": log.verdict,
            "severity": log.severity,
            "confidence": round(log.score, 2),
            "reasons": log.reasons,
        },
    }


def restored_message(content_id: str) -> ChatMessage | None:
    """Return content that a moderator or an appeal restored; None if it is gone."""
    log = ModerationLog.objects.filter(pk=content_id).first()
    return message_of(log) if log else None
