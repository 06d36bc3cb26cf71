"""Accepted messages that are moderated after the answer."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedJSON
from moderation.models.ids import new_id
from moderation.models.projects import Project


class TaskState(models.TextChoices):
    PENDING = "PENDING"
    DONE = "SUCCESS"
    FAILED = "FAILURE"


class ModerationTask(models.Model):
    """A message whose sender does not wait; the row is stored before the answer."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="tasks")
    message_id = models.CharField(max_length=200)
    #: The rest of the submission; empty once the log has it.
    message = EncryptedJSON(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=7, choices=TaskState, default=TaskState.PENDING)
    #: `{"message_id","approved","action","reason","flagged"}` once it is done.
    result = EncryptedJSON(null=True)
    error = models.CharField(max_length=500, blank=True)
    #: How often moderating it failed, other than because the database was away.
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["attempts", "id"], condition=Q(state="PENDING"), name="task_pending"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.message_id}"
