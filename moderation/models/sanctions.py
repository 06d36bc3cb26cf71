"""Strikes, bans and the row that locks an author."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.lib.encrypted_fields import EncryptedText
from moderation.models.author import WHOLE_PROJECT, Author
from moderation.models.ids import new_id
from moderation.models.logs import ModerationLog
from moderation.models.projects import Project


class BanType(models.TextChoices):
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    #: A short pause: messages are refused as in a ban, but the author is not banned.
    MUTE = "mute"


class AuthorStanding(models.Model):
    """The row that a process locks while it changes an author's sanctions."""

    # `one_standing_per_author` begins with the project: another index would only slow down writes.
    project = models.ForeignKey(Project, models.CASCADE, related_name="standings", db_index=False)
    user_id = models.CharField(max_length=200)
    channel_id = models.CharField(max_length=200, blank=True)
    username = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user_id", "channel_id"], name="one_standing_per_author"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.channel_id or 'the whole project'}"


class StrikeQuerySet(models.QuerySet["Strike"]):
    def active(self, now: datetime) -> Self:
        return self.filter(revoked_at=None, ended_at=None, expires_at__gt=now)

    def over(self, now: datetime) -> Self:
        return self.filter(revoked_at=None, ended_at=None, expires_at__lte=now)

    def of_author(self, author: Author) -> Self:
        return self.filter(
            project=author.project, user_id=author.user_id, channel_id=author.channel_id
        )


class Strike(models.Model):
    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="strikes")
    user_id = models.CharField(max_length=200)
    channel_id = models.CharField(max_length=200, blank=True)
    log = models.ForeignKey(ModerationLog, models.SET_NULL, null=True, related_name="strikes")
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    #: When the relay noticed that it had expired.
    ended_at = models.DateTimeField(null=True, blank=True)
    #: When it was revoked.
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=200, blank=True)

    objects = StrikeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["log"], condition=Q(revoked_at=None), name="one_strike_per_message"
            )
        ]
        indexes = [
            models.Index(
                fields=["project", "user_id", "channel_id", "expires_at"],
                condition=Q(revoked_at=None, ended_at=None),
                name="strike_active",
            ),
            models.Index(fields=["project", "-given_at"], name="strike_newest"),
            models.Index(fields=["project", "user_id", "-given_at"], name="strike_of_author"),
        ]

    def __str__(self) -> str:
        return f"strike for {self.user_id}"


class BanQuerySet(models.QuerySet["Ban"]):
    def active(self, now: datetime) -> Self:
        """Active bans: neither lifted nor expired, whether the relay has noticed or not."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), lifted_at=None)

    def over(self, now: datetime) -> Self:
        return self.filter(lifted_at=None, expires_at__lte=now)

    def of_author(self, project: Project, user_id: str) -> Self:
        return self.filter(project=project, user_id=user_id)

    def without_mutes(self) -> Self:
        return self.exclude(type=BanType.MUTE)

    def reaching(self, channel_id: str) -> Self:
        """Bans that apply to this channel: its own and those of the whole project."""
        return self.filter(channel_id__in=[channel_id, WHOLE_PROJECT])


class Ban(models.Model):
    #: The name in `issued_by` and `lifted_by` if no person did it.
    SYSTEM = "system"

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="bans")
    user_id = models.CharField(max_length=200)
    channel_id = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=9, choices=BanType)
    reason = EncryptedText(max_length=1000)
    #: The message that caused it; None if a person issued it without one.
    log = models.ForeignKey(ModerationLog, models.SET_NULL, null=True, related_name="bans")
    #: Whether it is based on the author's strikes and ends with them.
    rests_on_strikes = models.BooleanField(default=False)
    issued_by = models.CharField(max_length=200)
    #: Who is behind the name: `user:7` or `key:15 made by user:7`; empty for the server itself.
    issuer = models.CharField(max_length=100, blank=True)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lift_reason = EncryptedText(max_length=1000, blank=True)

    objects = BanQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user_id", "channel_id"],
                condition=Q(lifted_at=None),
                name="one_active_ban_per_author",
            ),
            models.CheckConstraint(
                condition=Q(type="permanent", expires_at=None)
                | Q(type__in=["temporary", "mute"], expires_at__isnull=False),
                name="ban_end_fits_type",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(lifted_at=None, expires_at__isnull=False),
                name="ban_ending",
            ),
            models.Index(fields=["project", "-issued_at"], name="ban_newest"),
            models.Index(fields=["project", "user_id", "-issued_at"], name="ban_of_author"),
        ]

    def __str__(self) -> str:
        kind = self.type if self.is_mute else f"{self.type} ban"
        return f"{kind} of {self.user_id}"

    @property
    def is_mute(self) -> bool:
        return self.type == BanType.MUTE

    def is_active_at(self, now: datetime) -> bool:
        """Whether it is neither lifted nor expired then, as `BanQuerySet.active` says."""
        return self.lifted_at is None and (self.expires_at is None or self.expires_at > now)

    @property
    def is_automatic(self) -> bool:
        """Whether the policy gave it, not a person, whose name may be the system's."""
        return self.issued_by == self.SYSTEM and not self.issuer

    @property
    def author(self) -> Author:
        """The banned author, in the channel of the ban."""
        return Author(self.project, self.user_id, self.channel_id)
