"""Hand committed events to every sink, each at its own pace, and remember what is still owed."""

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from moderation.models import OutboxEvent

logger = logging.getLogger(__name__)

BATCH = 500
#: Events kept in memory for a sink that is behind; of the others only the ids are.
MOST_AT_HAND = 5_000
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


class Sink(Protocol):
    """Where events leave to; named by dotted path in settings.EVENT_SINKS."""

    def wants(self, event: OutboxEvent, /) -> bool: ...

    def deliver(self, events: Sequence[OutboxEvent], /) -> None:
        """Take all of them, in this order, or raise: then all of them come again.

        Runs in the relay's thread and should return within a second, for the lease's sake.
        """


class Outlet:
    """One sink with what it is still owed, in order."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self._owed: deque[UUID] = deque()
        self._at_hand: dict[UUID, OutboxEvent] = {}
        self._pause_seconds = 0.0
        self._not_before = 0.0

    def owe(self, event: OutboxEvent) -> None:
        self._owed.append(event.pk)
        if len(self._at_hand) < MOST_AT_HAND:
            self._at_hand[event.pk] = event

    def deliver(self, now_seconds: float) -> list[UUID]:
        """Hand over the next batch unless the sink is resting; return what is settled."""
        if not self._owed or now_seconds < self._not_before:
            return []
        ids = list(islice(self._owed, BATCH))
        try:
            self.sink.deliver(self._resolved(ids))
        except Exception:
            self._rest(now_seconds)
            logger.exception("A sink failed", extra={"sink": type(self.sink).__name__})
            return []
        self._settle(ids)
        return ids

    def _resolved(self, ids: Sequence[UUID]) -> list[OutboxEvent]:
        """Return the events; one that was deleted with its project is left out."""
        missing = [id_ for id_ in ids if id_ not in self._at_hand]
        if missing:
            stored = OutboxEvent.objects.filter(pk__in=missing).select_related("project")
            self._at_hand.update((event.pk, event) for event in stored)
        return [self._at_hand[id_] for id_ in ids if id_ in self._at_hand]

    def _settle(self, ids: Sequence[UUID]) -> None:
        self._pause_seconds = 0.0
        for id_ in ids:
            self._owed.popleft()
            self._at_hand.pop(id_, None)

    def _rest(self, now_seconds: float) -> None:
        longer = self._pause_seconds * 2 or FIRST_PAUSE_SECONDS
        self._pause_seconds = min(longer, LONGEST_PAUSE_SECONDS)
        self._not_before = now_seconds + self._pause_seconds


class Delivery:
    """All outlets; an event is sent once no outlet owes it any more."""

    def __init__(self, sinks: Iterable[Sink]) -> None:
        self._outlets = [Outlet(sink) for sink in sinks]
        self._owing: dict[UUID, int] = {}
        self._done: list[UUID] = []

    def accept(self, events: Iterable[OutboxEvent]) -> None:
        """Queue events for the sinks that want them; what nobody wants is done."""
        self._done += [event.pk for event in events if not self._queue(event)]

    def drop(self, events: Iterable[OutboxEvent]) -> None:
        """Let events be done without handing them to anyone."""
        self._done += [event.pk for event in events]

    def deliver(self, now_seconds: float) -> None:
        """Let each outlet take a batch."""
        taken = [id_ for outlet in self._outlets for id_ in outlet.deliver(now_seconds)]
        self._done += [id_ for id_ in taken if self._settle(id_)]

    def mark_done(self) -> int:
        """Store what is done, in one statement; return how many events."""
        done, self._done = self._done, []
        mark_sent(done)
        return len(done)

    def owes(self, event_id: UUID) -> bool:
        return event_id in self._owing

    @property
    def owed(self) -> int:
        return len(self._owing)

    def _queue(self, event: OutboxEvent) -> bool:
        wanting = [outlet for outlet in self._outlets if outlet.sink.wants(event)]
        for outlet in wanting:
            outlet.owe(event)
        if wanting:
            self._owing[event.pk] = len(wanting)
        return bool(wanting)

    def _settle(self, event_id: UUID) -> bool:
        self._owing[event_id] -= 1
        if self._owing[event_id]:
            return False
        del self._owing[event_id]
        return True


def configured_sinks() -> list[Sink]:
    return [import_string(path)() for path in settings.EVENT_SINKS]


def mark_sent(event_ids: Sequence[UUID]) -> None:
    """Store that the events have left; a round does it once, so the SQL is written out."""
    as_stored = OutboxEvent._meta.pk.get_db_prep_value
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    for start in range(0, len(event_ids), BATCH):
        ids = [as_stored(id_, connection) for id_ in event_ids[start : start + BATCH]]
        places = ", ".join(["%s"] * len(ids))
        sql = f"UPDATE moderation_outboxevent SET sent_at = %s WHERE id IN ({places})"  # noqa: S608
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [now, *ids])
