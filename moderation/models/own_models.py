"""Models that were fitted on a project's own decisions."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.models.projects import Project


class ModelState(models.TextChoices):
    #: Counts what it would have said; says nothing.
    SHADOW = "shadow"
    #: Judges in the bundled model's place.
    ACTIVE = "active"
    RETIRED = "retired"


class ModelVersion(models.Model):
    """A correction of the bundled model, kept as long as content that it judged may be replayed."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="model_versions", db_index=False
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=ModelState, default=ModelState.SHADOW)
    #: What `engine.correction.Correction` reads: hashed weights, no texts.
    weights = models.BinaryField(max_length=256 * 1024)
    #: The bundled model that it corrects (`engine.project_model.base_id`); it fits no other.
    base = models.CharField(max_length=16)
    #: What it was made from and its held-out figures; `reviews.learning.findings` has the shape.
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    activated_by = models.CharField(max_length=200, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    #: The number of the model that judged before it; None: the bundled one alone.
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
