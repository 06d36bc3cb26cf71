"""One relay's work: lead, number, deliver, and keep house now and then."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from moderation.models import OutboxEvent
from moderation.relay import chores, collecting, leading, numbering
from moderation.relay.delivery import Delivery, Sink, configured_sinks

#: By dotted path: the relay stands below what it runs.
RUN_TASKS = "moderation.tasks.run_pending"
#: At most one `stats_update` in this time for each project (CONTRACT section 6).
STATS_PAUSE_SECONDS = 0.1
CHORES_PAUSE_SECONDS = 10.0
#: While sinks owe many events, finding new ones among them costs more than it brings.
MANY_OWED = 1_000
OUTSIDE_PAUSE_SECONDS = 1.0


@dataclass
class Relayed:
    """What rounds did; `leads` is False where another process leads."""

    leads: bool = True
    numbered: int = 0
    sent: int = 0
    #: Accepted messages that were moderated.
    tasks: int = 0

    @property
    def is_idle(self) -> bool:
        return not (self.numbered or self.sent or self.tasks)

    def __add__(self, other: "Relayed") -> "Relayed":
        return Relayed(
            other.leads,
            self.numbered + other.numbered,
            self.sent + other.sent,
            self.tasks + other.tasks,
        )


class Relay:
    """Leads while it holds the lease; what it remembers can be rebuilt from the database."""

    def __init__(self, sinks: Sequence[Sink] | None = None) -> None:
        self.holder = leading.new_holder()
        self._sinks = configured_sinks() if sinks is None else sinks
        self.forget()

    def forget(self) -> None:
        """Drop all that is remembered, e.g. after an error: the next round reads it anew."""
        self.leads = False
        self._renew_at = 0.0
        self._outside_at = 0.0
        self._chores_at = 0.0
        self._delivery = Delivery(self._sinks)
        #: Projects that are owed a `stats_update`, and when each had its last one.
        self._dirty: set[int] = set()
        self._stats_at: dict[int, float] = {}

    def round(self) -> Relayed:
        """Do what is pending, at most a batch of each kind."""
        if not self._lead():
            return Relayed(leads=False)
        self._keep_house()
        # First, while no sink is owed this round's events: there is then nothing to read past.
        self._accept_outside()
        numbered = self._number()
        self._delivery.deliver(time.monotonic())
        sent = self._delivery.mark_done()
        return Relayed(self.leads, numbered, sent, tasks=import_string(RUN_TASKS)())

    @property
    def owes_stats(self) -> bool:
        return bool(self._dirty)

    def give_up(self) -> None:
        leading.give_up(self.holder)
        self.forget()

    def _lead(self) -> bool:
        if time.monotonic() < self._renew_at:
            return self.leads
        led_before, self.leads = self.leads, leading.take_or_renew(self.holder, timezone.now())
        self._renew_at = time.monotonic() + leading.RENEWAL_SECONDS
        if self.leads and not led_before:
            self._take_over()
        return self.leads

    def _take_over(self) -> None:
        """Read what the leader before left unfinished."""
        self._delivery = Delivery(self._sinks)
        self._delivery.accept(collecting.numbered_unsent(self._delivery))
        self._dirty = numbering.projects_without_closing_stats()

    def _number(self) -> int:
        due = self._stats_due()
        if not due and not numbering.has_unnumbered():
            return 0
        with transaction.atomic():
            if not leading.confirm(self.holder):
                self.leads = False
                return 0
            events = numbering.number_batch(due)
        self._note_stats(events, due)
        self._delivery.accept(events)
        return len(events)

    def _stats_due(self) -> list[int]:
        now = time.monotonic()
        rested = now - STATS_PAUSE_SECONDS
        return sorted(pk for pk in self._dirty if self._stats_at.get(pk, 0.0) <= rested)

    def _note_stats(self, events: Sequence[OutboxEvent], told: Sequence[int]) -> None:
        self._dirty |= {event.project_id for event in events}
        self._dirty -= set(told)
        self._stats_at.update(dict.fromkeys(told, time.monotonic()))

    def _accept_outside(self) -> None:
        now = time.monotonic()
        if now < self._outside_at:
            return
        crowded = self._delivery.owed > MANY_OWED
        self._outside_at = now + (OUTSIDE_PAUSE_SECONDS if crowded else 0.0)
        pending = collecting.outside_pending(self._delivery, timezone.now())
        self._delivery.drop(event for event in pending if event.cancelled_at)
        self._delivery.accept(event for event in pending if not event.cancelled_at)

    def _keep_house(self) -> None:
        if time.monotonic() < self._chores_at:
            return
        self._chores_at = time.monotonic() + CHORES_PAUSE_SECONDS
        chores.do_all(timezone.now())


def run_once(sinks: Sequence[Sink] | None = None) -> Relayed:
    """Relay all that is pending and give up the lease; do nothing where another leads."""
    relay = Relay(sinks)
    done = Relayed()
    try:
        while True:
            latest = relay.round()
            done += latest
            if not latest.leads or (latest.is_idle and not relay.owes_stats):
                return done
            if latest.is_idle:
                time.sleep(STATS_PAUSE_SECONDS / 10)
    finally:
        relay.give_up()
