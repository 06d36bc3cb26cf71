"""What moderation needs from the reviews app, which it must not import."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings

from moderation.events.event import Event
from moderation.models import ModerationLog, Project
from moderation.pipeline.writes import Writes


@dataclass(frozen=True)
class QueueFigures:
    """The reviews that wait for a moderator."""

    open: int
    #: How many of them a moderator has claimed.
    claimed: int
    #: When the oldest was opened; None if none is open.
    oldest_at: datetime | None


@dataclass(frozen=True)
class ActiveModerator:
    """A moderator who claimed or decided something in the last minutes."""

    name: str
    #: Final decisions since midnight (UTC) that were not undone.
    decided: int
    #: From opening to decision, over the newest of these decisions; None without any.
    median_seconds: float | None


class ReviewPort(Protocol):
    """The functions of the module that `settings.REVIEW_PORT` names."""

    def open_item(
        self, log: ModerationLog, now: datetime, writes: Writes | None = None
    ) -> tuple[UUID, Event | None]: ...
    def withdraw_item(self, log: ModerationLog, now: datetime) -> Event | None: ...
    def is_rejected(self, log: ModerationLog) -> bool: ...
    def current_review_id(self, log: ModerationLog) -> UUID | None: ...
    def undone_decisions(self, causes: Collection[UUID]) -> dict[UUID, datetime]: ...
    def moments_of(self, logs: Collection[UUID]) -> list[datetime]: ...
    def queue_figures(self, project: Project, now: datetime) -> QueueFigures: ...
    def active_moderators(self, project: Project, now: datetime) -> list[ActiveModerator]: ...


def review_port() -> ReviewPort:
    return cast("ReviewPort", import_module(settings.REVIEW_PORT))
