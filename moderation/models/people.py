"""A person's preferences, and the devices on which they are signed in."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac

from moderation.lib.languages import gettext_lazy as _


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Veil(models.TextChoices):
    """The severity from which found words are covered until somebody reveals them."""

    LOW = "low", _("Every word that was found")
    MEDIUM = "medium", _("From medium severity")
    HIGH = "high", _("Only high severity")
    NEVER = "never", _("Never")


class Clock(models.TextChoices):
    """How times of day are written."""

    SYSTEM = "system", _("As this device writes them")
    H24 = "24", _("24 hours: 15:04")
    H12 = "12", _("12 hours: 3:04 PM")


class Language(models.TextChoices):
    """The language of pages and mails; each calls itself by its own name."""

    BROWSER = "", _("As the browser asks")
    EN = "en", "English"
    ES = "es", "Español"
    UR = "ur", "اردو"


class Preferences(models.Model):
    """Stored here, so that a new device shows nothing uncovered."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preferences"
    )
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    #: Single-key shortcuts; WCAG 2.1.4 requires a way to turn them off.
    shortcuts = models.BooleanField(default=True)
    veil = models.CharField(max_length=6, choices=Veil, default=Veil.HIGH)
    clock = models.CharField(
        max_length=6, choices=Clock, default=Clock.SYSTEM, db_default=Clock.SYSTEM
    )
    language = models.CharField(
        max_length=6, choices=Language, default=Language.BROWSER, db_default="", blank=True
    )

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of {self.user}"


class WebSession(AbstractBaseSession):
    """A browser's session; unlike Django's table it says whose it is, so that people can end it."""

    #: Empty before the person has signed in.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="web_sessions"
    )
    address = models.GenericIPAddressField(null=True)
    #: What the browser calls itself.
    device = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True)
    #: Accurate to five minutes.
    seen_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name = "session"

    @property
    def handle(self) -> str:
        """What names the session on a page: it stays the same, and opens nothing."""
        return salted_hmac("gavel.session", self.session_key, algorithm="sha256").hexdigest()

    @classmethod
    def get_session_store_class(cls) -> Any:
        return import_module(settings.SESSION_ENGINE).SessionStore
