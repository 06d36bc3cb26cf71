"""Say how the relay fares, for health checks."""

from datetime import datetime, timedelta

from django.utils import timezone

from moderation.models import Lease, OutboxEvent
from moderation.models.events import Audience
from moderation.relay.leading import NAME

LATE_AFTER = timedelta(seconds=5)


def relay_state(now: datetime | None = None) -> str:
    """Return `running`, `late` (events wait for over 5 s) or `stopped` (nobody leads)."""
    now = now or timezone.now()
    if not Lease.objects.filter(name=NAME, expires_at__gt=now).exists():
        return "stopped"
    oldest = _oldest_unnumbered()
    return "late" if oldest and oldest < now - LATE_AFTER else "running"


def _oldest_unnumbered() -> datetime | None:
    waiting = OutboxEvent.objects.filter(audience=Audience.HOUSE, seq=None, cancelled_at=None)
    return waiting.order_by("id").values_list("created_at", flat=True).first()
