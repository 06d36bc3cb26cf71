"""Accounts of people who sign in elsewhere: with an OpenID Connect provider, or at a proxy."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect, resolve_url

from moderation.accounts.actors import person_as_actor
from moderation.accounts.audit import write_audit
from moderation.accounts.people import draft_person, save_person
from moderation.lib.errors import Conflict, Forbidden, GavelError
from moderation.lib.languages import gettext_lazy

logger = logging.getLogger(__name__)

#: Codes in the sign-in page's address → what the page says.
REFUSALS = {
    "failed": gettext_lazy("Single sign-on failed. Try again, or use your password."),
    "forbidden": gettext_lazy(
        "You have no account here. Ask an owner or admin of your project to invite you."
    ),
    "already_exists": gettext_lazy(
        "Another account has your name, or one that looks like it. If it is yours, sign in with "
        "its password and connect single sign-on under Your account."
    ),
    "invalid": gettext_lazy(
        "The name you have there cannot be used here. Ask for an invitation instead."
    ),
    "inactive": gettext_lazy("This account is switched off."),
}


@transaction.atomic
def account_from_outside(username: str, *, email: str, source: str) -> User:
    """Create the account of a person who signs in from outside for the first time.

    It is a member of nothing until the person accepts an invitation.
    Raises Forbidden if SSO_CREATE_ACCOUNTS is off, AlreadyExists if another account has the name
    or looks so, Invalid for a name that no account can have.
    """
    if not settings.SSO_CREATE_ACCOUNTS:
        raise Forbidden("You have no account here.")
    person = save_person(draft_person(username, email=email, password=None))
    write_audit(None, person_as_actor(person), "account.created", person, {"from": source})
    return person


def is_connected(person: User) -> bool:
    return bool(SocialAccount.objects.filter(user=person).exists())


@transaction.atomic
def disconnect(person: User) -> None:
    """Forget the person's account at the provider. Conflict if it is their only way to sign in."""
    if not person.has_usable_password():
        raise Conflict("You have no password, so this is your only way to sign in.")
    SocialAccount.objects.filter(user=person).delete()
    write_audit(None, person_as_actor(person), "account.disconnected", person)


def refusal(code: str) -> ImmediateHttpResponse:
    """Return the error that makes allauth answer with the sign-in page and a reason."""
    return ImmediateHttpResponse(redirect(f"{resolve_url(settings.LOGIN_URL)}?refused={code}"))


class SsoAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """How django-allauth's sign-in at a provider fits in here."""

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Create the account at the first sign-in, unless an account is being connected."""
        drop_facts(sociallogin.account)
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        wanted = sociallogin.user
        is_verified = any(address.verified for address in sociallogin.email_addresses)
        name = wanted.username or wanted.email or sociallogin.account.uid
        try:
            person = account_from_outside(
                name, email=wanted.email if is_verified else "", source="OpenID Connect"
            )
        except GavelError as error:
            raise refusal(error.code) from error
        sociallogin.email_addresses = []
        sociallogin.connect(request, person)

    def on_authentication_error(
        self, _request: HttpRequest, *_args: Any, exception: Exception | None = None, **_facts: Any
    ) -> None:
        # Its text may hold the code or the provider's answer.
        logger.warning("Single sign-on failed", extra={"cause": type(exception).__name__})
        raise refusal("failed")

    def get_connect_redirect_url(self, _request: HttpRequest, _account: SocialAccount) -> str:
        return resolve_url("console:account")


def drop_facts(account: SocialAccount) -> None:
    """Store nothing of what the provider tells about the person."""
    account.extra_data = {}
    if account.pk:
        account.save(update_fields=["extra_data"])
