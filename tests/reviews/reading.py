"""Read what was published, as the relay will."""

from collections import Counter

from moderation.models import OutboxEvent


def told(kind):
    """Return the data of the events of this type that were not recalled, oldest first."""
    events = OutboxEvent.objects.filter(type=kind, cancelled_at=None).order_by("id")
    return [event.data for event in events]


def tallies():
    """Return what the relay's counters will be, but for those of the engine's verdicts."""
    total = Counter()
    for event in OutboxEvent.objects.filter(cancelled_at=None):
        total.update(event.tally)
    return {metric: value for metric, value in total.items() if ":" not in metric}
