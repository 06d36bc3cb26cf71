"""Give each project's events consecutive numbers and fold what they tally."""

from collections import Counter as Sums
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count

from django.db import connection
from django.db.models import F, QuerySet

from moderation.events import STATS_UPDATE
from moderation.models import OutboxEvent, Project
from moderation.models.events import ALL_TIME, Audience
from moderation.statements import PreparedInsert, PreparedRows
from moderation.statistics import hour_metric, is_counted_by_day, stats_for

BATCH = 500
ADD_TO_COUNTER = """
    INSERT INTO moderation_counter (project_id, metric, minute, value) VALUES (%s, %s, %s, %s)
    ON CONFLICT (project_id, metric, minute)
    DO UPDATE SET value = moderation_counter.value + excluded.value
"""
SET_NUMBER = "UPDATE moderation_outboxevent SET seq = %s WHERE id = %s"
PROJECT_COLUMNS = ", ".join(str(field.column) for field in Project._meta.concrete_fields)
TAKE_NUMBERS = f"""
    UPDATE moderation_project SET last_seq = last_seq + %s WHERE id = %s
    RETURNING {PROJECT_COLUMNS}
"""  # noqa: S608 - the names of our own columns


def _unnumbered() -> QuerySet[OutboxEvent]:
    # Never by id > last: transactions commit in another order than their ids were made.
    return OutboxEvent.objects.filter(audience=Audience.HOUSE, seq=None, cancelled_at=None)


# A round asks these whether anything happened or not: built anew they would be most of its work.
_first_unnumbered = PreparedRows(OutboxEvent, lambda of: _unnumbered().only("id")[:1])
_next_unnumbered = PreparedRows(OutboxEvent, lambda of: _unnumbered().order_by("id")[:BATCH])
_insert = PreparedInsert(OutboxEvent)


def has_unnumbered() -> bool:
    return bool(_first_unnumbered())


def number_batch(stats_for_projects: Collection[int]) -> list[OutboxEvent]:
    """Number the waiting events, then one new `stats_update` for each project that is named.

    Returns what was numbered. Must run in a transaction that has confirmed the lease.
    """
    found = _next_unnumbered()
    wanted = Sums(event.project_id for event in found)
    wanted.update(stats_for_projects)
    projects = _with_numbers_taken(wanted)
    numbers = {pk: count(projects[pk].last_seq - wanted[pk] + 1) for pk in projects}
    # A project may be deleted, with its events, between the two statements.
    waiting = [event for event in found if event.project_id in projects]
    for event in waiting:
        event.seq = next(numbers[event.project_id])
        event.project = projects[event.project_id]
    _store_numbers(waiting)
    fold_tallies(waiting)
    told = [pk for pk in stats_for_projects if pk in projects]
    updates = [_stats_update(projects[pk], next(numbers[pk])) for pk in told]
    _insert(*updates)
    return waiting + updates


def fold_tallies(events: Iterable[OutboxEvent]) -> None:
    """Add the events' tallies to their minute's, hour's and all time's counters, or their day's."""
    sums: Sums[tuple[int, str, datetime]] = Sums()
    for event in events:
        minute = event.created_at.replace(second=0, microsecond=0)
        for metric, change in event.tally.items():
            if is_counted_by_day(metric):
                sums[event.project_id, metric, minute.replace(hour=0, minute=0)] += change
                continue
            sums[event.project_id, metric, minute] += change
            sums[event.project_id, hour_metric(metric), minute.replace(minute=0)] += change
            sums[event.project_id, metric, ALL_TIME] += change
    adapted = connection.ops.adapt_datetimefield_value
    rows = [(pk, metric, adapted(at), n) for (pk, metric, at), n in sorted(sums.items()) if n]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(ADD_TO_COUNTER, rows)


def projects_without_closing_stats() -> set[int]:
    """Return the projects whose newest event is not a `stats_update`: theirs is still owed."""
    newest = OutboxEvent.objects.filter(seq=F("project__last_seq"))
    return set(newest.exclude(type=STATS_UPDATE).values_list("project_id", flat=True))


def _with_numbers_taken(wanted: Mapping[int, int]) -> dict[int, Project]:
    """Take so many numbers for each project; return those that exist, locked, by their key.

    `last_seq` is then the last number taken.
    """
    taken = {}
    for pk in sorted(wanted):  # one order for all, so that nobody waits in a circle
        for project in Project.objects.raw(TAKE_NUMBERS, [wanted[pk], pk]):
            taken[pk] = project
    return taken


def _store_numbers(events: Sequence[OutboxEvent]) -> None:
    # Django's bulk_update builds a CASE of all rows: longer work than the rest of a round.
    pk = OutboxEvent._meta.pk
    rows = [(event.seq, pk.get_db_prep_value(event.pk, connection)) for event in events]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(SET_NUMBER, rows)


def _stats_update(project: Project, seq: int) -> OutboxEvent:
    return OutboxEvent(
        project=project,
        audience=Audience.HOUSE,
        type=STATS_UPDATE,
        data=stats_for(project),
        seq=seq,
    )
