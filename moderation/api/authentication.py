"""Who calls over HTTP: a key, a signed-in member, or anyone for the open project."""

from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from moderation.errors import Invalid
from moderation.identity import (
    Caller,
    caller_of_key,
    caller_of_member,
    open_caller,
    projects_of,
)

Identified = tuple[Any, Caller] | None


class KeyAuthentication(BaseAuthentication):
    """`X-API-Key: K` or `Authorization: Bearer K`; a wrong key is never let in."""

    def authenticate(self, request: Request) -> Identified:
        key = _key_of(request)
        if key is None:
            return None
        caller = caller_of_key(key)
        if caller is None:
            raise AuthenticationFailed("This API key is unknown, expired or revoked.")
        return AnonymousUser(), caller

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _key_of(request: Request) -> str | None:
    if key := request.headers.get("X-API-Key"):
        return str(key)
    header = request.headers.get("Authorization")
    if header is None:
        return None
    kind, _, key = header.partition(" ")
    if kind.lower() != "bearer":
        raise AuthenticationFailed("Send the API key as X-API-Key or as Authorization: Bearer.")
    return key.strip()


class MemberSessionAuthentication(SessionAuthentication):
    """A signed-in person, who names the project by `?project=` or `X-Project`; CSRF is enforced."""

    def authenticate(self, request: Request) -> Identified:
        found = super().authenticate(request)
        if found is None:
            return None
        user = found[0]
        slug = _project_named(request) or _only_project(user)
        caller = caller_of_member(user, slug)
        if caller is None:
            raise PermissionDenied(f"You have no role in a project {slug!r}.")
        return user, caller


def _project_named(request: Request) -> str | None:
    named = request.query_params.get("project") or request.headers.get("X-Project")
    return str(named) if named else None


def _only_project(user: AbstractUser) -> str:
    slugs = projects_of(user)
    if not slugs:
        raise PermissionDenied("You are a member of no project.")
    if len(slugs) > 1:
        raise Invalid("project", "You are a member of several projects: name one by ?project=.")
    return slugs[0]


class OpenProjectAuthentication(BaseAuthentication):
    """No key and no session: the open project's caller, where one is set (OPEN_PROJECT)."""

    def authenticate(self, request: Request) -> Identified:
        caller = open_caller()
        return (AnonymousUser(), caller) if caller else None
