"""Which scope or role each action needs."""

from collections.abc import Mapping
from typing import NamedTuple

from moderation.accounts.callers import Caller
from moderation.models import Role, Scope


class Permission(NamedTuple):
    #: The scope that a key needs; None means that no key may.
    scope: Scope | None
    role: Role
    #: Whether calls without a key may do this in the open project.
    is_open: bool = False


#: docs/members.md, "Who may"
PERMISSIONS: Mapping[str, Permission] = {
    "check": Permission(Scope.CHECK, Role.MODERATOR, is_open=True),
    # To send a message in a chat: what a chat token is for.
    "chat": Permission(Scope.CHECK, Role.MODERATOR, is_open=True),
    "report": Permission(Scope.CHECK, Role.MODERATOR),
    "read": Permission(Scope.READ, Role.VIEWER),
    "read_words": Permission(Scope.READ, Role.VIEWER, is_open=True),
    "review": Permission(Scope.REVIEW, Role.MODERATOR),
    "claim_escalated": Permission(Scope.ADMIN, Role.ADMIN),
    "admin": Permission(Scope.ADMIN, Role.ADMIN),
    "own": Permission(None, Role.OWNER),
    "leave": Permission(None, Role.VIEWER),
}
#: What each scope includes (admin ⊃ review ⊃ read; check stands alone).
INCLUDED: Mapping[str, frozenset[str]] = {
    Scope.CHECK: frozenset({Scope.CHECK}),
    Scope.READ: frozenset({Scope.READ}),
    Scope.REVIEW: frozenset({Scope.REVIEW, Scope.READ}),
    Scope.ADMIN: frozenset({Scope.ADMIN, Scope.REVIEW, Scope.READ}),
}
ROLE_ORDER = (Role.VIEWER, Role.MODERATOR, Role.ADMIN, Role.OWNER)


def may(caller: Caller, action: str) -> bool:
    """Say whether the table of permissions allows the action."""
    permission = PERMISSIONS[action]
    if caller.chat is not None:
        return action == "chat"
    if caller.is_open:
        return permission.is_open
    if caller.role is not None:
        return ROLE_ORDER.index(Role(caller.role)) >= ROLE_ORDER.index(permission.role)
    return permission.scope is not None and permission.scope in granted(caller.scopes)


def roles_that_may(action: str) -> tuple[Role, ...]:
    """Return the roles that may do the action."""
    return ROLE_ORDER[ROLE_ORDER.index(PERMISSIONS[action].role) :]


def granted(scopes: frozenset[str]) -> frozenset[str]:
    """Return the scopes with all scopes that they include."""
    return frozenset().union(*(INCLUDED[scope] for scope in scopes if scope in INCLUDED))
