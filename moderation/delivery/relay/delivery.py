"""Hand committed events to every sink, each at its own pace, and remember what is pending."""

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from moderation.models import OutboxEvent

logger = logging.getLogger(__name__)

BATCH = 500
#: Events kept in memory for a sink that lags; of the others only the ids are.
MOST_IN_MEMORY = 5_000
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
MARK_SENT = "UPDATE moderation_outboxevent SET sent_at = %s WHERE id"


class SinkAway(Exception):
    """What a sink raises while its destination is away or refuses; the reason is in the text."""


class Sink(Protocol):
    """Where events go; named by dotted path in settings.EVENT_SINKS."""

    #: Between two attempts after failures.
    longest_pause_seconds: float = LONGEST_PAUSE_SECONDS

    def wants(self, event: OutboxEvent, /) -> bool: ...

    def deliver(self, events: Sequence[OutboxEvent], /) -> None:
        """Take all of them, in this order, or raise: then all of them come again.

        Runs in the relay's thread and should return within a second, before the lease expires.
        """

    def check(self, now: datetime, /) -> None:
        """Do what is due every ten seconds, such as telling staff; only the leader calls it."""

    def close(self) -> None:
        """End connections and threads; the next `deliver` or `check` opens them again."""


class Outlet:
    """One sink with its pending events, in order."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self._pending: deque[UUID] = deque()
        self._in_memory: dict[UUID, OutboxEvent] = {}
        self._pause_seconds = 0.0
        self._not_before = 0.0

    def queue(self, event: OutboxEvent) -> None:
        self._pending.append(event.pk)
        if len(self._in_memory) < MOST_IN_MEMORY:
            self._in_memory[event.pk] = event

    def deliver(self, now_seconds: float) -> list[UUID]:
        """Hand over the next batch unless the sink is pausing; return the ids that it took."""
        if not self._pending or now_seconds < self._not_before:
            return []
        ids = list(islice(self._pending, BATCH))
        try:
            self.sink.deliver(self._events_of(ids))
        except Exception as error:
            facts = {"sink": type(self.sink).__name__, "reason": str(error)}
            if not isinstance(error, SinkAway):
                logger.exception("A sink failed", extra=facts)
            elif not self._pause_seconds:
                logger.warning("A sink's destination is away; its events wait", extra=facts)
            longer = self._pause_seconds * 2 or FIRST_PAUSE_SECONDS
            self._pause_seconds = min(longer, self.sink.longest_pause_seconds)
            self._not_before = now_seconds + self._pause_seconds
            return []
        self._pause_seconds = 0.0
        for id_ in ids:
            self._pending.popleft()
            self._in_memory.pop(id_, None)
        return ids

    def _events_of(self, ids: Sequence[UUID]) -> list[OutboxEvent]:
        """Return the events; leave out those that were deleted with their project."""
        missing = [id_ for id_ in ids if id_ not in self._in_memory]
        if missing:
            stored = OutboxEvent.objects.filter(pk__in=missing).select_related("project")
            self._in_memory.update((event.pk, event) for event in stored)
        return [self._in_memory[id_] for id_ in ids if id_ in self._in_memory]


class Delivery:
    """All outlets; an event is sent once it is pending at none of them."""

    def __init__(self, sinks: Iterable[Sink]) -> None:
        self._outlets = [Outlet(sink) for sink in sinks]
        #: How many outlets each event still waits for.
        self._waiting: dict[UUID, int] = {}
        self._done: list[UUID] = []

    def accept(self, events: Iterable[OutboxEvent]) -> None:
        """Queue events for the sinks that want them; an event that none wants is done."""
        for event in events:
            outlets = [outlet for outlet in self._outlets if outlet.sink.wants(event)]
            for outlet in outlets:
                outlet.queue(event)
            if outlets:
                self._waiting[event.pk] = len(outlets)
            else:
                self._done.append(event.pk)

    def drop(self, events: Iterable[OutboxEvent]) -> None:
        """Mark events as done without handing them to any sink."""
        self._done += [event.pk for event in events]

    def deliver(self, now_seconds: float) -> None:
        """Let each outlet take a batch."""
        for outlet in self._outlets:
            for id_ in outlet.deliver(now_seconds):
                self._waiting[id_] -= 1
                if not self._waiting[id_]:
                    del self._waiting[id_]
                    self._done.append(id_)

    def check(self, now: datetime) -> None:
        for outlet in self._outlets:
            try:
                outlet.sink.check(now)
            except Exception:
                name = type(outlet.sink).__name__
                logger.exception("The check of a sink failed", extra={"sink": name})

    def mark_done(self) -> int:
        """Store what is done, in one statement; return how many events."""
        done, self._done = self._done, []
        mark_sent(done)
        return len(done)

    def waits(self, event_id: UUID) -> bool:
        return event_id in self._waiting

    @property
    def pending(self) -> int:
        return len(self._waiting)


def configured_sinks() -> list[Sink]:
    return [import_string(path)() for path in settings.EVENT_SINKS]


def mark_sent(event_ids: Sequence[UUID]) -> None:
    """Store that the events were sent; every tick does it once, so the SQL is written out."""
    as_stored = OutboxEvent._meta.pk.get_db_prep_value
    # The proxy `connection` looks itself up at each use: once is enough for all ids.
    database = connections[DEFAULT_DB_ALIAS]
    now = database.ops.adapt_datetimefield_value(timezone.now())
    for start in range(0, len(event_ids), BATCH):
        ids = [as_stored(id_, database) for id_ in event_ids[start : start + BATCH]]
        with database.cursor() as cursor:
            if database.vendor == "postgresql":
                # One text for any number of ids, which the driver prepares.
                cursor.execute(f"{MARK_SENT} = ANY(%s::uuid[])", [now, ids])
            else:
                cursor.execute(f"{MARK_SENT} IN ({', '.join(['%s'] * len(ids))})", [now, *ids])
