"""What a person chose for themselves: read it and change it."""

from django.contrib.auth.models import AbstractBaseUser

from moderation.errors import Invalid
from moderation.models import Preferences, Theme, Veil


def preferences_of(user: AbstractBaseUser) -> Preferences:
    """Return the person's choices; the defaults, not stored, where they made none."""
    return Preferences.objects.filter(user_id=user.pk).first() or Preferences(user_id=user.pk)


def prefer(user: AbstractBaseUser, *, theme: str, shortcuts: bool, veil: str) -> Preferences:
    """Store the person's choices."""
    for name, value, known in (("theme", theme, Theme.values), ("veil", veil, Veil.values)):
        if value not in known:
            raise Invalid(name, f"must be one of {', '.join(known)}")
    chosen = {"theme": theme, "shortcuts": shortcuts, "veil": veil}
    return Preferences.objects.update_or_create(user_id=user.pk, defaults=chosen)[0]
