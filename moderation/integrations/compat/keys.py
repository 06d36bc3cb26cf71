"""Authentication by keys in the places where clients of other services send them."""

import re
from typing import Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from moderation.accounts.callers import Caller
from moderation.accounts.key_lookup import caller_of_key
from moderation.api.authentication import BEARER
from moderation.models import Scope

#: How the header of a request begins that was signed for AWS (Signature Version 4).
SIGNED = "AWS4-HMAC-SHA256 "
#: Credential=ID/day/region/service/aws4_request
CREDENTIAL = re.compile(r"\bCredential=([^,\s]+?)(?:/[^/,\s]*){4}(?=,|\s|$)")


class ShownKeyAuthentication(BaseAuthentication):
    """`?key=K` without the scope `admin`, since logs keep addresses; or `X-Goog-Api-Key: K`."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        shown, hidden = request.query_params.get("key"), request.headers.get("X-Goog-Api-Key")
        key = hidden or shown
        if not key:
            return None
        caller = caller_of_key(key)
        if caller is None:
            raise AuthenticationFailed("API key not valid. Please pass a valid API key.")
        if not hidden and Scope.ADMIN in caller.scopes:
            raise PermissionDenied("A key with the scope admin must not be sent in an address.")
        return AnonymousUser(), caller

    def authenticate_header(self, _request: Request) -> str:
        return BEARER


class SubscriptionKeyAuthentication(BaseAuthentication):
    """`Ocp-Apim-Subscription-Key: K`, as Azure's clients send it."""

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        key = request.headers.get("Ocp-Apim-Subscription-Key")
        return None if key is None else _identified(key)

    def authenticate_header(self, _request: Request) -> str:
        return BEARER


class AccessKeyAuthentication(BaseAuthentication):
    """A request signed for AWS, whose session token or access key id is the key.

    Its signature is not checked: that takes the secret itself, and only a key's hash is stored. So
    the key is all that identifies the caller, as with `Authorization: Bearer`.
    """

    def authenticate(self, request: Request) -> tuple[Any, Caller] | None:
        header = request.headers.get("Authorization", "")
        if not header.startswith(SIGNED):
            return None
        token = request.headers.get("X-Amz-Security-Token")
        credential = CREDENTIAL.search(header)
        if not token and credential is None:
            raise AuthenticationFailed("The request has no access key id.")
        user, caller = _identified(token or (credential[1] if credential else ""))
        if not token and Scope.ADMIN in caller.scopes:
            # Programs show and log access key ids.
            raise PermissionDenied("A key with the scope admin must not be an access key id.")
        return user, caller

    def authenticate_header(self, _request: Request) -> str:
        return BEARER


def _identified(key: str) -> tuple[Any, Caller]:
    """Return the caller of a key; AuthenticationFailed if nobody has it."""
    caller = caller_of_key(key.strip())
    if caller is None:
        raise AuthenticationFailed("This API key is unknown, expired or revoked.")
    return AnonymousUser(), caller


class SubscriptionKeyScheme(OpenApiAuthenticationExtension):
    """How the API reference describes Azure's header."""

    target_class = "moderation.integrations.compat.keys.SubscriptionKeyAuthentication"
    name = "subscriptionKey"

    def get_security_definition(self, _schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Ocp-Apim-Subscription-Key"}


class AccessKeyScheme(OpenApiAuthenticationExtension):
    """How the API reference describes AWS's header."""

    target_class = "moderation.integrations.compat.keys.AccessKeyAuthentication"
    name = "awsSignature"

    def get_security_definition(self, _schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "AWS4-HMAC-SHA256, with the API key as access key id or session token",
        }


class ShownKeyScheme(OpenApiAuthenticationExtension):
    """How the API reference describes these ways to send a key."""

    target_class = "moderation.integrations.compat.keys.ShownKeyAuthentication"
    name = ["keyInAddress", "googleKey"]

    def get_security_requirement(self, _schema: AutoSchema) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]

    def get_security_definition(self, _schema: AutoSchema) -> list[dict[str, str]]:
        return [
            {"type": "apiKey", "in": "query", "name": "key"},
            {"type": "apiKey", "in": "header", "name": "X-Goog-Api-Key"},
        ]
