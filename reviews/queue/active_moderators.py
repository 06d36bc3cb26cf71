"""How much waits in the queue, and which moderators are at work on it."""

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, F, Min, Q, Window
from django.db.models.functions import RowNumber

from moderation.models import Project
from moderation.pipeline.review_port import ActiveModerator, QueueFigures
from reviews.models import Claim, Decision, ReviewItem
from reviews.queue.claims import CLAIM_LIFETIME

#: Moderators who did nothing for this long are no longer active.
ABSENT_AFTER = timedelta(minutes=15)
#: How many of a moderator's newest decisions the median covers.
NEWEST = 100


def queue_figures(project: Project, now: datetime) -> QueueFigures:
    """Return how many items are open and claimed, and when the oldest was opened."""
    waiting = ReviewItem.objects.filter(project=project).open()
    figures = waiting.aggregate(
        open=Count("pk"),
        claimed=Count("pk", filter=Q(claim__expires_at__gt=now)),
        oldest_at=Min("created_at"),
    )
    return QueueFigures(**figures)


def active_moderators(project: Project, now: datetime) -> list[ActiveModerator]:
    """Return who claimed or decided in the last 15 minutes, today's busiest first."""
    since = now - ABSENT_AFTER
    # A claim stores only its end; it was made or renewed its lifetime before that.
    claims = Claim.objects.filter(review__project=project, expires_at__gt=since + CLAIM_LIFETIME)
    deciders = Decision.objects.filter(project=project, decided_at__gt=since).order_by()
    names: dict[str, str] = {
        **dict(claims.values_list("holder", "holder_name")),
        **dict(deciders.values_list("decider", "decided_by").distinct()),
    }
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = Decision.objects.in_effect().filter(
        project=project, decided_at__gte=midnight, decider__in=list(names)
    )
    newest = today.annotate(
        count=Window(Count("pk"), partition_by="decider"),
        place=Window(RowNumber(), partition_by="decider", order_by=F("decided_at").desc()),
    ).filter(place__lte=NEWEST)
    counts: dict[str, int] = defaultdict(int)
    #: Seconds from an item's opening to its decision.
    waits: dict[str, list[float]] = defaultdict(list)
    rows = newest.values_list("decider", "count", "decided_at", "review__created_at")
    for decider, count, decided_at, opened_at in rows:
        counts[decider] = count
        waits[decider].append((decided_at - opened_at).total_seconds())
    moderators = [
        ActiveModerator(name, counts[who], median(waits[who]) if waits[who] else None)
        for who, name in names.items()
    ]
    return sorted(moderators, key=lambda one: (-one.decided, one.name))
