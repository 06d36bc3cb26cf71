"""Rows of one transaction that are stored together: a few statements for many messages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moderation.engine.verdict.policy import Policy
from moderation.events.event import Event
from moderation.events.outbox import insert_events, rows_of, wake_relay
from moderation.lib.prepared_insert import PreparedInsert, committing_alone, insert_together
from moderation.models import ModerationLog
from moderation.queries.authors import Activity, activities_of


@dataclass
class Check:
    """A log that is stored soon, and what makes its events then.

    The events of a violation tell the author's figures, which count it.
    """

    log: ModerationLog
    policy: Policy
    events: Callable[[Activity | None], list[Event]]


@dataclass
class Writes:
    """New rows of checks that happened at one moment; the transaction must `store` them."""

    now: datetime
    rows: dict[PreparedInsert[Any], list[Any]] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    def add(self, insert: PreparedInsert[Any], row: Any) -> None:
        self.rows.setdefault(insert, []).append(row)

    def store(self) -> None:
        """Store everything, as the transaction's end, and wake the relay once that commits.

        Raises IntegrityError if another message took a message_id in the meantime.
        """
        parts = list(self.rows.items())
        violations = [check for check in self.checks if check.log.is_violation]
        if violations:
            insert_together(*parts)
            parts = []
        figures = activities_of([(one.log.author, one.policy) for one in violations], self.now)
        activities = {one.log.pk: each for one, each in zip(violations, figures, strict=True)}
        events = [
            event for check in self.checks for event in check.events(activities.get(check.log.pk))
        ]
        with committing_alone():
            insert_together(*parts, (insert_events, rows_of(events, self.now)))
        if events:
            wake_relay()
