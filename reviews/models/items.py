"""Review items, claims, notes and decisions."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone

from moderation.accounts.actors import MADE_BY
from moderation.lib.encrypted_fields import EncryptedText
from moderation.models import ModerationLog, Project
from moderation.models.ids import new_id
from moderation.models.logs import with_reason


class ReviewStatus(models.TextChoices):
    OPEN = "open"
    DECIDED = "decided"


class ReviewSource(models.TextChoices):
    ENGINE = "engine"
    REPORT = "report"
    APPEAL = "appeal"
    ESCALATION = "escalation"


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def open(self) -> Self:
        return self.filter(status=ReviewStatus.OPEN)

    def decided(self) -> Self:
        return self.filter(status=ReviewStatus.DECIDED)

    def claimed(self, now: datetime) -> Self:
        return self.open().filter(claim__expires_at__gt=now)

    def unclaimed(self, now: datetime) -> Self:
        return self.open().filter(Q(claim=None) | Q(claim__expires_at__lte=now))

    def free_for(self, holder: str, now: datetime) -> Self:
        """Items that nobody else holds, whatever their status."""
        is_mine = Q(claim__holder=holder)
        return self.filter(Q(claim=None) | Q(claim__expires_at__lte=now) | is_mine)

    def with_reason(self, reason: str) -> Self:
        """Return the items whose content has this reason."""
        return with_reason(self, "log__reasons", reason)

    def with_details(self) -> Self:
        """Fetch what a row of the queue shows: content, claim and the decision in effect."""
        decisions = Decision.objects.in_effect()
        rows = self.select_related("log", "claim")
        return rows.prefetch_related(Prefetch("decisions", decisions, to_attr="final_decisions"))


class ReviewItem(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    # Its other indexes begin with the project: one of its own would only be written.
    project = models.ForeignKey(Project, models.CASCADE, related_name="reviews", db_index=False)
    log = models.ForeignKey(ModerationLog, models.CASCADE, related_name="reviews")
    status = models.CharField(max_length=7, choices=ReviewStatus, default=ReviewStatus.OPEN)
    #: Why it was opened; `escalation` once a moderator escalated it.
    source = models.CharField(max_length=10, choices=ReviewSource)
    #: Only admins and owners may claim an escalated item.
    escalated = models.BooleanField(default=False)
    #: Higher is more urgent; `reviews.queue.items.priority_of` computes it.
    priority = models.FloatField()
    report_count = models.PositiveIntegerField(default=0)
    #: Rises with every change; a moderator may say which version they saw.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    #: When an admin answered its escalation and gave it back to the moderators.
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewItemQuerySet.as_manager()
    #: The decision in effect, if any; filled by `with_details`.
    final_decisions: list["Decision"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["log"], condition=Q(status="open"), name="one_open_review_per_content"
            )
        ]
        indexes = [
            models.Index(
                fields=["project", "-priority", "-id"],
                condition=Q(status="open"),
                name="review_open_urgent",
            ),
            models.Index(
                fields=["project", "created_at", "id"],
                condition=Q(status="open"),
                name="review_open_oldest",
            ),
            models.Index(
                fields=["project", "-decided_at", "-id"],
                condition=Q(status="decided"),
                name="review_decided",
            ),
            models.Index(fields=["project", "-created_at", "-id"], name="review_newest"),
            models.Index(fields=["project", "-priority", "-id"], name="review_urgent"),
        ]

    def __str__(self) -> str:
        return f"{self.status} review of {self.log_id}"

    def live_claim(self, now: datetime) -> "Claim | None":
        """Return the claim that holds now; None if the item is decided."""
        claim: Claim | None = getattr(self, "claim", None)
        if claim is None or not claim.pk or claim.expires_at <= now:
            return None
        return claim if self.status == ReviewStatus.OPEN else None


class Claim(models.Model):
    """Who holds an item until when; the next claim reuses the row of an expired one."""

    review = models.OneToOneField(ReviewItem, models.CASCADE, related_name="claim")
    #: The caller's identity, e.g. `user:12` or `key:3`.
    holder = models.CharField(max_length=40)
    #: The name that people read.
    holder_name = models.CharField(max_length=200)
    #: None where an API key claimed.
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="claims"
    )
    claimed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.holder_name} until {self.expires_at:%H:%M}"


class DecisionKind(models.TextChoices):
    APPROVE = "approve"
    REJECT = "reject"
    DISMISS = "dismiss"
    ESCALATE = "escalate"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def in_effect(self) -> Self:
        """Return the final decisions that were not undone: at most one for each item."""
        return self.filter(is_final=True, undone_at=None)


class Decision(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="decisions")
    review = models.ForeignKey(ReviewItem, models.CASCADE, related_name="decisions")
    ruling = models.CharField(max_length=8, choices=DecisionKind)
    #: False for escalate, which leaves the item open.
    is_final = models.BooleanField(default=True)
    reason_code = models.CharField(max_length=40, blank=True)
    note = EncryptedText(max_length=2000, blank=True)
    #: The name that people read.
    decided_by = models.CharField(max_length=200)
    #: The caller's identity, e.g. `user:12` or `key:3`.
    decider = models.CharField(max_length=40)
    #: Whose key decided, e.g. `user:12`; empty if a person did.
    key_maker = models.CharField(max_length=40, blank=True)
    #: None where an API key decided.
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="decisions"
    )
    #: What it changed, so that an undo can restore exactly that (`reviews.decisions.effects`).
    effects = models.JSONField(default=dict)
    decided_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=200, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(is_final=True, undone_at=None),
                name="one_final_decision_per_review",
            )
        ]
        indexes = [models.Index(fields=["project", "-decided_at"], name="decision_newest")]

    def __str__(self) -> str:
        return f"{self.ruling} by {self.decided_by}"

    @property
    def identity(self) -> str:
        """Who is behind the name: `user:7` or `key:15 made by user:7`."""
        return f"{self.decider}{MADE_BY}{self.key_maker}" if self.key_maker else self.decider


class ReviewNote(models.Model):
    review = models.ForeignKey(ReviewItem, models.CASCADE, related_name="notes")
    author = models.CharField(max_length=200)
    text = EncryptedText(max_length=2000)
    #: Whether an admin answers an escalation with it.
    is_answer = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"note by {self.author}"
