"""Projects (tenants), the people in them, their keys and their policies."""

from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

#: A slug stands in URLs, group names and exports.
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


class Project(models.Model):
    slug = models.CharField(max_length=63, unique=True, validators=[SLUG])
    name = models.CharField(max_length=200)
    #: Number of the policy version in force.
    policy_version = models.PositiveIntegerField(default=0)
    #: Rises with every change of words, phrases, rules or policy; processes compare it.
    ruleset_version = models.PositiveIntegerField(default=0)
    #: The last number given to an event of this project.
    last_seq = models.PositiveBigIntegerField(default=0)
    #: Whether anyone may read the page of the transparency report.
    is_transparency_public = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
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
    #: The first characters, so that people can tell their keys apart.
    prefix = models.CharField(max_length=16)
    #: SHA-256 of the whole key, hex; with 256 random bits it needs no salt and no stretching.
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    rate_per_minute = models.PositiveIntegerField(null=True, blank=True)
    rate_per_hour = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    #: To the minute: `key_use` writes it.
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class PolicyVersion(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="policies")
    number = models.PositiveIntegerField()
    #: The whole policy in the shape of `GET policy`, so that a decision can be replayed.
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
