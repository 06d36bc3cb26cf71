"""Who calls, and what they may do: keys, members and the table of permissions."""

import hashlib
import ipaddress
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AbstractUser, AnonymousUser
from django.utils import timezone

from moderation.models import ApiKey, Membership, Project, Role, Scope

#: A revoked key is refused within 1 s in every process (CONTRACT section 2).
KEY_CACHE_SECONDS = 0.8
KEY_CACHE_SIZE = 10_000


class Permission(NamedTuple):
    #: The scope a key needs; None means that no key may.
    scope: Scope | None
    role: Role
    #: Whether the open project may be called so without a key.
    is_open: bool = False


#: CONTRACT section 2, "Who may".
PERMISSIONS: Mapping[str, Permission] = {
    "check": Permission(Scope.CHECK, Role.MODERATOR, is_open=True),
    "report": Permission(Scope.CHECK, Role.MODERATOR),
    "read": Permission(Scope.READ, Role.VIEWER),
    "read_words": Permission(Scope.READ, Role.VIEWER, is_open=True),
    "review": Permission(Scope.REVIEW, Role.MODERATOR),
    "claim_escalated": Permission(Scope.ADMIN, Role.ADMIN),
    "admin": Permission(Scope.ADMIN, Role.ADMIN),
    "own": Permission(None, Role.OWNER),
}
#: What each scope includes (admin ⊃ review ⊃ read; check stands alone).
INCLUDED: Mapping[str, frozenset[str]] = {
    Scope.CHECK: frozenset({Scope.CHECK}),
    Scope.READ: frozenset({Scope.READ}),
    Scope.REVIEW: frozenset({Scope.REVIEW, Scope.READ}),
    Scope.ADMIN: frozenset({Scope.ADMIN, Scope.REVIEW, Scope.READ}),
}
ROLE_ORDER = (Role.VIEWER, Role.MODERATOR, Role.ADMIN, Role.OWNER)


@dataclass(frozen=True)
class Caller:
    """Someone who calls in the name of one project: a key, a member, or anyone (open project)."""

    project: Project
    #: For people to read: a key's or a person's name, never the key.
    name: str
    scopes: frozenset[str] = frozenset()
    role: str | None = None
    user: AbstractUser | None = None
    key_id: int | None = None
    is_open: bool = False
    rate_per_minute: int | None = None
    rate_per_hour: int | None = None

    @property
    def identity(self) -> str:
        """Name the caller unmistakably, e.g. `user:12` or `key:3`."""
        if self.user is not None:
            return f"user:{self.user.pk}"
        return f"key:{self.key_id}" if self.key_id else "open"


def may(caller: Caller, action: str) -> bool:
    """Say whether the table of permissions allows the action."""
    permission = PERMISSIONS[action]
    if caller.is_open:
        return permission.is_open
    if caller.role is not None:
        return ROLE_ORDER.index(Role(caller.role)) >= ROLE_ORDER.index(permission.role)
    return permission.scope is not None and permission.scope in granted(caller.scopes)


def roles_that_may(action: str) -> tuple[Role, ...]:
    """Return the roles to which the table of permissions allows the action."""
    return ROLE_ORDER[ROLE_ORDER.index(PERMISSIONS[action].role) :]


def granted(scopes: frozenset[str]) -> frozenset[str]:
    """Return the scopes with all that they include."""
    return frozenset().union(*(INCLUDED[scope] for scope in scopes if scope in INCLUDED))


# --- Keys


def new_key() -> str:
    """Return a fresh key: 256 random bits behind a prefix that secret scanners can recognise."""
    return f"gvl_{secrets.token_urlsafe(32)}"


def digest_of(key: str) -> str:
    """Return the SHA-256 of a key, hex; enough because keys are random, not chosen."""
    return hashlib.sha256(key.encode()).hexdigest()


_verified: dict[str, tuple[float, Caller]] = {}


def caller_of_key(raw: str) -> Caller | None:
    """Return who calls with this key; None if it is unknown, revoked or expired."""
    try:
        digest = digest_of(raw)
    except UnicodeEncodeError:
        return None
    cached = _verified.get(digest)
    if cached and time.monotonic() - cached[0] < KEY_CACHE_SECONDS:
        return cached[1]
    return _look_up(digest)


def _look_up(digest: str) -> Caller | None:
    now = timezone.now()
    key = ApiKey.objects.usable(now).select_related("project").filter(digest=digest).first()
    if key is None:
        _verified.pop(digest, None)
        return None
    note_used_key(key.pk, now)
    if len(_verified) >= KEY_CACHE_SIZE:
        _verified.clear()
    caller = _caller_from(key)
    _verified[digest] = (time.monotonic(), caller)
    return caller


def _caller_from(key: ApiKey) -> Caller:
    return Caller(
        project=key.project,
        name=key.name,
        scopes=frozenset(key.scopes),
        key_id=key.pk,
        rate_per_minute=key.rate_per_minute,
        rate_per_hour=key.rate_per_hour,
    )


#: Row → when it was used last; `key_use` stores it, beside the requests.
_used: dict[int, datetime] = {}


def note_used_key(key_id: int, moment: datetime) -> None:
    _used[key_id] = max(moment, _used.get(key_id, moment))


def take_used_keys() -> dict[int, datetime]:
    """Return when keys were used since the last call; exact to KEY_CACHE_SECONDS."""
    taken = {}
    # One by one: other threads note uses meanwhile.
    while _used:
        key_id, moment = _used.popitem()
        taken[key_id] = moment
    return taken


def forget_keys() -> None:
    """Drop this process's verified keys, after one was changed here."""
    _verified.clear()


# --- Members and the open project


def caller_of_member(user: AbstractBaseUser | AnonymousUser, slug: str) -> Caller | None:
    """Return the person as member of that project; None if there is no such membership."""
    # PostgreSQL refuses NUL in a query's text, and a URL may carry it.
    if not isinstance(user, AbstractUser) or not user.is_active or "\0" in slug:
        return None
    found = Membership.objects.select_related("project").filter(user_id=user.pk, project__slug=slug)
    membership = found.first()
    if membership is None:
        return None
    return Caller(
        project=membership.project, name=user.get_username(), role=membership.role, user=user
    )


def projects_of(user: AbstractUser) -> list[str]:
    """Return the slugs of the projects in which a person has a role."""
    slugs = Membership.objects.filter(user_id=user.pk).order_by("project__slug")
    return list(slugs.values_list("project__slug", flat=True)[:2])


def open_caller() -> Caller | None:
    """Return the caller without a key; None where no open project is set."""
    if not settings.OPEN_PROJECT:
        return None
    project = Project.objects.filter(slug=settings.OPEN_PROJECT).first()
    return Caller(project=project, name="open project", is_open=True) if project else None


def client_address(peer: str, forwarded_for: str | None) -> str:
    """Return the client's address; X-Forwarded-For counts only from a trusted proxy.

    The header is read from its end: the first address that is no trusted proxy is the client.
    """
    hops = [peer]
    if forwarded_for:
        hops += [hop.strip() for hop in reversed(forwarded_for.split(","))]
    address = peer
    for hop in hops:
        if not _is_address(hop):
            return address
        address = hop
        if not _is_trusted(hop):
            return address
    return address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return any(parsed in network for network in settings.TRUSTED_PROXIES)
