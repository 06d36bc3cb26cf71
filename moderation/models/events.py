"""Events, counters, the relay's lease and the audit log."""

import uuid
from datetime import UTC, datetime
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedJSON
from moderation.models.ids import new_id
from moderation.models.projects import Project

#: The minute of a counter's sum over all time.
ALL_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class Audience(models.TextChoices):
    #: Live events, numbered per project (docs/events.md, "Internal events").
    INTERNAL = "house"
    #: Events for brokers and webhooks (docs/events.md, "External events").
    EXTERNAL = "outside"


class OutboxEventQuerySet(models.QuerySet["OutboxEvent"]):
    def unnumbered(self) -> Self:
        """Live events that wait for their number."""
        # Never by id > last: transactions commit in another order than their ids were made.
        return self.filter(audience=Audience.INTERNAL, seq=None, cancelled_at=None)


class OutboxEvent(models.Model):
    """An event written in the transaction that caused it; the relay numbers and sends it."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    # `one_event_per_number` begins with the project: another index would only slow down writes.
    project = models.ForeignKey(Project, models.CASCADE, related_name="events", db_index=False)
    audience = models.CharField(max_length=7, choices=Audience)
    type = models.CharField(max_length=40)
    data = EncryptedJSON(encoder=DjangoJSONEncoder, readable=("user_id", "type", "message"))
    #: Counter changes that the relay folds: metric → +n or -n.
    tally = models.JSONField(default=dict)
    #: The decision that caused it; an undo cancels what is not sent yet.
    cause = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    #: External sinks wait until then; None means at once.
    hold_until = models.DateTimeField(null=True)
    seq = models.PositiveBigIntegerField(null=True)
    #: When the relay had handed it to all sinks, or dropped it because it was cancelled.
    sent_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = OutboxEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "seq"], name="one_event_per_number")
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(seq=None, audience="house"), name="event_unnumbered"
            ),
            models.Index(
                fields=["hold_until", "id"],
                condition=Q(sent_at=None, audience="outside"),
                name="event_unsent",
            ),
            # Sent ones too: an undo announces itself only if the decision was announced.
            models.Index(fields=["cause"], condition=Q(cause__isnull=False), name="event_of_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.seq or ''}".strip()


class Counter(models.Model):
    """How often something happened in one minute, or over all time (minute = ALL_TIME)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="counters")
    metric = models.CharField(max_length=40)
    minute = models.DateTimeField()
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "metric", "minute"], name="one_counter_per_minute"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.value}"


class Lease(models.Model):
    """Who leads; another process takes over once the lease has expired."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=100)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class AuditEntry(models.Model):
    """Who changed what; rows are only ever added."""

    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="audit_entries")
    #: A name, never a key.
    actor = models.CharField(max_length=200)
    #: Who is behind the name: `user:7` or `key:15 made by user:7`; empty for the server itself.
    identity = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=200)
    data = EncryptedJSON(default=dict, encoder=DjangoJSONEncoder, readable=("user_id",))
    created_at = models.DateTimeField(default=timezone.now)
    #: Its place in the chain, and the chain's hash up to it; the relay adds both soon after.
    position = models.PositiveBigIntegerField(null=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        constraints = [models.UniqueConstraint(fields=["position"], name="one_entry_per_position")]
        indexes = [
            models.Index(fields=["project", "-created_at", "-id"], name="audit_latest"),
            models.Index(fields=["id"], condition=Q(position=None), name="audit_unsealed"),
            models.Index(fields=["project", "-id"], name="audit_newest"),
            models.Index(fields=["project", "actor", "-id"], name="audit_of_actor"),
            models.Index(fields=["project", "action", "-id"], name="audit_of_action"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action}"


class AuditAnchor(models.Model):
    """An end of the audit log's chain, signed with SECRET_KEY (audit_chain.py); never changed."""

    #: From 1 without a gap; None for those of a version that did not number them.
    number = models.PositiveBigIntegerField(null=True, unique=True)
    #: The signature of the anchor before.
    before = models.CharField(max_length=100, blank=True)
    day = models.DateField()
    position = models.PositiveBigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=100)
    sealed_at = models.DateTimeField()
    #: When it was copied out of the database (audit_witness.py); None if not yet.
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-position"]
        indexes = [
            models.Index(
                fields=["position"], condition=Q(published_at=None), name="anchor_unpublished"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.position}"
