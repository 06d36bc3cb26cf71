"""Rows of one transaction that are stored together: a few statements for many messages."""

from dataclasses import dataclass, field
from datetime import datetime

from moderation.events.event import Event
from moderation.events.outbox import insert_events, rows_of, wake_relay
from moderation.lib.prepared_sql import PreparedInsert, committing_alone, insert_together
from moderation.models import ModerationLog

# Every message is stored: `save` takes several times as long.
insert_logs = PreparedInsert(ModerationLog)


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
        insert_logs(*logs)

    def store(self) -> None:
        """Store everything, as the transaction's end, and wake the relay once that commits.

        Raises IntegrityError as `store_logs` does.
        """
        logs, self.logs = self.logs, []
        events, self.events = rows_of(self.events, self.now), []
        with committing_alone():
            insert_together((insert_logs, logs), (insert_events, events))
        if events:
            wake_relay()
