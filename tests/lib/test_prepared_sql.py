"""Rows written by SQL that is built once are those that the ORM writes."""

from copy import copy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from moderation.lib.prepared_insert import PreparedInsert
from moderation.lib.prepared_sql import PreparedRows
from moderation.models import AuthorStanding, ModerationLog, OutboxEvent
from moderation.models.ids import new_id
from reviews.models import ReviewItem
from tests.factories import FLAGGED, make_log, make_project

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]
sqlite_only = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL takes the text of iexact as it is"
)
NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def arena():
    return make_project()


def values_of(model, pk):
    return model.objects.filter(pk=pk).values().get()


def written_both_ways(row):
    """Return the stored values of a row that the ORM wrote, and of its prepared twin."""
    model = type(row)
    row.save(force_insert=True)
    by_orm = values_of(model, row.pk)
    row.delete()
    row.pk = by_orm["id"]
    PreparedInsert(model)(row)
    return by_orm, values_of(model, row.pk)


@pytest.fixture
def log(arena):
    """Return a log with every kind of value, not stored."""
    made = make_log(arena, FLAGGED)
    made.delete()
    made.pk = new_id()
    made.metadata = {"när": NOON, "nested": [1, None, {"a": "\u2603"}]}
    made.content = "quote ' percent %s \U0001f600"
    made.rule_name = None
    return made


def test_a_log_is_written_as_the_orm_writes_it(log):
    by_orm, prepared = written_both_ways(log)
    assert prepared == by_orm


@pytest.mark.parametrize("cause", [None, uuid4()], ids=["without a cause", "with a cause"])
def test_an_event_is_written_as_the_orm_writes_it(arena, cause):
    event = OutboxEvent(
        project=arena,
        audience="house",
        type="moderation_update",
        data={"at": NOON, "id": uuid4(), "none": None},
        tally={"total": 1},
        cause=cause,
        created_at=NOON,
        hold_until=NOON + timedelta(minutes=1),
    )
    by_orm, prepared = written_both_ways(event)
    assert prepared == by_orm


def test_several_logs_are_written_as_the_orm_writes_them(log):
    other = copy(log)
    other.pk, other.message_id, other.rule_name = new_id(), "other", "a 'rule'"
    other.changed_at, other.standing, other.score = NOON, {"is_banned": True}, 1 / 3
    ModerationLog.objects.bulk_create([log, other])
    by_orm = [values_of(ModerationLog, one.pk) for one in (log, other)]
    ModerationLog.objects.all().delete()
    PreparedInsert(ModerationLog)(log, other)
    assert [values_of(ModerationLog, one.pk) for one in (log, other)] == by_orm


def test_a_review_is_written_as_the_orm_writes_it(arena):
    item = ReviewItem(project=arena, log=make_log(arena), source="engine", priority=-0.25)
    by_orm, prepared = written_both_ways(item)
    assert prepared == by_orm


def test_several_rows_are_written_in_one_statement(arena, django_assert_num_queries):
    events = [OutboxEvent(project=arena, audience="house", type=str(n), data={}) for n in range(3)]
    with django_assert_num_queries(1):
        PreparedInsert(OutboxEvent)(*events)
    assert [event.type for event in OutboxEvent.objects.order_by("id")] == ["0", "1", "2"]


def test_what_was_written_counts_as_stored(log):
    PreparedInsert(ModerationLog)(log)
    log.action = "approved"
    log.save(update_fields=["action"])
    assert ModerationLog.objects.get(pk=log.pk).action == "approved"


def test_a_taken_key_is_an_integrity_error(log):
    PreparedInsert(ModerationLog)(log)
    log.pk = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        PreparedInsert(ModerationLog)(log)


def test_a_conflict_does_what_the_clause_says(arena):
    insert = PreparedInsert(AuthorStanding, "ON CONFLICT DO NOTHING")
    for _ in range(2):
        insert(AuthorStanding(project=arena, user_id="zed", channel_id="general"))
    assert AuthorStanding.objects.count() == 1


def test_prepared_rows_are_those_of_the_queryset(arena):
    logs = [make_log(arena, FLAGGED), make_log(arena)]
    of_verdict = PreparedRows(
        ModerationLog,
        lambda args: ModerationLog.objects.filter(project=args.project, verdict=args.verdict)[:5],
        project=int,
        verdict=str,
    )
    found = [of_verdict(project=arena.pk, verdict=verdict) for verdict in ("flag", "allow")]
    assert [[one.matches for one in rows] for rows in found] == [[log.matches] for log in logs]


@pytest.mark.parametrize(
    ("lookup", "value"),
    [
        ("user_id__icontains", "zed"),
        ("user_id__startswith", "zed"),
        pytest.param("user_id__iexact", "zed", marks=sqlite_only),
        ("judged_at__date", NOON),
    ],
)
def test_a_lookup_that_changes_its_argument_is_refused(arena, lookup, value):
    rows = PreparedRows(
        ModerationLog,
        lambda args: ModerationLog.objects.filter(project=args.project, **{lookup: args.value}),
        project=int,
        value=type(value),
    )
    with pytest.raises(ValueError, match="value"):
        rows(project=arena.pk, value=value)


def test_an_argument_that_is_also_used_as_it_is_is_refused_all_the_same(arena):
    rows = PreparedRows(
        ModerationLog,
        lambda args: ModerationLog.objects.filter(
            user_id=args.name, channel_id__startswith=args.name
        ),
        name=str,
    )
    with pytest.raises(ValueError, match="name"):
        rows(name="zed")


def test_an_argument_that_the_queryset_ignores_is_refused(arena):
    rows = PreparedRows(
        ModerationLog,
        lambda args: ModerationLog.objects.filter(project=args.project),
        project=int,
        verdict=str,
    )
    with pytest.raises(ValueError, match="verdict"):
        rows(project=arena.pk, verdict="flag")
