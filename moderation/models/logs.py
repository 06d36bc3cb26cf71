"""The moderation log: one row for each content, by its latest revision."""

import uuid
from typing import Any, Self, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from moderation.models.ids import new_id
from moderation.models.projects import Project


class Status(models.TextChoices):
    APPROVED = "approved"
    FLAGGED = "flagged"
    REJECTED = "rejected"


class Judged(models.Model):
    """What a judgement of one revision consists of; shared by the log and its history."""

    content = models.TextField()
    #: SHA-256 of the content, hex: tells a repeat from an edit, also where content is not kept.
    content_hash = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    verdict = models.CharField(max_length=5)
    severity = models.CharField(max_length=6)
    score = models.FloatField()
    stage = models.CharField(max_length=12)
    action = models.CharField(max_length=12)
    reasons = models.JSONField(default=list)
    #: Detoxify's labels → 0–1.
    categories = models.JSONField(default=dict)
    matches = models.JSONField(default=list)
    pii = models.JSONField(default=list)
    detected_words = models.JSONField(default=list)
    language = models.CharField(max_length=20)
    degraded = models.JSONField(default=list)
    moderator_type = models.CharField(max_length=6)
    moderator_name = models.CharField(max_length=100)
    rule_name = models.CharField(max_length=100, null=True)  # noqa: DJ001 (null on the wire)
    policy_version = models.PositiveIntegerField()
    ruleset_version = models.PositiveIntegerField()
    #: The project's own model that judged, by its number; 0: none.
    model_version = models.PositiveIntegerField(default=0, db_default=0)
    engine_version = models.CharField(max_length=40)
    #: Seconds spent on judging.
    processing_seconds = models.FloatField()
    #: The answer's sentence for the author.
    message = models.CharField(max_length=500)
    strike_count = models.PositiveIntegerField(default=0)
    #: `rule:<id>` for each rule that acted, `shadow:<id>` for each that would have.
    rule_hits = models.JSONField(default=list)
    #: What was known of the author: the fields of `engine.standing.Standing` that are not the
    #: default, and `is_duplicate`. None: judged before this was kept.
    standing = models.JSONField(null=True)
    judged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


Rows = TypeVar("Rows", bound=models.QuerySet[Any])


def with_reason(rows: Rows, field: str, reason: str) -> Rows:
    """Return the rows whose list of reasons, in this field, has this one."""
    if connection.vendor == "postgresql":
        # The second is what `log_reasons` holds.
        return rows.filter(**{f"{field}__contains": [reason]}).exclude(**{field: []})
    # SQLite cannot search a JSON list for a member.
    told: Rows = rows.alias(told=Cast(field, models.TextField()))
    return told.filter(told__contains=f'"{reason}"')


#: What every message is that somebody ruled on: its stage says so until it is edited.
RULED = Q(stage="human-review") | Q(revision__gt=1)
#: What most messages have in a column.
USUAL = {"status": "approved", "verdict": "allow", "severity": "none", "action": "approved"}


class ModerationLogQuerySet(models.QuerySet["ModerationLog"]):
    def violations_of(self, user_id: str, channel_id: str) -> Self:
        """The author's violations in a channel; an empty channel means in the whole project."""
        found = self.filter(user_id=user_id, is_violation=True)
        return found.filter(channel_id=channel_id) if channel_id else found


class ModerationLog(Judged):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    # Its other indexes begin with the project: one of its own would only be written.
    project = models.ForeignKey(Project, models.CASCADE, related_name="logs", db_index=False)
    message_id = models.CharField(max_length=200)
    user_id = models.CharField(max_length=200)
    channel_id = models.CharField(max_length=200)
    username = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(max_length=8, choices=Status)
    #: Whether the app may show it.
    is_approved = models.BooleanField()
    #: A stored verdict other than allow that was not taken back.
    is_violation = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = ModerationLogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "message_id"], name="one_log_per_message"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="log_status_known"),
        ]
        indexes = [
            models.Index(fields=["project", "-created_at", "-id"], name="log_newest"),
            models.Index(
                fields=["project", "user_id", "channel_id", "-judged_at"],
                condition=Q(is_violation=True),
                name="log_violations",
            ),
            models.Index(
                fields=["project", "user_id", "content_hash", "-judged_at"], name="log_duplicates"
            ),
            models.Index(
                fields=["project", "channel_id", "-created_at", "-id"], name="log_channel"
            ),
            models.Index(
                fields=["project", "-created_at", "-id"], condition=RULED, name="log_ruled"
            ),
            models.Index(fields=["project", "language", "-created_at", "-id"], name="log_language"),
            # What most messages have is found soon enough among the newest; these find the rest,
            # and cost a harmless message nothing. `log_reasons`, `log_pii` and `log_text` are
            # PostgreSQL's alone: migrations 0010 and 0015.
            *(
                models.Index(
                    fields=["project", name, "-created_at", "-id"],
                    condition=~Q(**{name: usual}),
                    name=f"log_{name}",
                )
                for name, usual in USUAL.items()
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.message_id}"


class LogRevision(Judged):
    """An earlier revision of an edited message, as it was judged then."""

    log = models.ForeignKey(ModerationLog, models.CASCADE, related_name="revisions")

    class Meta:
        ordering = ["-revision"]
        constraints = [
            models.UniqueConstraint(fields=["log", "revision"], name="one_row_per_revision")
        ]

    def __str__(self) -> str:
        return f"{self.log_id} revision {self.revision}"
