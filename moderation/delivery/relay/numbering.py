"""Give each project's events consecutive numbers and fold what they tally."""

from collections import Counter as Sums
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import F

from moderation.events.counters import hour_metric, is_counted_by_day, stats_for
from moderation.events.event import STATS_UPDATE
from moderation.lib.prepared_insert import PreparedInsert
from moderation.lib.prepared_sql import PreparedRows
from moderation.models import OutboxEvent, Project
from moderation.models.events import ALL_TIME, Audience

BATCH = 500
ADD_TO_COUNTER = """
    INSERT INTO moderation_counter (project_id, metric, minute, value) VALUES (%s, %s, %s, %s)
    ON CONFLICT (project_id, metric, minute)
    DO UPDATE SET value = moderation_counter.value + excluded.value
"""
SET_NUMBER = "UPDATE moderation_outboxevent SET seq = %s WHERE id = %s"
# The same for many rows at once, where arrays are parameters.
ADD_MANY = ADD_TO_COUNTER.replace(
    "VALUES (%s, %s, %s, %s)",
    "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::bigint[])",
)
SET_MANY = """
    UPDATE moderation_outboxevent SET seq = numbered.seq
    FROM unnest(%s::bigint[], %s::uuid[]) AS numbered(seq, id)
    WHERE moderation_outboxevent.id = numbered.id
"""
PROJECT_COLUMNS = ", ".join(str(field.column) for field in Project._meta.concrete_fields)
TAKE_NUMBERS = f"""
    UPDATE moderation_project SET last_seq = last_seq + %s WHERE id = %s
    RETURNING {PROJECT_COLUMNS}
"""  # noqa: S608


_next_unnumbered = PreparedRows(
    OutboxEvent, lambda _: OutboxEvent.objects.unnumbered().order_by("id")[:BATCH]
)
_insert = PreparedInsert(OutboxEvent)


def number_batch(stats_for_projects: Collection[int]) -> list[OutboxEvent]:
    """Number the new events, then one new `stats_update` for each project named.

    Returns the numbered events. Must run in a transaction that has confirmed the lease.
    """
    new = _next_unnumbered()
    needed = Sums(event.project_id for event in new)
    needed.update(stats_for_projects)
    projects = _take_numbers(needed)
    numbers = {pk: count(project.last_seq - needed[pk] + 1) for pk, project in projects.items()}
    # A project may be deleted, with its events, between the two statements.
    events = [event for event in new if event.project_id in projects]
    for event in events:
        event.seq = next(numbers[event.project_id])
        event.project = projects[event.project_id]
    if events:
        # Django's bulk_update builds a CASE of all rows, which takes longer than the whole tick.
        as_stored = OutboxEvent._meta.pk.get_db_prep_value
        # The proxy `connection` looks itself up at each use: once is enough for all ids.
        database = connections[DEFAULT_DB_ALIAS]
        rows = [(event.seq, as_stored(event.pk, database)) for event in events]
        _run_for_all(SET_NUMBER, SET_MANY, rows)
    fold_tallies(events)
    updates = [
        OutboxEvent(
            project=projects[pk],
            audience=Audience.INTERNAL,
            type=STATS_UPDATE,
            data=stats_for(projects[pk]),
            seq=next(numbers[pk]),
        )
        for pk in stats_for_projects
        if pk in projects
    ]
    _insert(*updates)
    return events + updates


def _take_numbers(needed: Mapping[int, int]) -> dict[int, Project]:
    """Take so many numbers for each project; return those that still exist, locked, by key.

    `last_seq` is then the last number taken.
    """
    projects = {}
    for pk in sorted(needed):  # in one order, so that no two processes wait for each other
        for project in Project.objects.raw(TAKE_NUMBERS, [needed[pk], pk]):
            projects[pk] = project
    return projects


def fold_tallies(events: Iterable[OutboxEvent]) -> None:
    """Add the events' tallies to the counters of minute, hour and all time, or of the day."""
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
        _run_for_all(ADD_TO_COUNTER, ADD_MANY, rows)


def _run_for_all(statement: str, with_arrays: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(with_arrays, [list(column) for column in zip(*rows, strict=True)])
        else:
            cursor.executemany(statement, rows)


def projects_without_closing_stats() -> set[int]:
    """Return the projects whose newest event is not a `stats_update`: theirs is pending."""
    newest = OutboxEvent.objects.filter(seq=F("project__last_seq"))
    return set(newest.exclude(type=STATS_UPDATE).values_list("project_id", flat=True))
