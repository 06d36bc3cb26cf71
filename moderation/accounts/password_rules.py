"""What Django's rules for passwords leave out: a long one of nearly nothing, or of our own name."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_CHARACTERS = 5
#: What anybody would try here; the names of the server's hosts are added.
OWN_WORDS = ("gavel", "moderation", "moderator", "password", "admin")
#: How much of a password must be something else.
FEWEST_OTHERS = 8


class VariedPassword:
    """Refuses passwords of few different characters, and short pieces that repeat."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 (Django's signature)
        if len(set(password)) < FEWEST_CHARACTERS:
            text = _("This password has too few different characters: use {count} or more.")
            raise ValidationError(text.format(count=FEWEST_CHARACTERS), code="password_not_varied")
        # A text that repeats a piece is found in its own double before its end.
        period = (password * 2).index(password, 1)
        if period * 2 <= len(password):
            text = _("This password only repeats {piece!r}.").format(piece=password[:period])
            raise ValidationError(text, code="password_repeats")

    def get_help_text(self) -> str:
        return f"Your password must have {FEWEST_CHARACTERS} or more different characters."


class UnrelatedPassword:
    """Refuses passwords made of the program's name, its subject or the server's host names."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 (Django's signature)
        rest = password.casefold()
        labels = {label for host in settings.ALLOWED_HOSTS for label in host.split(".")}
        for word in sorted({*OWN_WORDS, *labels}, key=len, reverse=True):
            if len(word) > 3:
                rest = rest.replace(word.casefold(), "")
        if len(rest) < min(FEWEST_OTHERS, len(password)):
            text = _("This password is mostly made of words that anybody would try here.")
            raise ValidationError(text, code="password_related")

    def get_help_text(self) -> str:
        return "Your password must be more than this server's own names."
