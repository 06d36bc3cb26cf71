"""Webhooks and their deliveries."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedText
from moderation.models.ids import new_id
from moderation.models.projects import Project


class WebhookFormat(models.TextChoices):
    JSON = "json", "JSON"
    SLACK = "slack", "Slack"
    DISCORD = "discord", "Discord"


class Webhook(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=2000)
    format = models.CharField(max_length=7, choices=WebhookFormat, default=WebhookFormat.JSON)
    #: The event types that it subscribes to.
    events = models.JSONField(default=list)
    #: `whsec_…`, encrypted (moderation/lib/secrets_at_rest.py): signing needs the secret itself.
    secret = models.CharField(max_length=255)
    #: The previous secret, which signs too until then, while the receiver switches.
    previous_secret = models.CharField(max_length=255, blank=True)
    previous_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    #: Why it was switched off, if not by a person.
    disabled_reason = models.CharField(max_length=200, blank=True)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    #: When a delivery last succeeded.
    succeeded_at = models.DateTimeField(null=True)
    #: Since when deliveries fail; None if the last attempt succeeded.
    failing_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    #: Its decision was undone before the event was sent.
    CANCELLED = "cancelled"


class WebhookDelivery(models.Model):
    """One event for one webhook, with the number of attempts and the result of the last."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, related_name="deliveries", db_index=False
    )  # `one_delivery_per_event` begins with it
    #: The event's id, by which a receiver recognises repeats (header `webhook-id`).
    event_id = models.UUIDField()
    event_type = models.CharField(max_length=40)
    #: The decision that caused the event; if it is undone in time, nothing is sent.
    cause = models.UUIDField(null=True)
    #: The exact body that is signed and sent.
    body = EncryptedText()
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    #: When to try next; moved ahead during an attempt, so that a dead process loses none.
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    first_attempt_at = models.DateTimeField(null=True)
    last_attempt_at = models.DateTimeField(null=True)
    duration_seconds = models.FloatField(null=True)
    response_status = models.PositiveSmallIntegerField(null=True)
    #: The first 200 characters of the answer.
    response_excerpt = EncryptedText(max_length=200, blank=True)
    #: Why there was no answer.
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="one_delivery_per_event")
        ]
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_newest"),
            models.Index(fields=["due_at"], condition=Q(status="pending"), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} ({self.status})"
