"""Read and change a person's preferences."""

from django.contrib.auth.models import AbstractBaseUser

from moderation.lib.errors import Invalid
from moderation.models import Preferences, Theme, Veil
from moderation.models.people import Clock, Language


def preferences_of(user: AbstractBaseUser) -> Preferences:
    """Return the person's preferences; without any, the defaults, not stored."""
    return Preferences.objects.filter(user_id=user.pk).first() or Preferences(user_id=user.pk)


def prefer(user: AbstractBaseUser, *, theme: str, shortcuts: bool, veil: str) -> Preferences:
    """Store the person's preferences."""
    for name, value, known in (("theme", theme, Theme.values), ("veil", veil, Veil.values)):
        if value not in known:
            raise Invalid(name, f"must be one of {', '.join(known)}")
    chosen = {"theme": theme, "shortcuts": shortcuts, "veil": veil}
    return Preferences.objects.update_or_create(user_id=user.pk, defaults=chosen)[0]


def choose_clock(user: AbstractBaseUser, clock: str) -> Preferences:
    """Store how times of day are written for the person. Raises Invalid for an unknown way."""
    if clock not in Clock.values:
        raise Invalid("clock", f"must be one of {', '.join(Clock.values)}")
    return Preferences.objects.update_or_create(user_id=user.pk, defaults={"clock": clock})[0]


def choose_language(user: AbstractBaseUser, language: str) -> Preferences:
    """Store the language of the person's pages and mails; "" leaves it to the browser."""
    if language not in Language.values:
        raise Invalid("language", f"must be one of {', '.join(filter(None, Language.values))}")
    return Preferences.objects.update_or_create(user_id=user.pk, defaults={"language": language})[0]
