"""How django-allauth's second steps of signing in fit in here: names, addresses, secrets."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moderation.accounts.client_address import address_of
from moderation.lib.secrets_at_rest import decrypt, encrypt

PURPOSE = "second step of signing in"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitation, never by signing up."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def respond_user_inactive(self, _request: HttpRequest, _user: AbstractBaseUser) -> HttpResponse:
        return redirect(f"{settings.LOGIN_URL}?refused=inactive")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing about signing in and out, which one sees."""
        template = kwargs.get("message_template") or (args[2] if len(args) > 2 else "")
        if not str(template).startswith("account/messages/logged_"):
            super().add_message(*args, **kwargs)


class StepsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are stored encrypted, under a key derived from SECRET_KEY."""

    def _get_site_name(self) -> str:
        return "Gavel"

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def encrypt(self, text: str) -> str:
        return encrypt(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, PURPOSE)
