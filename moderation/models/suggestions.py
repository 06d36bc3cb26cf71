"""Scores suggested by clients: labels for learning and backtests."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedJSON, EncryptedText
from moderation.models.ids import new_id
from moderation.models.projects import Project


class SuggestedScore(models.Model):
    """A text with the scores that, after a person's decision, a client suggests for it."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="suggested_scores")
    text = EncryptedText()
    #: As it was sent: attribute → `{"summaryScore": {"value": 0-1}, "spanScores": [...]}`.
    scores = models.JSONField()
    language = models.CharField(max_length=20)
    #: The community whose norms apply, and the client's name for the text; both opaque.
    community = models.CharField(max_length=1000, blank=True)
    token = models.CharField(max_length=1000, blank=True)
    context = EncryptedJSON(default=dict, encoder=DjangoJSONEncoder)
    #: The engine's scores at that time, by attribute, and its version.
    scored = models.JSONField(default=dict)
    engine_version = models.CharField(max_length=40)
    suggested_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["project", "-created_at", "-id"], name="suggestion_newest")]

    def __str__(self) -> str:
        return f"scores suggested by {self.suggested_by}"
