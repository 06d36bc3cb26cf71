"""What others ask of the app that keeps reviews, without knowing it (settings.REVIEW_DOOR)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings

from moderation.models import Project


@dataclass(frozen=True)
class QueueFigures:
    """What waits for a person."""

    open: int
    #: How many of them somebody holds right now.
    claimed: int
    #: When the oldest was opened; None where nothing waits.
    oldest_at: datetime | None


@dataclass(frozen=True)
class OnDuty:
    """Somebody who claimed or decided in the last minutes."""

    name: str
    #: Final decisions since midnight (UTC) that were not taken back.
    decided: int
    #: From the opening of an item to its decision, over the newest of these; None without any.
    median_seconds: float | None


class DeskDoor(Protocol):
    def queue_figures(self, project: Project, now: datetime) -> QueueFigures: ...
    def undone(self, causes: Collection[UUID]) -> dict[UUID, datetime]: ...
    def on_duty(self, project: Project, now: datetime) -> list[OnDuty]: ...


def desk() -> DeskDoor:
    return cast("DeskDoor", import_module(settings.REVIEW_DOOR))
