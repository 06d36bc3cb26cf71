"""Look what there is to do: one question for each tick."""

from datetime import datetime
from typing import NamedTuple

from moderation.delivery.relay.unsent import due_for_outside
from moderation.lib.prepared_sql import PreparedFinds
from moderation.models import OutboxEvent
from moderation.pipeline.tasks import latest_start, waiting_before


class Pending(NamedTuple):
    """What waits: events without a number, events for the outside, accepted messages."""

    has_unnumbered: bool
    has_external: bool
    has_tasks: bool


_finds = PreparedFinds(
    lambda args: [
        OutboxEvent.objects.unnumbered(),
        due_for_outside(args.now),
        waiting_before(args.before),
    ],
    now=datetime,
    before=datetime,
)


def look(now: datetime) -> Pending:
    return Pending(*map(bool, _finds(now=now, before=latest_start(now))))
