"""A project's own words, exceptions and rules."""

import uuid
from datetime import datetime
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.engine.matches import Category
from moderation.lib.languages import gettext_lazy
from moderation.models.ids import new_id
from moderation.models.projects import Project

CATEGORIES = [(value.value, value.value.replace("_", " ")) for value in Category]


class WordSeverity(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class WordMatch(models.TextChoices):
    """How a word is found (docs/blacklist.md, "Words")."""

    EXACT = "exact", gettext_lazy("Exactly as written")
    DISGUISED = "disguised", gettext_lazy("Disguised, too")
    PART = "part", gettext_lazy("Inside other words, too")


class BlacklistWordQuerySet(models.QuerySet["BlacklistWord"]):
    def active(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), is_active=True)


class BlacklistWord(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="blacklist")
    word = models.CharField(max_length=200)
    language = models.CharField(max_length=20, default="*")
    category = models.CharField(max_length=20, choices=CATEGORIES)
    severity = models.CharField(max_length=10, choices=WordSeverity)
    #: 0–1; None means the severity's score (docs/verdicts.md, "Scores").
    score = models.FloatField(null=True, blank=True)
    is_regex = models.BooleanField(default=False)
    #: Ignored for a regular expression.
    match = models.CharField(
        max_length=10,
        choices=WordMatch,
        default=WordMatch.DISGUISED,
        db_default=WordMatch.DISGUISED.value,
    )
    is_active = models.BooleanField(default=True)
    notes = models.CharField(max_length=1000, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BlacklistWordQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "word", "language"],
                condition=Q(is_active=True),
                name="one_active_word_per_language",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=1), name="word_score_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} ({self.language})"


class WhitelistedUser(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="whitelisted_users")
    user_id = models.CharField(max_length=200)
    note = models.CharField(max_length=1000, blank=True)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user_id"], name="whitelisted_user_once")
        ]

    def __str__(self) -> str:
        return self.user_id


class WhitelistedPhrase(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="whitelisted_phrases")
    phrase = models.CharField(max_length=200)
    language = models.CharField(max_length=20, default="*")
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "phrase", "language"], name="whitelisted_phrase_once"
            )
        ]

    def __str__(self) -> str:
        return self.phrase


class RuleType(models.TextChoices):
    KEYWORD = "keyword"
    REGEX = "regex"
    CATEGORY = "category"
    PII = "pii"
    SPAM = "spam"
    USER = "user"


class RuleAction(models.TextChoices):
    APPROVE = "approve"
    WARN = "warn"
    FLAG = "flag"
    REJECT = "reject"


class Rule(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="rules")
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=12, choices=RuleType)
    action = models.CharField(max_length=10, choices=RuleAction)
    #: 1 runs first.
    priority = models.IntegerField(default=100)
    is_active = models.BooleanField(default=True)
    #: A shadow rule is only counted, never applied.
    shadow = models.BooleanField(default=False)
    config = models.JSONField(default=dict)
    examples = models.JSONField(default=dict, blank=True)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["priority", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="one_rule_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class RulesetSnapshot(models.Model):
    """The changes from the previous version of the ruleset, so that each version can be rebuilt.

    A whole copy for each change would be too much with 100,000 words. The data:
    `{"kind": model, "id", "before": fields or None, "after": fields or None}`.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="rulesets")
    version = models.PositiveIntegerField()
    data = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="one_ruleset_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.project} ruleset {self.version}"
