"""Check permissions: each view names its action from the table in accounts/permissions.py."""

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may


class MayCall(BasePermission):
    """Look up the view's `action`, or `actions` by method, in the table of permissions."""

    message = "Your key's scopes or your role do not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        action = action_of(view, request.method or "GET")
        if action is None:
            return True
        caller = request.auth
        if not isinstance(caller, Caller):
            raise NotAuthenticated("Send an API key as X-API-Key or Authorization: Bearer.")
        if caller.is_open and not may(caller, action):
            raise NotAuthenticated("Calls without an API key may only check messages.")
        return may(caller, action)


def action_of(view: Any, method: str) -> str | None:
    """Return the action that the request needs; None if anyone may call."""
    actions: dict[str, str] = getattr(view, "actions", {})
    default: str | None = view.action
    return actions.get(method, default)


def caller_of(request: Request) -> Caller:
    """Return the caller; only for views that name an action, because `MayCall` checked those."""
    caller: object = request.auth
    assert isinstance(caller, Caller)
    return caller
