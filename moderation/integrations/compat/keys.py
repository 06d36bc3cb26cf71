"""Keys where the clients of other services put them: Perspective's in the address."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from moderation.identity import Caller, caller_of_key
from moderation.models import Scope


class ShownKeyAuthentication(BaseAuthentication):
    """`?key=K`, never with `admin`: addresses end up in logs. `X-Goog-Api-Key: K` may be any."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        shown, hidden = request.query_params.get("key"), request.headers.get("X-Goog-Api-Key")
        key = hidden or shown
        if not key:
            return None
        caller = caller_of_key(key)
        if caller is None:
            raise AuthenticationFailed("API key not valid. Please pass a valid API key.")
        if not hidden and Scope.ADMIN in caller.scopes:
            raise PermissionDenied("A key with the scope admin must not stand in an address.")
        return AnonymousUser(), caller

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
