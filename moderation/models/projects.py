"""Projects (tenants), the people in them, their keys and their policies."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

#: Slugs appear in URLs, group names and exports.
SLUG = RegexValidator(r"^[a-z0-9][a-z0-9-]{0,62}\Z", "use lower-case letters, digits and hyphens")


class Scope(models.TextChoices):
    CHECK = "check"
    READ = "read"
    REVIEW = "review"
    ADMIN = "admin"


class Role(models.TextChoices):
    VIEWER = "viewer"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"


#: How long a deleted project can be restored before its data is removed.
GRACE = timedelta(days=30)


class ProjectQuerySet(models.QuerySet["Project"]):
    def live(self) -> Self:
        """Projects that nobody has deleted."""
        return self.filter(deleted_at=None)

    def removable(self, now: datetime) -> Self:
        """Deleted projects whose grace is over and whose data is still there."""
        return self.filter(deleted_at__lte=now - GRACE, removed_at=None)


class Project(models.Model):
    slug = models.CharField(max_length=63, unique=True, validators=[SLUG])
    name = models.CharField(max_length=200)
    #: Number of the current policy version.
    policy_version = models.PositiveIntegerField(default=0)
    #: Rises with every change to words, phrases, rules or policy; processes compare it.
    ruleset_version = models.PositiveIntegerField(default=0)
    #: The last number given to an event of this project.
    last_seq = models.PositiveBigIntegerField(default=0)
    #: Whether the page with the transparency report is public.
    is_transparency_public = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    #: When an owner deleted it: nothing reaches it any more.
    deleted_at = models.DateTimeField(null=True, blank=True)
    #: When its data was removed; the row stays, because the audit log names it.
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    @property
    def gone_at(self) -> datetime | None:
        """When its data is removed; None if nobody has deleted it."""
        return self.deleted_at + GRACE if self.deleted_at else None


class Membership(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    #: Whether the project's owners may see the person's email address.
    shares_email = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="one_role_per_member"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role} of {self.project})"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, now: object) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class ApiKey(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    #: The key's first characters, so that people can tell keys apart.
    prefix = models.CharField(max_length=16)
    #: SHA-256 of the whole key, hex; with 256 random bits it needs neither salt nor stretching.
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    #: Whose key it is: `user:7`, or the key that made it; empty if the command line did.
    made_by = models.CharField(max_length=40, blank=True)
    rate_per_minute = models.PositiveIntegerField(null=True, blank=True)
    rate_per_hour = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    #: Accurate to a minute; key_usage.py writes it.
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class PolicyVersion(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="policies")
    number = models.PositiveIntegerField()
    #: The whole policy in the format of `GET policy`, so that a verdict can be replayed.
    data = models.JSONField()
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="one_policy_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.project} policy {self.number}"
