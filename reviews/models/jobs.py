"""Long jobs: backtests and exports."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedJSON
from moderation.models import Project
from moderation.models.ids import new_id


class BacktestKind(models.TextChoices):
    RULE = "rule"
    POLICY = "policy"


class BacktestState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Backtest(models.Model):
    """A rule or a policy tried on past content: its progress and its result."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="backtests")
    kind = models.CharField(max_length=6, choices=BacktestKind)
    #: The candidate: `{"rule": fields, "instead_of": id or ""}` or `{"changes": policy fields}`.
    request = models.JSONField()
    days = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=BacktestState, default=BacktestState.RUNNING)
    #: Messages that are done, and all.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    #: `backtests.shapes.StoredResult`; None until it is done.
    result = EncryptedJSON(null=True, blank=True)
    started_by = models.CharField(max_length=200)
    started_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="running"), name="one_backtest_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["project", "kind", "-started_at"], name="backtest_newest")]

    def __str__(self) -> str:
        return f"{self.state} backtest of a {self.kind}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class ExportOrder(models.Model):
    """A requested export; its file is written when somebody downloads it."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=20)
    format = models.CharField(max_length=5)
    since = models.DateTimeField(null=True)
    #: Never later than the request, so that every download covers the same period.
    until = models.DateTimeField()
    rows = models.PositiveIntegerField()
    requested_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} as {self.format}"
