"""What a clock that was set back left behind: moments so far ahead that nothing would ever come.

A claim, a pause or a hold that began while the clock was ahead would otherwise last until the old
time comes again.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q

from moderation.models import DeliveryStatus, OutboxEvent, WebhookDelivery

#: Clocks of two machines may differ by so much.
SLACK = timedelta(minutes=1)
#: No decision is held for longer, and no delivery pauses for longer.
LONGEST_WAIT = timedelta(days=1)


def release_what_waits_for_ever(now: datetime) -> int:
    """Make due at once what is due later than it ever can be; return how many."""
    held = OutboxEvent.objects.filter(sent_at=None, hold_until__gt=now + LONGEST_WAIT + SLACK)
    released = held.update(hold_until=now)
    # Without a hold the first attempt is due at once.
    too_late = Q(due_at__gt=now + LONGEST_WAIT + SLACK) | Q(
        attempts=0, cause=None, due_at__gt=now + SLACK, due_at=F("created_at")
    )
    pending = WebhookDelivery.objects.filter(too_late, status=DeliveryStatus.PENDING)
    return released + pending.update(due_at=now)
