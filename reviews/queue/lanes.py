"""The queue's lanes: which items each holds, how many, and how long the oldest has waited."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.lib.languages import gettext_lazy as _
from moderation.models import Project
from reviews.models import Claim, Decision, ReviewItem, ReviewItemQuerySet, ReviewSource

#: Lanes count only the oldest open items: an exact figure would cost more than it tells.
MOST_COUNTED = 20_000
#: More than one person can review in a day; above it a lane shows "999+".
MOST_SHOWN = 999

#: An appeal is answered within a day.
APPEAL_TARGET = timedelta(days=1)
#: Lanes of open items; `mine` depends on the caller, and `done` holds decided items.
FILTERS = {
    "": Q(),
    "urgent": Q(log__severity="high"),
    "reported": Q(report_count__gt=0),
    "held": Q(source=ReviewSource.ENGINE, report_count=0),
    "escalated": Q(escalated=True),
    "appeals": Q(source=ReviewSource.APPEAL),
}
APPEALS = "appeals"
MINE = "mine"
DONE = "done"


@dataclass(frozen=True)
class Lane:
    #: Its name in addresses; "" is the lane of all open items.
    name: str
    label: str
    #: Which items it holds, for people.
    hint: str
    #: An item that waits longer is late; None in a lane where nothing waits.
    target: timedelta | None = None


LANES = (
    Lane("", _("All open"), _("Everything that waits for a decision."), timedelta(days=1)),
    Lane("urgent", _("Urgent"), _("High severity."), timedelta(minutes=15)),
    Lane("reported", _("Reported"), _("Somebody reported it."), timedelta(hours=1)),
    Lane(
        "held",
        _("Held"),
        _("The engine asks for a look, and nobody reported it."),
        timedelta(hours=4),
    ),
    Lane(
        "escalated", _("Escalated"), _("A moderator passed it on to the admins."), timedelta(days=1)
    ),
    Lane(APPEALS, _("Appeals"), _("An author asks for another look."), APPEAL_TARGET),
    Lane(MINE, _("Mine"), _("What you hold now.")),
    Lane(DONE, _("Done"), _("What was decided, the newest first.")),
)
LANE_BY_NAME = {lane.name: lane for lane in LANES}


@dataclass(frozen=True)
class LaneFigure:
    """How many items a lane holds and how long the oldest has waited."""

    lane: Lane
    count: int
    #: When its oldest item was opened; None if nothing waits.
    oldest: datetime | None
    is_late: bool

    @property
    def shown(self) -> str:
        return f"{MOST_SHOWN}+" if self.count > MOST_SHOWN else str(self.count)


def in_lane(
    items: ReviewItemQuerySet, lane: str, caller: Caller, now: datetime
) -> ReviewItemQuerySet:
    """Return the items that belong to the lane."""
    if lane == DONE:
        return items.decided()
    if lane == MINE:
        return items.claimed(now).filter(claim__holder=caller.identity)
    items = items.open().filter(FILTERS[lane])
    # What waits for an admin is out of a moderator's way, except in its own lane.
    if lane != "escalated" and not may(caller, "claim_escalated"):
        items = items.filter(escalated=False)
    return items


def lane_figures(caller: Caller, now: datetime) -> list[LaneFigure]:
    """Return every lane's figures, in four queries that read at most `MOST_COUNTED` items."""
    for_caller = Q() if may(caller, "claim_escalated") else Q(escalated=False)
    filters = {
        name: kept if name == "escalated" else kept & for_caller for name, kept in FILTERS.items()
    }
    counts = {f"count_{name}": Count("pk", filter=kept) for name, kept in filters.items()}
    ages = {f"oldest_{name}": Min("created_at", filter=kept) for name, kept in filters.items()}
    open_ = oldest_open(caller.project).aggregate(**counts, **ages)
    claims = Claim.objects.filter(
        review__project=caller.project, holder=caller.identity, expires_at__gt=now
    )
    mine = claims.aggregate(count=Count("pk"), oldest=Min("review__created_at"))
    # Decided today, by anyone.
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    decisions = Decision.objects.in_effect().filter(
        project=caller.project, decided_at__gte=midnight
    )
    done = decisions[: MOST_SHOWN + 1].count()
    figures: dict[str, tuple[int, datetime | None]] = {
        **{name: (open_[f"count_{name}"], open_[f"oldest_{name}"]) for name in FILTERS},
        MINE: (mine["count"], mine["oldest"]),
        DONE: (done, None),
    }
    rows = []
    for lane in LANES:
        count, oldest = figures[lane.name]
        is_late = bool(lane.target and oldest and now - oldest > lane.target)
        rows.append(LaneFigure(lane, count, oldest, is_late))
    return rows


def oldest_open(project: Project) -> ReviewItemQuerySet:
    """Return the open items that are counted: the oldest `MOST_COUNTED`."""
    items = ReviewItem.objects.filter(project=project).open()
    opened = items.order_by("created_at", "id").values_list("created_at", flat=True)
    # The first item beyond the limit ends the count: a slice of ids would be joined one by one.
    end = next(iter(opened[MOST_COUNTED : MOST_COUNTED + 1]), None)
    return items.filter(created_at__lt=end) if end else items
