"""The credential of a socket and what it still allows; call these in a database thread."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain

from moderation.accounts.callers import Caller, caller_of_session
from moderation.accounts.key_lookup import caller_of_key
from moderation.accounts.permissions import granted, may
from moderation.models import Scope
from moderation.models.projects import SLUG

Headers = Mapping[str, str]


class Refused(Exception):
    """The socket was not authenticated; the text says why."""


class Credential(Protocol):
    """Can be checked again at any time, because keys are revoked and sessions end."""

    @property
    def is_alive(self) -> bool: ...

    @property
    def person(self) -> str | None:
        """The person that it names, such as `user:12`; None for a key or a guest."""

    def caller_for(self, slug: str) -> Caller | None:
        """Return the caller in that project; None if it may not read it."""


@dataclass(frozen=True)
class KeyCredential:
    key: str = field(repr=False)

    @property
    def is_alive(self) -> bool:
        return caller_of_key(self.key) is not None

    @property
    def person(self) -> None:
        return None

    def caller_for(self, slug: str) -> Caller | None:
        caller = caller_of_key(self.key)
        return caller if caller and caller.project.slug == slug and may(caller, "read") else None


@dataclass(frozen=True)
class SessionCredential:
    session_key: str = field(repr=False)
    user_id: int

    @property
    def is_alive(self) -> bool:
        return user_of_session(self.session_key).pk == self.user_id

    @property
    def person(self) -> str:
        return f"user:{self.user_id}"

    def caller_for(self, slug: str) -> Caller | None:
        user = user_of_session(self.session_key)
        caller = caller_of_session(user, slug) if re.match(SLUG.regex, slug) else None
        return caller if caller and may(caller, "read") else None


def user_of_session(session_key: str) -> AbstractBaseUser | AnonymousUser:
    """Return who is signed in by the session as it is stored now; anonymous if it has ended."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    # Django asks for a request but reads only its session.
    return get_user(SimpleNamespace(session=session))  # type: ignore[arg-type]


def credential_of(headers: Headers, query: str) -> Credential | None:
    """Return a connection's credential: a key in a header, one in the query, or a session.

    None means that it sent none and may still authenticate by a message.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    # An empty key is a wrong one: a client whose variable is not set is told so.
    if (key := headers.get("x-api-key", bearer or None)) is not None:
        return credential_of_key(key)
    if key := parse_qs(query).get("api_key", [""])[0]:
        return credential_of_shown_key(key)
    return credential_of_session(headers)


def credential_of_key(key: str) -> Credential:
    if caller_of_key(key) is None:
        raise Refused("The API key is unknown, revoked or expired.")
    return KeyCredential(key)


def credential_of_shown_key(key: str) -> Credential:
    """Refuse a key with admin scope: addresses end up in logs and histories."""
    caller = caller_of_key(key)
    if caller and Scope.ADMIN in granted(caller.scopes):
        raise Refused("A key with scope admin is not accepted in an address; send it in a header.")
    return credential_of_key(key)


def credential_of_session(headers: Headers) -> Credential | None:
    session_key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if not session_key or not is_same_origin(headers):
        return None
    user = user_of_session(session_key)
    return SessionCredential(session_key, user.pk) if user.is_authenticated else None


def is_same_origin(headers: Headers) -> bool:
    """Say whether a page of this site opened the socket; only browsers send an Origin."""
    if "origin" not in headers:
        return True
    try:
        origin = urlsplit(headers["origin"].lower())
    except ValueError:
        return False
    host = headers.get("host", "").lower()
    if origin.netloc == host and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return True
    return any(
        trusted.scheme == origin.scheme
        and is_same_domain(origin.netloc, trusted.netloc.removeprefix("*"))
        for trusted in map(urlsplit, settings.CSRF_TRUSTED_ORIGINS)
    )


def lost_projects(credential: Credential, slugs: Iterable[str]) -> set[str]:
    """Return those of the projects that the credential may no longer read."""
    return {slug for slug in slugs if credential.caller_for(slug) is None}


def recheck(joined: Mapping[Credential, Collection[str]]) -> dict[Credential, set[str] | None]:
    """Return for each credential None if it ended, else the projects that it lost."""
    return {
        credential: lost_projects(credential, slugs) if credential.is_alive else None
        for credential, slugs in joined.items()
    }
