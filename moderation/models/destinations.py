"""How the connections to other services are doing, as the relay's leader last saw them."""

from django.db import models
from django.utils import timezone


class Destination(models.Model):
    """One row for each connection of this installation; its writer updates it every few seconds."""

    #: `rabbitmq` or `discord`.
    name = models.CharField(max_length=40, primary_key=True)
    is_connected = models.BooleanField(default=False)
    #: Since when it is connected, or is not.
    changed_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(default=timezone.now)
    #: Why it is not connected, or why something could not be sent.
    error = models.CharField(max_length=200, blank=True)
    #: How much it has sent in all, and when it last did.
    sent = models.PositiveBigIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    #: When staff were notified that it is away; None while it is not.
    notified_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
