"""Settings of single sign-on: an OpenID Connect provider, or a proxy that names the person."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from moderation_site.page_policies import OWN, STRICT_POLICY

#: In addresses: /login/sso and /login/sso/callback.
PROVIDER = "sso"
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
#: Their forms lead to the provider, which browsers allow only if the page's policy names it.
PAGES_WITH_BUTTON = ("/login", "/account")


def oidc_providers(
    *, issuer: str, client_id: str, client_secret: str, name: str, is_debug: bool
) -> dict[str, Any]:
    """Return allauth's settings of the provider; ImproperlyConfigured if half of it is set."""
    if not issuer:
        return {}
    if urlsplit(issuer).scheme != "https" and not is_debug:
        raise ImproperlyConfigured("OIDC_ISSUER must start with https:// when DEBUG is false.")
    for variable, value in (("OIDC_CLIENT_ID", client_id), ("OIDC_CLIENT_SECRET", client_secret)):
        if not value:
            raise ImproperlyConfigured(f"{variable} is required with OIDC_ISSUER.")
    app = {
        "provider_id": PROVIDER,
        "name": name,
        "client_id": client_id,
        "secret": client_secret,
        "settings": {
            "server_url": issuer.rstrip("/"),
            # The provider's tokens must name exactly the issuer that was configured.
            "openid_configuration_overrides": {"issuer": issuer},
        },
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def sign_in_policies(issuer: str) -> dict[str, dict[str, list[str]]]:
    """Return the policies of the pages with a button to the provider."""
    if not issuer:
        return {}
    parts = urlsplit(issuer)
    policy = {**STRICT_POLICY, "form-action": [OWN, f"{parts.scheme}://{parts.netloc}"]}
    return dict.fromkeys(PAGES_WITH_BUTTON, policy)


def refuse_header(name: str, trusted_proxies: Sequence[Any]) -> None:
    """Raise ImproperlyConfigured for a header that is none, or that anybody could send."""
    if not name:
        return
    if not HEADER.match(name):
        raise ImproperlyConfigured("REMOTE_USER_HEADER must be a header such as Remote-User.")
    if not trusted_proxies:
        raise ImproperlyConfigured(
            "REMOTE_USER_HEADER needs TRUSTED_PROXIES: only from there is the header believed."
        )
