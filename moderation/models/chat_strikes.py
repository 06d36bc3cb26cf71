"""Strikes that only Bloom's endpoint gives and counts."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone

from moderation.models.author import Author
from moderation.models.ids import new_id
from moderation.models.logs import ModerationLog
from moderation.models.projects import Project
from moderation.models.sanctions import Ban


class ChatStrikeQuerySet(models.QuerySet["ChatStrike"]):
    def of_author(self, author: Author) -> Self:
        return self.filter(
            project=author.project, user_id=author.user_id, channel_id=author.channel_id
        )

    def counting(self, now: datetime) -> Self:
        """Strikes that have not expired and whose message is still a violation."""
        return self.filter(is_at_once=False, expires_at__gt=now, log__is_violation=True)


class ChatStrike(models.Model):
    """What `moderate-with-strikes` gave for a message: a strike or an immediate ban."""

    id: uuid.UUID = models.UUIDField(primary_key=True, default=new_id, editable=False)  # type: ignore[assignment]
    project = models.ForeignKey(Project, models.CASCADE, related_name="chat_strikes")
    user_id = models.CharField(max_length=200)
    channel_id = models.CharField(max_length=200, blank=True)
    log = models.OneToOneField(ModerationLog, models.CASCADE, related_name="chat_strike")
    #: The ban that it caused, at once or as the third strike.
    ban = models.ForeignKey(Ban, models.SET_NULL, null=True, related_name="chat_strikes")
    #: Whether the message alone caused the ban, without a strike.
    is_at_once = models.BooleanField(default=False)
    given_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects = ChatStrikeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["project", "user_id", "channel_id", "expires_at"],
                name="chat_strike_of_author",
            )
        ]

    def __str__(self) -> str:
        return f"strike in a chat for {self.user_id}"
