"""Review items: open or join the item of a message, rank it, find it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Min

from moderation.lib.errors import Conflict, NotFound
from moderation.lib.prepared_insert import PreparedInsert
from moderation.models import ModerationLog, Project
from moderation.pipeline.writes import Writes
from reviews.models import ReviewItem, ReviewItemQuerySet, ReviewSource, ReviewStatus

#: How much a severity counts in an item's priority.
SEVERITY_WEIGHTS = {"none": 1, "low": 1, "medium": 2, "high": 4}
#: Reports must count even if the engine found the content harmless.
LEAST_CONFIDENCE = 0.25
#: Waiting time that equals one point of severity * confidence * (1 + reports).
HOURS_PER_POINT = 6
#: If two requests open one message's item at once, the second joins the first unless it was just
#: decided.
TRIES = 3
_insert = PreparedInsert(ReviewItem)


def priority_of(log: ModerationLog, report_count: int, created_at: datetime) -> float:
    """Return how urgent an item is; higher comes first.

    6 h * severity weight * confidence * (1 + reports) - hours from 1970 to its opening. An hour of
    waiting thus weighs as much as an hour of urgency. All items age at the same rate, so the
    stored number never has to change and cursors stay valid. Severity weights: high 4, medium 2,
    low and none 1; confidence is the score, at least 0.25.
    """
    confidence = max(log.score, LEAST_CONFIDENCE)
    points = SEVERITY_WEIGHTS.get(log.severity, 1) * confidence * (1 + report_count)
    return HOURS_PER_POINT * points - created_at.timestamp() / 3600


def as_urgent_as(priority: float) -> datetime:
    """Return when a harmless item of the same priority would have been opened."""
    hours = HOURS_PER_POINT * LEAST_CONFIDENCE - priority
    return datetime.fromtimestamp(3600 * hours, UTC)


def open_item(
    log: ModerationLog,
    *,
    source: str = ReviewSource.ENGINE,
    now: datetime,
    writes: Writes | None = None,
) -> tuple[ReviewItem, bool]:
    """Open the log's item or join the open one; return it, locked, and whether it is new.

    writes: what stores the item of a new log together with that log.
    Must run inside `transaction.atomic()`. Joining sets the item's priority from the log as it is
    now and raises its version.
    """
    if log._state.adding:  # nobody else knows it yet
        return _create(log, source, now, writes), True
    for _ in range(TRIES):
        if item := locked_open_item(log):
            item.priority = priority_of(log, item.report_count, item.created_at)
            item.version += 1
            item.save(update_fields=["priority", "version"])
            return item, False
        try:
            with transaction.atomic():
                return _create(log, source, now), True
        except IntegrityError:
            continue
    raise Conflict("somebody else is opening or deciding this review right now; try again")


def _create(
    log: ModerationLog, source: str, now: datetime, writes: Writes | None = None
) -> ReviewItem:
    item = ReviewItem(
        project=log.project,
        log=log,
        source=source,
        priority=priority_of(log, 0, now),
        created_at=now,
    )
    if writes:
        writes.add(_insert, item)
    else:
        _insert(item)
    # Known without a query: a new item has no claim.
    ReviewItem._meta.get_field("claim").set_cached_value(item, None)
    return item


def count_report(item: ReviewItem, log: ModerationLog) -> ReviewItem:
    """Count one more report and raise the item's priority; the caller holds its lock."""
    item.report_count += 1
    item.priority = priority_of(log, item.report_count, item.created_at)
    item.save(update_fields=["report_count", "priority"])
    return item


def withdraw_item(log: ModerationLog, now: datetime) -> ReviewItem | None:
    """Close the item if an edit made it needless; return None if nothing was closed.

    Items with reports, escalated items and appeals stay open.
    """
    item = locked_open_item(log)
    if item is None or item.report_count or item.source != ReviewSource.ENGINE:
        return None
    return close(item, now)


def close(item: ReviewItem, now: datetime) -> ReviewItem:
    """Mark a locked item as decided and remove its claim."""
    item.status = ReviewStatus.DECIDED
    item.decided_at = now
    item.version += 1
    item.save(update_fields=["status", "decided_at", "version"])
    free(item)
    return item


def free(item: ReviewItem) -> None:
    """Remove the item's claim, live or expired."""
    if claim := getattr(item, "claim", None):
        claim.delete()


# --- Reads


def waiting(projects: Iterable[Project]) -> dict[int, tuple[int, datetime]]:
    """Return each project's number of open items and when the oldest was opened, by key."""
    rows = ReviewItem.objects.open().filter(project__in=projects).order_by()
    counted = rows.values_list("project_id").annotate(Count("pk"), Min("created_at"))
    return {project: (count, oldest) for project, count, oldest in counted}


def locked_open_item(log: ModerationLog) -> ReviewItem | None:
    return locked(ReviewItem.objects.open().filter(log=log)).first()


def current_item(log: ModerationLog) -> ReviewItem | None:
    """Return the log's open item without locking it."""
    return ReviewItem.objects.open().filter(log=log).first()


def find_item(project: Project, item_id: UUID) -> ReviewItem:
    """Return the project's item with its content; NotFound for another project's."""
    items = ReviewItem.objects.filter(project=project).select_related("log")
    return _found(items.filter(pk=item_id).first(), item_id)


def lock_item(project: Project, item_id: UUID) -> ReviewItem:
    """Return the project's item, locked until the transaction ends."""
    items = locked(ReviewItem.objects.filter(project=project, pk=item_id))
    item = _found(items.first(), item_id)
    item.project = project
    return item


def _found(item: ReviewItem | None, item_id: UUID) -> ReviewItem:
    if item is None:
        raise NotFound(f"there is no review {item_id} in this project")
    return item


def locked(items: ReviewItemQuerySet, *, skip_locked: bool = False) -> ReviewItemQuerySet:
    """Lock the rows against other writers, but not against inserts that refer to them."""
    return items.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
