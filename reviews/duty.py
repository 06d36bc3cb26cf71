"""How much waits, and who is at work on it."""

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber

from moderation.desk import OnDuty, QueueFigures
from moderation.models import Project
from reviews.claims import CLAIM_LIFETIME
from reviews.models import Claim, Decision, ReviewItem

#: Who did nothing for so long is not on duty.
ABSENT_AFTER = timedelta(minutes=15)
#: How many of a person's newest decisions make their median.
NEWEST = 100


def queue_figures(project: Project, now: datetime) -> QueueFigures:
    """Return what waits for a person."""
    waiting = ReviewItem.objects.filter(project=project).open()
    figures = waiting.aggregate(
        open=Count("pk"),
        claimed=Count("pk", filter=Q(claim__expires_at__gt=now)),
        oldest_at=Min("created_at"),
    )
    return QueueFigures(**figures)


def on_duty(project: Project, now: datetime) -> list[OnDuty]:
    """Return who claimed or decided in the last 15 minutes, the busiest of today first."""
    present = _present(project, now)
    decided, waits = _today(project, list(present), now)
    found = [
        OnDuty(name, decided[who], median(waits[who]) if waits[who] else None)
        for who, name in present.items()
    ]
    return sorted(found, key=lambda one: (-one.decided, one.name))


def _present(project: Project, now: datetime) -> dict[str, str]:
    """Return identities and names."""
    since = now - ABSENT_AFTER
    deciders = Decision.objects.filter(project=project, decided_at__gt=since).order_by()
    # A claim says when it ends: it was taken, or kept alive by work, its lifetime before that.
    held = Claim.objects.filter(review__project=project, expires_at__gt=since + CLAIM_LIFETIME)
    found = dict(held.values_list("holder", "holder_name"))
    return found | dict(deciders.values_list("decider", "decided_by").distinct())


def _today(
    project: Project, who: list[str], now: datetime
) -> tuple[dict[str, int], dict[str, list[float]]]:
    """Return how many each decided since midnight, and the seconds that their newest had waited."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    standing = Decision.objects.filter(
        project=project, decided_at__gte=midnight, decider__in=who, is_final=True, undone_at=None
    )
    each = standing.annotate(
        decided=Window(Count("pk"), partition_by="decider"),
        place=Window(RowNumber(), partition_by="decider", order_by=F("decided_at").desc()),
    ).filter(place__lte=NEWEST)
    decided: dict[str, int] = defaultdict(int)
    waits: dict[str, list[float]] = defaultdict(list)
    rows = each.values_list("decider", "decided", "decided_at", "review__created_at")
    for decider, count, decided_at, opened_at in rows:
        decided[decider] = count
        waits[decider].append((decided_at - opened_at).total_seconds())
    return decided, waits
