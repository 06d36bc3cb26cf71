"""May this caller do this? Each view names its actions from the table in `identity`."""

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from moderation.identity import Caller, may


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
            raise NotAuthenticated("Without an API key only checks are answered here.")
        return may(caller, action)


def action_of(view: Any, method: str) -> str | None:
    """Return what the table calls this request; None where anyone may."""
    actions: dict[str, str] = getattr(view, "actions", {})
    default: str | None = view.action
    return actions.get(method, default)


def caller_of(request: Request) -> Caller:
    """Return who calls; only for views that name an action, where `MayCall` made sure of it."""
    caller: object = request.auth
    assert isinstance(caller, Caller)
    return caller
