"""Who writes in a chat, and what allows it; call these functions in a database thread."""

import secrets
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from moderation.accounts.callers import caller_of_chat_token, open_caller
from moderation.accounts.chat_tokens import read_chat_token
from moderation.delivery.sockets.credentials import Refused
from moderation.models import Author as ModeratedAuthor
from moderation.models import Ban, Project
from moderation.pipeline.submission import MAX_ID_LENGTH
from moderation.queries.authors import active_ban

#: How long a project that was seen alive counts as alive.
LIVE_SECONDS = 1.0
INVALID = "The chat token is invalid or has expired."


@dataclass(frozen=True)
class ChatAuthor:
    """One author of a project, as a chat token or a guest of the open project names them."""

    project_id: int
    slug: str
    user_id: str
    username: str = ""
    #: The only channel where they may write; None means any.
    channel_id: str | None = None
    #: Whether nobody named them: a guest whose client sent no `user_id`.
    is_unnamed: bool = False

    def may_enter(self, channel_id: str) -> bool:
        return self.channel_id in (None, channel_id)


@dataclass(frozen=True)
class ChatCredential:
    """A chat token, or the lack of one in the open project; never reads a project's events."""

    author: ChatAuthor
    #: Empty for a guest.
    token: str = field(repr=False, default="")

    @property
    def is_alive(self) -> bool:
        if not self.token:
            is_valid = self.author.slug == settings.OPEN_PROJECT
        else:
            is_valid = read_chat_token(self.token, timezone.now()) is not None
        return is_valid and is_live(self.author.project_id)

    @property
    def person(self) -> str | None:
        return f"author:{self.author.slug}:{self.author.user_id}" if self.token else None

    def caller_for(self, _slug: str) -> None:
        return None


def credential_of_token(token: str) -> ChatCredential:
    """Return what a chat token allows; raise `Refused` if it allows nothing any more."""
    caller = caller_of_chat_token(token, timezone.now())
    if caller is None or caller.chat is None:
        raise Refused(INVALID)
    project, allowed = caller.project, caller.chat
    author = ChatAuthor(
        project.pk, project.slug, allowed.user_id, allowed.username, allowed.channel_id
    )
    return ChatCredential(author, token)


def credential_of_guest(user_id: str) -> ChatCredential | None:
    """Return a guest of the open project, by a new name if they have none; None if it is closed."""
    caller = open_caller()
    if caller is None:
        return None
    if len(user_id) > MAX_ID_LENGTH or not is_storable(user_id):
        raise Refused(f"`user_id` may have at most {MAX_ID_LENGTH} characters.")
    name = user_id or f"guest-{secrets.token_hex(4)}"
    project = caller.project
    return ChatCredential(ChatAuthor(project.pk, project.slug, name, is_unnamed=not user_id))


#: Project id → when this process last saw that nobody had deleted it.
_seen_live: dict[int, float] = {}


def is_live(project_id: int) -> bool:
    """Say whether nobody deleted the project; asks once for all sockets of a recheck."""
    now = time.monotonic()
    if now - _seen_live.get(project_id, -LIVE_SECONDS) < LIVE_SECONDS:
        return True
    found = Project.objects.live().filter(pk=project_id).exists()
    if found:
        _seen_live[project_id] = now
    return found


def is_storable(text: str) -> bool:
    """Say whether the database can store the text: it has no NUL and no half of a character."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def ban_of(author: ChatAuthor, channel_id: str) -> Ban | None:
    """Return the ban that keeps the author out of the channel; a muted author may listen."""
    project = Project.objects.get(pk=author.project_id)
    ban = active_ban(ModeratedAuthor(project, author.user_id, channel_id), timezone.now())
    return None if ban and ban.is_mute else ban
