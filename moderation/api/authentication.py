"""Authenticate a call: by key, by session, or as a caller of the open project."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from moderation.accounts.callers import (
    Caller,
    caller_of_chat_token,
    caller_of_member,
    open_caller,
    projects_of,
)
from moderation.accounts.key_lookup import caller_of_key
from moderation.accounts.second_step import lacks_second_step
from moderation.lib.errors import Invalid

#: The challenge of a 401. Google's Python client fails on one without a realm.
BEARER = 'Bearer realm="gavel"'
Identified = tuple[Any, Caller] | None


class KeyAuthentication(BaseAuthentication):
    """`X-API-Key: K` or `Authorization: Bearer K`; a wrong key is always refused."""

    def authenticate(self, request: Request) -> Identified:
        # Addresses end up in logs and histories. Ignoring it would put the call into the open
        # project without anybody knowing.
        if "api_key" in request.query_params:
            raise AuthenticationFailed(
                "Send the API key as X-API-Key or as Authorization: Bearer, not in the address."
            )
        key = request.headers.get("X-API-Key")
        # An empty one is wrong: a client whose variable is not set would else post into the open
        # project without knowing.
        if key is None:
            header = request.headers.get("Authorization")
            if header is None:
                return None
            kind, _, key = header.partition(" ")
            if kind.lower() != "bearer":
                raise AuthenticationFailed(
                    "Send the API key as X-API-Key or as Authorization: Bearer."
                )
        caller = caller_of_key(key.strip())
        if caller is None:
            raise AuthenticationFailed("This API key is unknown, expired or revoked.")
        return AnonymousUser(), caller

    def authenticate_header(self, _request: Request) -> str:
        return BEARER


class ChatTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer T` with a chat token; anything else is left to the others."""

    def authenticate(self, request: Request) -> Identified:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        caller = caller_of_chat_token(token.strip(), timezone.now())
        return (AnonymousUser(), caller) if caller else None

    def authenticate_header(self, _request: Request) -> str:
        return "Bearer"


class MemberSessionAuthentication(SessionAuthentication):
    """A signed-in person, who names the project by `?project=` or `X-Project`; checks CSRF."""

    def authenticate(self, request: Request) -> Identified:
        authenticated = super().authenticate(request)
        if authenticated is None:
            return None
        user = authenticated[0]
        slug = request.query_params.get("project") or request.headers.get("X-Project")
        if not slug:
            slugs = projects_of(user)
            if not slugs:
                raise PermissionDenied("You are not a member of any project.")
            if len(slugs) > 1:
                raise Invalid("project", "You are a member of several: name one by ?project=.")
            slug = slugs[0]
        if lacks_second_step(user):
            raise PermissionDenied("Set up a second step of signing in first, under Your account.")
        caller = caller_of_member(user, slug)
        if caller is None:
            raise PermissionDenied(f"You are not a member of the project {slug!r}.")
        return user, caller


class OpenProjectAuthentication(BaseAuthentication):
    """No key and no session: a caller of the open project, if OPEN_PROJECT names one."""

    def authenticate(self, _request: Request) -> Identified:
        caller = open_caller()
        return (AnonymousUser(), caller) if caller else None
