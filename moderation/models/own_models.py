"""Models trained on a project's own decisions."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.models.projects import Project


class ModelState(models.TextChoices):
    #: Only counts what it would have said.
    SHADOW = "shadow"
    #: Scores messages instead of the bundled model.
    ACTIVE = "active"
    RETIRED = "retired"


class ModelVersion(models.Model):
    """An adapter of the bundled model, kept while content that it scored may be replayed."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="model_versions", db_index=False
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=ModelState, default=ModelState.SHADOW)
    #: What `engine.correction.Correction` reads: hashed weights, no texts.
    weights = models.BinaryField(max_length=256 * 1024)
    #: The bundled model that it belongs to; it fits no other.
    base = models.CharField(max_length=16)
    #: Its training data and held-out figures (reviews/evaluation/learning).
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    activated_by = models.CharField(max_length=200, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    #: The number of the model before it; None means the bundled model alone.
    replaced = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="one_model_per_number"),
            models.UniqueConstraint(
                fields=["project", "state"],
                condition=~Q(state="retired"),
                name="one_model_per_living_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ModelState.values), name="model_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} model {self.number}"
