"""What waits for a human: items, claims, decisions, notes, reports and appeals."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone

from moderation.models import Ban, ModerationLog, Project
from moderation.models.ids import new_id
from moderation.models.logs import with_reason


class ReviewStatus(models.TextChoices):
    OPEN = "open"
    DECIDED = "decided"


class ReviewSource(models.TextChoices):
    ENGINE = "engine"
    REPORT = "report"
    APPEAL = "appeal"
    ESCALATION = "escalation"


class ReviewItemQuerySet(models.QuerySet["ReviewItem"]):
    def open(self) -> Self:
        return self.filter(status=ReviewStatus.OPEN)

    def decided(self) -> Self:
        return self.filter(status=ReviewStatus.DECIDED)

    def claimed(self, now: datetime) -> Self:
        return self.open().filter(claim__expires_at__gt=now)

    def unclaimed(self, now: datetime) -> Self:
        return self.open().filter(Q(claim=None) | Q(claim__expires_at__lte=now))

    def with_reason(self, reason: str) -> Self:
        """Items whose content was found guilty of this category."""
        return with_reason(self, "log__reasons", reason)

    def with_details(self) -> Self:
        """Fetch what a row of the queue shows: content, claim and the ruling that stands."""
        rulings = Decision.objects.standing()
        rows = self.select_related("log", "claim")
        return rows.prefetch_related(Prefetch("decisions", rulings, to_attr="rulings"))


class ReviewItem(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    # Its other indexes begin with the project: one of its own would only be written.
    project = models.ForeignKey(Project, models.CASCADE, related_name="reviews", db_index=False)
    log = models.ForeignKey(ModerationLog, models.CASCADE, related_name="reviews")
    status = models.CharField(max_length=7, choices=ReviewStatus, default=ReviewStatus.OPEN)
    #: Why it was opened; `escalation` once a moderator passed it on.
    source = models.CharField(max_length=10, choices=ReviewSource)
    #: Only admins and owners may claim an escalated item.
    escalated = models.BooleanField(default=False)
    #: Higher is more urgent; `reviews.queue.priority_of` says how it is made.
    priority = models.FloatField()
    report_count = models.PositiveIntegerField(default=0)
    #: Rises with every change of the item; a decider may say which one they saw.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewItemQuerySet.as_manager()
    #: The ruling that stands, if any; filled by `with_details`.
    rulings: list["Decision"]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["log"], condition=Q(status="open"), name="one_open_review_per_content"
            )
        ]
        indexes = [
            models.Index(
                fields=["project", "-priority", "-id"],
                condition=Q(status="open"),
                name="review_open_urgent",
            ),
            models.Index(
                fields=["project", "created_at", "id"],
                condition=Q(status="open"),
                name="review_open_oldest",
            ),
            models.Index(
                fields=["project", "-decided_at", "-id"],
                condition=Q(status="decided"),
                name="review_decided",
            ),
            models.Index(fields=["project", "-created_at", "-id"], name="review_newest"),
            models.Index(fields=["project", "-priority", "-id"], name="review_urgent"),
        ]

    def __str__(self) -> str:
        return f"{self.status} review of {self.log_id}"

    def live_claim(self, now: datetime) -> "Claim | None":
        """Return the claim that holds now; None also where the item is decided."""
        claim: Claim | None = getattr(self, "claim", None)
        if claim is None or not claim.pk or claim.expires_at <= now:
            return None
        return claim if self.status == ReviewStatus.OPEN else None


class Claim(models.Model):
    """Who holds an item until when; the row is taken over once it has run out."""

    review = models.OneToOneField(ReviewItem, models.CASCADE, related_name="claim")
    #: The caller's identity, e.g. `user:12` or `key:3`.
    holder = models.CharField(max_length=40)
    #: The name that people read.
    holder_name = models.CharField(max_length=200)
    #: None where an API key claimed.
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="claims"
    )
    claimed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.holder_name} until {self.expires_at:%H:%M}"


class Ruling(models.TextChoices):
    APPROVE = "approve"
    REJECT = "reject"
    DISMISS = "dismiss"
    ESCALATE = "escalate"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing(self) -> Self:
        """Final rulings that were not taken back: at most one of each item."""
        return self.filter(is_final=True, undone_at=None)


class Decision(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="decisions")
    review = models.ForeignKey(ReviewItem, models.CASCADE, related_name="decisions")
    ruling = models.CharField(max_length=8, choices=Ruling)
    #: False for escalate, which leaves the item open.
    is_final = models.BooleanField(default=True)
    reason_code = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    #: The name that people read.
    decided_by = models.CharField(max_length=200)
    #: The caller's identity, e.g. `user:12` or `key:3`.
    decider = models.CharField(max_length=40)
    #: None where an API key decided.
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="decisions"
    )
    #: What it changed, so that an undo can put back exactly that; `reviews.effects` has the shape.
    effects = models.JSONField(default=dict)
    decided_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=200, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["review"],
                condition=Q(is_final=True, undone_at=None),
                name="one_final_decision_per_review",
            )
        ]
        indexes = [models.Index(fields=["project", "-decided_at"], name="decision_newest")]

    def __str__(self) -> str:
        return f"{self.ruling} by {self.decided_by}"


class ReviewNote(models.Model):
    review = models.ForeignKey(ReviewItem, models.CASCADE, related_name="notes")
    author = models.CharField(max_length=200)
    text = models.CharField(max_length=2000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.text[:60]


class Report(models.Model):
    """An end user's report of content; the same reporter counts once."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="reports")
    log = models.ForeignKey(ModerationLog, models.CASCADE, related_name="reports")
    review = models.ForeignKey(ReviewItem, models.SET_NULL, null=True, related_name="reports")
    reporter_id = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    note = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["log", "reporter_id"], name="one_report_per_reporter")
        ]
        indexes = [models.Index(fields=["project", "reporter_id"], name="report_of_reporter")]

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
    """An author's request to look again at content or a ban."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="appeals")
    user_id = models.CharField(max_length=200)
    log = models.ForeignKey(ModerationLog, models.CASCADE, null=True, related_name="appeals")
    ban = models.ForeignKey(Ban, models.CASCADE, null=True, related_name="appeals")
    statement = models.TextField()
    status = models.CharField(max_length=7, choices=AppealStatus, default=AppealStatus.OPEN)
    outcome = models.CharField(max_length=10, choices=AppealOutcome, blank=True)
    answer = models.TextField(blank=True)
    #: The ruling on the content's item; None while open, and of bans.
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


class BacktestKind(models.TextChoices):
    RULE = "rule"
    POLICY = "policy"


class BacktestState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Backtest(models.Model):
    """A rule or a policy tried on past content: how far it is, and what came of it."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="backtests")
    kind = models.CharField(max_length=6, choices=BacktestKind)
    #: What is tried: `{"rule": fields, "instead_of": id or ""}` or `{"changes": policy fields}`.
    request = models.JSONField()
    days = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=BacktestState, default=BacktestState.RUNNING)
    #: Contents looked at, and how many there are to look at.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    #: `backtests.findings.Findings.result`; None until it is done.
    result = models.JSONField(null=True, blank=True)
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


class SavedFilter(models.Model):
    """A view of the queue under a name: one person's, or shared with the project."""

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


class ExportOrder(models.Model):
    """An export that was asked for; its file is written when it is downloaded."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=20)
    format = models.CharField(max_length=5)
    since = models.DateTimeField(null=True)
    #: Never later than when it was asked for, so that each download holds the same time.
    until = models.DateTimeField()
    rows = models.PositiveIntegerField()
    requested_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} as {self.format}"
