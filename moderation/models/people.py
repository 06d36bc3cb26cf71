"""What a person chose for themselves; kept here, so that a new device shows nothing in clear."""

from django.conf import settings
from django.db import models


class Theme(models.TextChoices):
    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Veil(models.TextChoices):
    """From which severity on the words that were found are covered until they are revealed."""

    LOW = "low", "Every word that was found"
    MEDIUM = "medium", "From medium severity"
    HIGH = "high", "Only high severity"
    NEVER = "never", "Never"


class Preferences(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preferences"
    )
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    #: Single-key shortcuts; WCAG 2.1.4 wants that they can be turned off.
    shortcuts = models.BooleanField(default=True)
    veil = models.CharField(max_length=6, choices=Veil, default=Veil.HIGH)

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of {self.user}"
