"""The moderation log: one row per content, with its latest revision."""

import uuid
from datetime import datetime
from typing import Any, Self, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedJSON, EncryptedText
from moderation.models.author import Author
from moderation.models.ids import new_id
from moderation.models.projects import Project


class Status(models.TextChoices):
    APPROVED = "approved"
    FLAGGED = "flagged"
    REJECTED = "rejected"


class ContentType(models.TextChoices):
    TEXT = "text"
    #: A picture: `content` is the text that was read in it.
    IMAGE = "image"


class VerdictFields(models.Model):
    """The verdict on one revision; shared by the log and its earlier revisions."""

    content = EncryptedText()
    #: SHA-256 of the content, hex: tells a repeat from an edit, also if content is not stored.
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
    matches = EncryptedJSON(default=list)
    pii = EncryptedJSON(default=list)
    detected_words = EncryptedJSON(default=list)
    language = models.CharField(max_length=20)
    degraded = models.JSONField(default=list)
    moderator_type = models.CharField(max_length=6)
    moderator_name = models.CharField(max_length=100)
    rule_name = models.CharField(max_length=100, null=True)  # noqa: DJ001 (null on the wire)
    policy_version = models.PositiveIntegerField()
    ruleset_version = models.PositiveIntegerField()
    #: The number of the project's own model that scored it; 0 means none.
    model_version = models.PositiveIntegerField(default=0, db_default=0)
    engine_version = models.CharField(max_length=40)
    #: Seconds that the check took.
    processing_seconds = models.FloatField()
    #: The message for the author.
    message = models.CharField(max_length=500)
    strike_count = models.PositiveIntegerField(default=0)
    #: `rule:<id>` for each rule that acted, `shadow:<id>` for each shadow rule that would have.
    rule_hits = models.JSONField(default=list)
    #: The author's record at the time: the fields of `engine.verdict.author_record.AuthorRecord`
    #: that are not the default, and `is_duplicate`. None: checked before this was stored.
    standing = models.JSONField(null=True)
    judged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


Rows = TypeVar("Rows", bound=models.QuerySet[Any])


def with_reason(rows: Rows, field: str, reason: str) -> Rows:
    """Return the rows whose reasons in this field include this one."""
    if connection.vendor == "postgresql":
        # The index `log_reasons` covers the second condition.
        return rows.filter(**{f"{field}__contains": [reason]}).exclude(**{field: []})
    # SQLite cannot search a JSON list for a member.
    with_text: Rows = rows.alias(reasons_text=Cast(field, models.TextField()))
    return with_text.filter(reasons_text__contains=f'"{reason}"')


#: True for messages that a moderator decided: an edit resets the stage.
MAY_BE_DECIDED = Q(stage="human-review") | Q(revision__gt=1)
#: The value that most messages have in a column.
USUAL = {"status": "approved", "verdict": "allow", "severity": "none", "action": "approved"}


class ModerationLogQuerySet(models.QuerySet["ModerationLog"]):
    def violations_of(self, user_id: str, channel_id: str) -> Self:
        """The author's violations in a channel; "" means the whole project."""
        violations = self.filter(user_id=user_id, is_violation=True)
        return violations.filter(channel_id=channel_id) if channel_id else violations


class ModerationLog(VerdictFields):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    # Other indexes begin with the project: another one would only slow down writes.
    project = models.ForeignKey(Project, models.CASCADE, related_name="logs", db_index=False)
    content_type = models.CharField(
        max_length=5, choices=ContentType, default=ContentType.TEXT, db_default=ContentType.TEXT
    )
    message_id = models.CharField(max_length=200)
    user_id = models.CharField(max_length=200)
    channel_id = models.CharField(max_length=200)
    username = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    status = models.CharField(max_length=8, choices=Status)
    #: Hash of the content without case, blanks and marks: near-identical copies share it.
    copy_hash = models.CharField(max_length=32, default="", db_default="")
    #: When a person or a late score last changed it; None: not since it was judged.
    changed_at = models.DateTimeField(null=True)
    #: Whether the app may show it.
    is_approved = models.BooleanField()
    #: A stored verdict other than allow that was not reverted.
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
                fields=["project", "-created_at", "user_id"],
                condition=Q(is_violation=True),
                name="log_violators",
            ),
            models.Index(
                fields=["project", "user_id", "copy_hash", "-judged_at"], name="log_copies"
            ),
            models.Index(
                fields=["project", "channel_id", "-created_at", "-id"], name="log_channel"
            ),
            models.Index(
                fields=["project", "-created_at", "-id"], condition=MAY_BE_DECIDED, name="log_ruled"
            ),
            models.Index(fields=["project", "language", "-created_at", "-id"], name="log_language"),
            # A search for a common value soon finds it among the newest messages; these indexes
            # find rare values and cost a harmless message nothing. `log_reasons`, `log_pii` and
            # `log_text` exist in PostgreSQL only: migrations 0010 and 0015.
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

    @property
    def author(self) -> Author:
        """The author in the message's channel."""
        return Author(self.project, self.user_id, self.channel_id)

    @property
    def updated_at(self) -> datetime:
        """When its text, verdict or status last changed."""
        return max(self.judged_at, self.changed_at or self.judged_at)


class LogRevision(VerdictFields):
    """An earlier revision of an edited message, with its verdict."""

    log = models.ForeignKey(ModerationLog, models.CASCADE, related_name="revisions")

    class Meta:
        ordering = ["-revision"]
        constraints = [
            models.UniqueConstraint(fields=["log", "revision"], name="one_row_per_revision")
        ]

    def __str__(self) -> str:
        return f"{self.log_id} revision {self.revision}"
