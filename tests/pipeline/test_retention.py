"""Which content is removed after its time, and what its removal leaves behind."""

from datetime import timedelta

import pytest

from moderation.events.event import Cause
from moderation.lib.signed_links import APPEAL_PERIOD
from moderation.models import (
    AuditEntry,
    Author,
    Counter,
    ModerationLog,
    StaleHour,
    Strike,
    SuggestedScore,
)
from moderation.models.events import ALL_TIME
from moderation.pipeline import retention
from moderation.sanctions.bans import ban_author
from reviews.queue.items import open_item
from tests.messages import BLOCKED, NOON, project, send

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def removable(arena, days=10, now=NOON + 10 * DAY + SECOND):
    return set(retention.removable(arena, days, now))


def change(log, **fields):
    ModerationLog.objects.filter(pk=log.pk).update(**fields)


def test_what_is_older_than_so_many_days_goes(arena):
    log = send(arena).log
    send(arena, after=SECOND)
    send(project("other"))
    assert removable(arena, now=NOON + 10 * DAY) == set()
    assert removable(arena) == {log}


def test_without_a_number_the_policy_says_how_long():
    arena = project(retention_days=30)
    log = send(arena).log
    end = NOON + 30 * DAY
    assert [removable(arena, None, now) for now in (end, end + SECOND)] == [set(), {log}]


@pytest.mark.parametrize("field", ["created_at", "judged_at"])
def test_an_old_message_that_was_edited_lately_stays(arena, field):
    log = send(arena).log
    change(log, **{field: NOON + 9 * DAY})
    assert removable(arena) == set()


def flag(log):
    change(log, status="flagged")


def review(log):
    open_item(log, now=NOON)


@pytest.mark.parametrize("wait", [flag, review])
def test_what_waits_for_a_person_stays_however_old(arena, wait):
    wait(send(arena).log)
    assert removable(arena, now=NOON + 9 * APPEAL_PERIOD) == set()


def hide(log):
    change(log, is_approved=False)


def strike(log):
    Strike.objects.create(
        project=log.project, user_id="zed", log=log, given_by="x", expires_at=NOON
    )


def ban(log):
    ban_author(Author(log.project, "zed"), Cause("x"), length=None, now=NOON, log=log)


@pytest.mark.parametrize("restrict", [hide, strike, ban])
def test_what_restricts_its_author_stays_while_it_can_be_appealed(arena, restrict):
    log = send(arena).log
    restrict(log)
    end = NOON + APPEAL_PERIOD
    assert [removable(arena, now=now) for now in (end, end + SECOND)] == [set(), {log}]


def remove(arena, days=10, now=NOON + 11 * DAY):
    return list(retention.remove_old(arena, days, actor="noor", now=now))


def removed(arena):
    """Return the counters of what was removed."""
    rows = Counter.objects.filter(project=arena, metric__startswith="removed_")
    return {row.metric: (row.value, row.minute) for row in rows}


def test_it_is_removed_in_batches_and_counted_by_status(arena, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    logs = [send(arena, f"Hello {n}", after=n * SECOND).log for n in range(3)]
    change(logs[0], status="rejected")
    kept = send(arena, after=5 * DAY).log
    assert remove(arena) == [2, 1]
    assert ModerationLog.objects.get() == kept
    assert removed(arena) == {
        "removed_approved": (2, ALL_TIME),
        "removed_rejected": (1, ALL_TIME),
        "removed_total": (3, ALL_TIME),
    }
    entries = AuditEntry.objects.filter(action="content.removed").order_by("pk")
    assert [entry.data for entry in entries] == [
        {"days": 10, "removed": {"rejected": 1, "approved": 1}},
        {"days": 10, "removed": {"approved": 1}},
    ]
    assert {(entry.actor, entry.object_id) for entry in entries} == {("noor", str(arena.pk))}


def test_each_project_has_its_own_count(arena):
    other = project("other")
    for where in (arena, other):
        send(where)
        remove(where)
    assert removed(arena) == removed(other) != {}


def test_the_hours_of_removed_content_are_added_up_again(arena):
    log = send(arena, BLOCKED).log
    change(log, is_approved=True, status="approved")
    Strike.objects.all().delete()
    remove(arena)
    assert set(StaleHour.objects.values_list("project", "hour")) == {(arena.pk, NOON)}


def test_labels_go_as_content_does(arena):
    other = project("other")
    for where, at in ((arena, NOON), (arena, NOON + DAY), (other, NOON)):
        SuggestedScore.objects.create(project=where, created_at=at, scores={})
    remove(arena, now=NOON + 11 * DAY)
    assert set(SuggestedScore.objects.values_list("project", "created_at")) == {
        (arena.pk, NOON + DAY),
        (other.pk, NOON),
    }
