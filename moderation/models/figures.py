"""What happened in each hour of a project, added up for the figures that no counter holds."""

from django.db import models

from moderation.models.projects import Project


class HourlyFigures(models.Model):
    """One hour's figures; an hour in which nothing happened has none."""

    # `one_row_per_hour` begins with the project.
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="hourly_figures", db_index=False
    )
    hour = models.DateTimeField()
    #: What happened → how often.
    counts = models.JSONField(default=dict)
    #: Seconds of each wait, the newest first, as little-endian doubles: a month has too many to
    #: parse them as JSON. For decisions, for those that answer appeals, and for the appeals.
    decision_waits = models.BinaryField(default=b"")
    appeal_decision_waits = models.BinaryField(default=b"")
    appeal_waits = models.BinaryField(default=b"")
    #: When the oldest of the reviews that were closed in this hour had been opened.
    oldest_closed = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "hourly figures"
        constraints = [models.UniqueConstraint(fields=["project", "hour"], name="one_row_per_hour")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} h"


class StaleHour(models.Model):
    """An hour of which a row changed later, written in the transaction that changed it.

    Several rows for one hour are usual: a unique one would let transactions wait for each other.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="stale_hours")
    #: None: every hour of the project.
    hour = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H} h" if self.hour else "every hour"


class SummedSpan(models.Model):
    """The hours that are added up, stale ones too: from `since` up to `until`, exclusive."""

    project = models.OneToOneField(
        Project, models.CASCADE, primary_key=True, related_name="summed_span"
    )
    #: ALL_TIME once everything is added up that is older than `until`.
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H} h to {self.until:%Y-%m-%d %H} h"
