"""Reports and appeals."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedText
from moderation.models import Ban, ModerationLog, Project
from moderation.models.ids import new_id
from reviews.models.items import Decision, ReviewItem


class Report(models.Model):
    """An end user's report of content: one for each revision and reason of theirs."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="reports")
    log = models.ForeignKey(ModerationLog, models.CASCADE, related_name="reports")
    review = models.ForeignKey(ReviewItem, models.SET_NULL, null=True, related_name="reports")
    reporter_id = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    #: The revision of the content that was reported.
    revision = models.PositiveIntegerField(default=1, db_default=1)
    note = EncryptedText(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["log", "reporter_id", "revision", "reason"], name="one_report_per_reason"
            )
        ]
        indexes = [
            models.Index(fields=["project", "reporter_id"], name="report_of_reporter"),
            models.Index(fields=["project", "-created_at"], name="report_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} by {self.reporter_id}"


class AppealStatus(models.TextChoices):
    OPEN = "open"
    DECIDED = "decided"


class AppealOutcome(models.TextChoices):
    UPHELD = "upheld"
    OVERTURNED = "overturned"


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open(self) -> Self:
        return self.filter(status=AppealStatus.OPEN)

    def with_subjects(self) -> Self:
        return self.select_related("log", "ban__log")


class Appeal(models.Model):
    """An author's request to review content or a ban again."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="appeals")
    user_id = models.CharField(max_length=200)
    log = models.ForeignKey(ModerationLog, models.CASCADE, null=True, related_name="appeals")
    ban = models.ForeignKey(Ban, models.CASCADE, null=True, related_name="appeals")
    statement = EncryptedText()
    status = models.CharField(max_length=7, choices=AppealStatus, default=AppealStatus.OPEN)
    outcome = models.CharField(max_length=10, choices=AppealOutcome, blank=True)
    answer = EncryptedText(blank=True)
    #: The decision on the content's item; None while open, and for bans.
    decision = models.OneToOneField(Decision, models.SET_NULL, null=True, related_name="appeal")
    decided_by = models.CharField(max_length=200, blank=True)
    self_reviewed = models.BooleanField(default=False)
    #: SHA-256 of the author's token, hex.
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["project", "-created_at", "-id"], name="appeal_newest"),
            models.Index(
                fields=["project", "-decided_at", "-id"],
                condition=Q(status="decided"),
                name="appeal_decided",
            ),
            models.Index(
                fields=["project", "created_at", "id"],
                condition=Q(status="open"),
                name="appeal_open",
            ),
            models.Index(fields=["project", "user_id", "-created_at"], name="appeal_of_author"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(log=None, ban__isnull=False) | Q(log__isnull=False, ban=None),
                name="appeal_has_one_subject",
            ),
            models.UniqueConstraint(
                fields=["log"], condition=Q(status="open"), name="one_open_appeal_per_content"
            ),
            models.UniqueConstraint(
                fields=["ban"], condition=Q(status="open"), name="one_open_appeal_per_ban"
            ),
        ]

    def __str__(self) -> str:
        return f"appeal of {self.user_id}"
