"""Rows of one transaction that are stored together: a few statements for many messages."""

from dataclasses import dataclass, field
from datetime import datetime

from moderation.events.event import Event
from moderation.events.outbox import publish
from moderation.lib.prepared_sql import PreparedInsert
from moderation.models import ModerationLog

# Every message is stored: `save` takes several times as long.
_insert = PreparedInsert(ModerationLog)


@dataclass
class Writes:
    """New logs and events that happened at one moment; the transaction must `store` them."""

    now: datetime
    logs: list[ModerationLog] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def store_logs(self) -> None:
        """Store the logs so far, for a statement that reads them.

        Raises IntegrityError if another message took a message_id in the meantime.
        """
        logs, self.logs = self.logs, []
        _insert(*logs)

    def store(self) -> None:
        """Store everything, and wake the relay once the transaction commits."""
        self.store_logs()
        events, self.events = self.events, []
        publish(*events, now=self.now)
