"""The queue: open or join the item of a content, order it, find it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Min

from moderation.errors import Conflict, NotFound
from moderation.models import ModerationLog, Project
from moderation.statements import PreparedInsert
from reviews.models import ReviewItem, ReviewItemQuerySet, ReviewSource, ReviewStatus

#: How much sooner a severity is looked at.
SEVERITY_WEIGHTS = {"none": 1, "low": 1, "medium": 2, "high": 4}
#: A report of content that the engine found harmless must still count.
LEAST_CONFIDENCE = 0.25
#: What one point of severity times confidence times reports is worth in waiting time.
HOURS_PER_POINT = 6
#: Two openings of one content at once: the second joins the first, unless that was just decided.
TRIES = 3
_insert = PreparedInsert(ReviewItem)


def priority_of(log: ModerationLog, report_count: int, created_at: datetime) -> float:
    """Return how urgent an item is; higher comes first.

    6 h * severity weight * confidence * (1 + reports) - hours from 1970 to its opening. One hour
    of waiting so weighs as much as one hour of urgency, and as all items age alike, the stored
    number never changes by itself and cursors hold. Severity weights: high 4, medium 2, low and
    none 1; confidence is the score, at least 0.25.
    """
    confidence = max(log.score, LEAST_CONFIDENCE)
    points = SEVERITY_WEIGHTS.get(log.severity, 1) * confidence * (1 + report_count)
    return HOURS_PER_POINT * points - created_at.timestamp() / 3600


def open_item(
    log: ModerationLog, *, source: str = ReviewSource.ENGINE, now: datetime
) -> tuple[ReviewItem, bool]:
    """Open the log's item or join the open one; return it, locked, and whether it is new.

    Must run inside `transaction.atomic()`. A joined item gets the priority of the log as it is now
    and the next version.
    """
    if log._state.adding:  # nobody else knows it yet
        return _create(log, source, now), True
    for _ in range(TRIES):
        if item := locked_open_item(log):
            return _joined(item, log), False
        try:
            with transaction.atomic():
                return _create(log, source, now), True
        except IntegrityError:
            continue
    raise Conflict("the content's review is being opened and decided just now; try again")


def _create(log: ModerationLog, source: str, now: datetime) -> ReviewItem:
    item = ReviewItem(
        project=log.project,
        log=log,
        source=source,
        priority=priority_of(log, 0, now),
        created_at=now,
    )
    _insert(item)
    # Known without a query: a new item has no claim.
    ReviewItem._meta.get_field("claim").set_cached_value(item, None)
    return item


def _joined(item: ReviewItem, log: ModerationLog) -> ReviewItem:
    item.priority = priority_of(log, item.report_count, item.created_at)
    item.version += 1
    item.save(update_fields=["priority", "version"])
    return item


def count_report(item: ReviewItem, log: ModerationLog) -> ReviewItem:
    """Raise the item by one report; the caller holds its lock."""
    item.report_count += 1
    item.priority = priority_of(log, item.report_count, item.created_at)
    item.save(update_fields=["report_count", "priority"])
    return item


def withdraw_item(log: ModerationLog, now: datetime) -> ReviewItem | None:
    """Close the item that an edit made needless; None if there is none or people care about it.

    An item with reports, and one that a moderator passed on, stay open.
    """
    item = locked_open_item(log)
    if item is None or item.report_count or item.source != ReviewSource.ENGINE:
        return None
    return close(item, now)


def close(item: ReviewItem, now: datetime) -> ReviewItem:
    """Mark a locked item as decided and free it."""
    item.status = ReviewStatus.DECIDED
    item.decided_at = now
    item.version += 1
    item.save(update_fields=["status", "decided_at", "version"])
    free(item)
    return item


def free(item: ReviewItem) -> None:
    """Remove the item's claim, live or over."""
    if claim := getattr(item, "claim", None):
        claim.delete()


# --- Reads


def waiting(projects: Iterable[Project]) -> dict[int, tuple[int, datetime]]:
    """Return how many items of each project are open, and since when the oldest is."""
    rows = ReviewItem.objects.open().filter(project__in=projects).order_by()
    counted = rows.values_list("project_id").annotate(Count("pk"), Min("created_at"))
    return {project: (count, oldest) for project, count, oldest in counted}


def locked_open_item(log: ModerationLog) -> ReviewItem | None:
    return locked(ReviewItem.objects.open().filter(log=log)).first()


def current_item(log: ModerationLog) -> ReviewItem | None:
    """Return the log's open item without a lock."""
    return ReviewItem.objects.open().filter(log=log).first()


def find_item(project: Project, item_id: UUID) -> ReviewItem:
    """Return the project's item with its content; another project's is as absent as none."""
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
    """Lock the rows against other writers, not against rows that only refer to them."""
    return items.select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)
