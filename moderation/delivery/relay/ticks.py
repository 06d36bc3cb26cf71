"""What a relay does at every tick: lead, number, deliver, and do the housekeeping now and then."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from moderation.accounts.audit_chain import remember_newest_anchor
from moderation.delivery.relay import housekeeping, leader_election, numbering, pending, unsent
from moderation.delivery.relay.delivery import Delivery, Sink, configured_sinks
from moderation.pipeline.tasks import run_pending

#: At most one `stats_update` in this time for each project (docs/events.md).
STATS_PAUSE_SECONDS = 0.1
HOUSEKEEPING_PAUSE_SECONDS = 10.0
#: With more pending events than this, finding new ones among them costs more than it brings.
MANY_PENDING = 1_000
EXTERNAL_PAUSE_SECONDS = 1.0
#: Then it pauses this many times as long as finding took.
PAUSES = 10


@dataclass
class Relayed:
    """What ticks did; `leads` is False where another process leads."""

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
    """Leads while it holds the lease; can rebuild all that it remembers from the database."""

    def __init__(self, sinks: Sequence[Sink] | None = None) -> None:
        self.holder = leader_election.new_holder()
        self._sinks = configured_sinks() if sinks is None else sinks
        self.forget()

    def forget(self) -> None:
        """Drop all that is remembered, e.g. after an error: the next tick reads it again."""
        self.leads = False
        self._renew_at = 0.0
        self._external_at = 0.0
        self._housekeeping_at = 0.0
        self._delivery = Delivery(self._sinks)
        #: Projects with a pending `stats_update`, and when each had its last one.
        self._dirty: set[int] = set()
        self._stats_at: dict[int, float] = {}

    def tick(self) -> Relayed:
        """Do what is pending, at most a batch of each kind."""
        leads = self._lead()
        is_time = time.monotonic() >= self._housekeeping_at
        if is_time:
            self._housekeeping_at = time.monotonic() + HOUSEKEEPING_PAUSE_SECONDS
        if not leads:
            if is_time:
                # Whoever leads next should notice what was removed meanwhile.
                remember_newest_anchor()
            return Relayed(leads=False)
        if is_time:
            housekeeping.do_all(timezone.now())
            self._delivery.check(timezone.now())
        waiting = pending.look(timezone.now())
        # First, while none of this tick's events wait for a sink: there is nothing to read past.
        if waiting.has_external and time.monotonic() >= self._external_at:
            started = time.monotonic()
            due = unsent.external_due(self._delivery, timezone.now())
            self._delivery.drop(event for event in due if event.cancelled_at)
            self._delivery.accept(event for event in due if not event.cancelled_at)
            if self._delivery.pending > MANY_PENDING:
                took = time.monotonic() - started
                self._external_at = time.monotonic() + max(EXTERNAL_PAUSE_SECONDS, PAUSES * took)
        numbered = self._number(has_new=waiting.has_unnumbered)
        self._delivery.deliver(time.monotonic())
        sent = self._delivery.mark_done()
        tasks = run_pending() if waiting.has_tasks else 0
        return Relayed(self.leads, numbered, sent, tasks)

    @property
    def has_pending_stats(self) -> bool:
        return bool(self._dirty)

    @property
    def seconds_to_stats(self) -> float:
        """How long until the next `stats_update` is due; infinite if none is pending."""
        due = [self._stats_at.get(pk, 0.0) + STATS_PAUSE_SECONDS for pk in self._dirty]
        return max(0.0, min(due, default=math.inf) - time.monotonic())

    def give_up(self) -> None:
        for sink in self._sinks:
            sink.close()
        leader_election.give_up(self.holder)
        self.forget()

    def _lead(self) -> bool:
        """Keep or take the lease; a new leader reads what the leader before left unfinished."""
        if time.monotonic() < self._renew_at:
            return self.leads
        led_before = self.leads
        self.leads = leader_election.take_or_renew(self.holder, timezone.now())
        self._renew_at = time.monotonic() + leader_election.RENEWAL_SECONDS
        if self.leads and not led_before:
            self._delivery = Delivery(self._sinks)
            self._delivery.accept(unsent.numbered_unsent(self._delivery))
            self._dirty = numbering.projects_without_closing_stats()
        return self.leads

    def _number(self, *, has_new: bool) -> int:
        """Number the new events and the `stats_update`s that are due; return how many."""
        paused_until = time.monotonic() - STATS_PAUSE_SECONDS
        stats_due = sorted(pk for pk in self._dirty if self._stats_at.get(pk, 0.0) <= paused_until)
        if not (has_new or stats_due):
            return 0
        with transaction.atomic():
            if not leader_election.confirm(self.holder):
                self.leads = False
                return 0
            events = numbering.number_batch(stats_due)
        self._dirty |= {event.project_id for event in events}
        self._dirty -= set(stats_due)
        self._stats_at.update(dict.fromkeys(stats_due, time.monotonic()))
        self._delivery.accept(events)
        return len(events)


def run_once(sinks: Sequence[Sink] | None = None) -> Relayed:
    """Relay all that is pending and give up the lease; do nothing where another leads."""
    relay = Relay(sinks)
    done = Relayed()
    try:
        while True:
            latest = relay.tick()
            done += latest
            if not latest.leads or (latest.is_idle and not relay.has_pending_stats):
                return done
            if latest.is_idle:
                time.sleep(STATS_PAUSE_SECONDS / 10)
    finally:
        relay.give_up()
