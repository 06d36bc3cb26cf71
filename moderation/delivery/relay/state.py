"""Say how the relay is doing, for health checks."""

from datetime import datetime, timedelta

from django.utils import timezone

from moderation.delivery.relay.leader_election import NAME
from moderation.models import Lease, OutboxEvent

LATE_AFTER = timedelta(seconds=5)


def relay_state(now: datetime | None = None) -> str:
    """Return `running`, `late` (an event waits for more than 5 s) or `stopped` (nobody leads)."""
    now = now or timezone.now()
    if not Lease.objects.filter(name=NAME, expires_at__gt=now).exists():
        return "stopped"
    pending = OutboxEvent.objects.unnumbered()
    oldest = pending.order_by("id").values_list("created_at", flat=True).first()
    return "late" if oldest and oldest < now - LATE_AFTER else "running"
