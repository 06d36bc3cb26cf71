"""Webhooks: whom to tell of what, and each delivery of an event to one of them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

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
    #: Types of the events that it wants.
    events = models.JSONField(default=list)
    #: `whsec_…`, sealed (moderation/sealing.py): it must be read again to sign.
    secret = models.CharField(max_length=255)
    #: The secret before, which signs too until then, while the receiver changes over.
    previous_secret = models.CharField(max_length=255, blank=True)
    previous_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    #: Why it was switched off, where it was not by a person.
    disabled_reason = models.CharField(max_length=200, blank=True)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    #: When a delivery last came through.
    succeeded_at = models.DateTimeField(null=True)
    #: Since when none has; None where the last attempt succeeded.
    failing_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    #: Its decision was taken back before the event had left.
    CANCELLED = "cancelled"


class WebhookDelivery(models.Model):
    """One event on its way to one webhook; attempts are counted, the last one is kept."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, related_name="deliveries", db_index=False
    )  # `one_delivery_per_event` begins with it
    #: The event's id, which a receiver tells repeats by (header `webhook-id`).
    event_id = models.UUIDField()
    event_type = models.CharField(max_length=40)
    #: The decision that caused the event; taken back before it left, nothing is sent.
    cause = models.UUIDField(null=True)
    #: Exactly what is signed and sent.
    body = models.TextField()
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    #: When to try next; pushed ahead while an attempt runs, so that a dead process loses none.
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    first_attempt_at = models.DateTimeField(null=True)
    last_attempt_at = models.DateTimeField(null=True)
    duration_seconds = models.FloatField(null=True)
    response_status = models.PositiveSmallIntegerField(null=True)
    #: The first 200 characters of the answer (CONTRACT section 9).
    response_excerpt = models.CharField(max_length=200, blank=True)
    #: Why no answer came.
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
