"""Give each project's events consecutive numbers and fold what they tally."""

from collections import Counter as Sums
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, QuerySet

from moderation.events import STATS_UPDATE
from moderation.models import OutboxEvent, Project
from moderation.models.events import ALL_TIME, Audience
from moderation.statistics import stats_for

BATCH = 500
ADD_TO_COUNTER = """
    INSERT INTO moderation_counter (project_id, metric, minute, value) VALUES (%s, %s, %s, %s)
    ON CONFLICT (project_id, metric, minute)
    DO UPDATE SET value = moderation_counter.value + excluded.value
"""
SET_NUMBER = "UPDATE moderation_outboxevent SET seq = %s WHERE id = %s"


def has_unnumbered() -> bool:
    return _unnumbered().exists()


def number_batch(stats_for_projects: Collection[int]) -> list[OutboxEvent]:
    """Number the waiting events, then one new `stats_update` for each project that is named.

    Returns what was numbered. Must run in a transaction that has confirmed the lease.
    """
    found = list(_unnumbered().order_by("id")[:BATCH])
    projects = _locked({event.project_id for event in found} | set(stats_for_projects))
    # A project may be deleted, with its events, between the two reads.
    waiting = [event for event in found if event.project_id in projects]
    _number(waiting, projects)
    _store_numbers(waiting)
    fold_tallies(waiting)
    updates = [_stats_update(projects[pk]) for pk in stats_for_projects if pk in projects]
    _number(updates, projects)
    OutboxEvent.objects.bulk_create(updates)
    Project.objects.bulk_update(projects.values(), ["last_seq"])
    return waiting + updates


def fold_tallies(events: Iterable[OutboxEvent]) -> None:
    """Add the events' tallies to the counters of their minute and of all time."""
    sums: Sums[tuple[int, str, datetime]] = Sums()
    for event in events:
        minute = event.created_at.replace(second=0, microsecond=0)
        for metric, change in event.tally.items():
            sums[event.project_id, metric, minute] += change
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


def _unnumbered() -> QuerySet[OutboxEvent]:
    # Never by id > last: transactions commit in another order than their ids were made.
    return OutboxEvent.objects.filter(audience=Audience.HOUSE, seq=None, cancelled_at=None)


def _locked(project_ids: Collection[int]) -> dict[int, Project]:
    # no_key: a full lock would hold up every insert that refers to the project.
    rows = Project.objects.select_for_update(no_key=True).filter(pk__in=project_ids)
    return {project.pk: project for project in rows.order_by("pk")}


def _number(events: Sequence[OutboxEvent], projects: dict[int, Project]) -> None:
    for event in events:
        project = projects[event.project_id]
        project.last_seq += 1
        event.seq = project.last_seq
        event.project = project


def _store_numbers(events: Sequence[OutboxEvent]) -> None:
    # Django's bulk_update builds a CASE of all rows: longer work than the rest of a round.
    pk = OutboxEvent._meta.pk
    rows = [(event.seq, pk.get_db_prep_value(event.pk, connection)) for event in events]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(SET_NUMBER, rows)


def _stats_update(project: Project) -> OutboxEvent:
    return OutboxEvent(
        project=project, audience=Audience.HOUSE, type=STATS_UPDATE, data=stats_for(project)
    )
