"""Saved filters of the queue."""

import uuid

from django.db import models
from django.utils import timezone

from moderation.models import Project
from moderation.models.ids import new_id


class SavedFilter(models.Model):
    """A named filter of the queue: one person's, or shared with the project."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=80)
    #: The queue's lane, sort and filters by name, as its address has them.
    filters = models.JSONField(default=dict)
    is_shared = models.BooleanField(default=False)
    #: The caller's identity, e.g. `user:12` or `key:3`, and the name that people read.
    owner = models.CharField(max_length=40)
    owner_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "owner", "name"], name="one_saved_filter_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
