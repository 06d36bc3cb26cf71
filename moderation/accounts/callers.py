"""The caller of a request: a key, a member, or anyone for the open project."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AbstractUser, AnonymousUser

from moderation.accounts.actors import MADE_BY, Actor
from moderation.accounts.chat_tokens import ChatPass, read_chat_token
from moderation.accounts.second_step import lacks_second_step
from moderation.models import Membership, Project


@dataclass(frozen=True)
class Caller:
    """Who calls for one project: a key, a member, or anyone (open project)."""

    project: Project
    #: The name that people see: a key's or a person's, never the key itself. It carries the
    #: identity, so that whoever is given it as actor can store both.
    name: str
    scopes: frozenset[str] = frozenset()
    role: str | None = None
    user: AbstractUser | None = None
    key_id: int | None = None
    #: Whose key it is: `user:7`, or the key that made it; empty if the command line did.
    key_maker: str = ""
    is_open: bool = False
    rate_per_minute: int | None = None
    rate_per_hour: int | None = None
    #: Unique name of somebody without an account here, e.g. `discord:80351110224678912`.
    outside_id: str = ""
    #: The author that a chat token stands for, in one channel; None for every other caller.
    chat: ChatPass | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", Actor(self.name, self.full_identity))

    @property
    def identity(self) -> str:
        """Return the caller's unique name, e.g. `user:12` or `key:3`."""
        if self.outside_id:
            return self.outside_id
        if self.user is not None:
            return f"user:{self.user.pk}"
        if self.chat is not None:
            return f"chat:{self.project.pk}:{self.chat.user_id}"
        return f"key:{self.key_id}" if self.key_id else "open"

    @property
    def full_identity(self) -> str:
        """Return the identity with a key's maker, e.g. `key:3 made by user:12`."""
        return f"{self.identity}{MADE_BY}{self.key_maker}" if self.key_maker else self.identity


# --- Members and the open project


def caller_of_member(user: AbstractBaseUser | AnonymousUser, slug: str) -> Caller | None:
    """Return the person as a member of that project; None if they are not one."""
    # PostgreSQL refuses NUL in a query's text, and a URL may carry it.
    if not isinstance(user, AbstractUser) or not user.is_active or "\0" in slug:
        return None
    memberships = Membership.objects.select_related("project").filter(
        user_id=user.pk, project__slug=slug, project__deleted_at=None
    )
    membership = memberships.first()
    if membership is None:
        return None
    return Caller(
        project=membership.project, name=user.get_username(), role=membership.role, user=user
    )


def caller_of_session(user: AbstractBaseUser | AnonymousUser, slug: str) -> Caller | None:
    """Return the signed-in person as a member of that project; None if they are not one.

    None too for a person without the second step that REQUIRE_SECOND_STEP asks for.
    """
    return None if lacks_second_step(user) else caller_of_member(user, slug)


def projects_of(user: AbstractUser) -> list[str]:
    """Return the slugs of the person's projects, at most two: one, or several."""
    live = Membership.objects.filter(user_id=user.pk, project__deleted_at=None)
    slugs = live.order_by("project__slug")
    return list(slugs.values_list("project__slug", flat=True)[:2])


def caller_of_chat_token(token: str, now: datetime) -> Caller | None:
    """Return the author of a chat token, who may do nothing but chat; None if it is not valid."""
    chat = read_chat_token(token, now)
    project = Project.objects.live().filter(slug=chat.project).first() if chat else None
    if chat is None or project is None:
        return None
    return Caller(
        project=project,
        name=chat.username or chat.user_id,
        chat=chat,
        rate_per_minute=settings.RATE_LIMIT_REQUESTS_PER_MINUTE,
        rate_per_hour=settings.RATE_LIMIT_REQUESTS_PER_HOUR,
    )


def open_caller() -> Caller | None:
    """Return a caller without a key; None if no open project is set."""
    if not settings.OPEN_PROJECT:
        return None
    project = Project.objects.live().filter(slug=settings.OPEN_PROJECT).first()
    return Caller(project=project, name="open project", is_open=True) if project else None
