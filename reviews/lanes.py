"""The queue's lanes: what each holds, how many wait in it, and since when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from moderation.identity import Caller
from moderation.models import Project
from reviews.models import Claim, Decision, ReviewItem, ReviewItemQuerySet, ReviewSource

#: Lanes count the oldest open items up to here: a figure is worth no more than a glance.
MOST_COUNTED = 20_000
#: More than a person can work off in a day; beyond it a lane says "999+".
MOST_SHOWN = 999

#: Of open items; `mine` depends on who looks, and `done` is not open.
FILTERS = {
    "": Q(),
    "urgent": Q(log__severity="high"),
    "reported": Q(report_count__gt=0),
    "held": Q(source=ReviewSource.ENGINE, report_count=0),
    "escalated": Q(escalated=True),
    "appeals": Q(source=ReviewSource.APPEAL),
}
MINE = "mine"
DONE = "done"


@dataclass(frozen=True)
class Lane:
    #: As in addresses; the empty one holds all that is open.
    name: str
    label: str
    #: What puts an item there, for people.
    hint: str
    #: An item that waits longer is late; None where nobody waits.
    target: timedelta | None = None


LANES = (
    Lane("", "All open", "Everything that waits for a decision.", timedelta(days=1)),
    Lane("urgent", "Urgent", "High severity.", timedelta(minutes=15)),
    Lane("reported", "Reported", "Somebody reported it.", timedelta(hours=1)),
    Lane("held", "Held", "The engine asks for a look, and nobody reported it.", timedelta(hours=4)),
    Lane("escalated", "Escalated", "A moderator passed it on to the admins.", timedelta(days=1)),
    Lane("appeals", "Appeals", "An author asks for another look.", timedelta(days=1)),
    Lane(MINE, "Mine", "What you hold now."),
    Lane(DONE, "Done", "What was decided, the newest first."),
)
LANE_BY_NAME = {lane.name: lane for lane in LANES}


@dataclass(frozen=True)
class LaneFigure:
    """How a lane stands."""

    lane: Lane
    count: int
    #: When its oldest item was opened; None where nothing waits.
    oldest: datetime | None
    is_late: bool

    @property
    def shown(self) -> str:
        return f"{MOST_SHOWN}+" if self.count > MOST_SHOWN else str(self.count)


def in_lane(
    items: ReviewItemQuerySet, lane: str, caller: Caller, now: datetime
) -> ReviewItemQuerySet:
    """Return those of the items that the lane holds."""
    if lane == DONE:
        return items.decided()
    if lane == MINE:
        return items.claimed(now).filter(claim__holder=caller.identity)
    return items.open().filter(FILTERS[lane])


def lane_figures(caller: Caller, now: datetime) -> list[LaneFigure]:
    """Return how every lane stands, in four queries that read at most `MOST_COUNTED` items."""
    counted = {**_open_figures(caller), MINE: _mine(caller, now), DONE: (_done(caller, now), None)}
    return [_figure(lane, *counted[lane.name], now) for lane in LANES]


def _figure(lane: Lane, count: int, oldest: datetime | None, now: datetime) -> LaneFigure:
    is_late = bool(lane.target and oldest and now - oldest > lane.target)
    return LaneFigure(lane, count, oldest, is_late)


Figure = tuple[int, datetime | None]


def oldest_open(project: Project) -> ReviewItemQuerySet:
    """Return the open items that are counted: the oldest `MOST_COUNTED`."""
    items = ReviewItem.objects.filter(project=project).open()
    opened = items.order_by("created_at", "id").values_list("created_at", flat=True)
    # The first that is too many ends the count; a slice of ids would be joined one by one.
    end = next(iter(opened[MOST_COUNTED : MOST_COUNTED + 1]), None)
    return items.filter(created_at__lt=end) if end else items


def _open_figures(caller: Caller) -> dict[str, Figure]:
    names = [lane.name for lane in LANES if lane.name in FILTERS]
    counts = {f"count_{name}": Count("pk", filter=FILTERS[name]) for name in names}
    ages = {f"oldest_{name}": Min("created_at", filter=FILTERS[name]) for name in names}
    found = oldest_open(caller.project).aggregate(**counts, **ages)
    return {name: (found[f"count_{name}"], found[f"oldest_{name}"]) for name in names}


def _mine(caller: Caller, now: datetime) -> Figure:
    held = Claim.objects.filter(
        review__project=caller.project, holder=caller.identity, expires_at__gt=now
    )
    found = held.aggregate(count=Count("pk"), oldest=Min("review__created_at"))
    return found["count"], found["oldest"]


def _done(caller: Caller, now: datetime) -> int:
    """Count what was decided today, by anyone."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rulings = Decision.objects.standing().filter(project=caller.project, decided_at__gte=today)
    return rulings[: MOST_SHOWN + 1].count()
