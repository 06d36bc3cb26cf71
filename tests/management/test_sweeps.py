"""expire_bans and cleanup: what ends, what goes, what stays."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.db import connections
from django.utils import timezone

from moderation.delivery import relay
from moderation.events.event import Cause
from moderation.models import AuditEntry, Ban, Counter, ModerationLog, OutboxEvent, Strike
from moderation.pipeline import retention
from moderation.sanctions.bans import lift_ban
from reviews.models import Appeal, ReviewItem

pytestmark = pytest.mark.django_db(transaction=True)


def ago(days):
    return timezone.now() - timedelta(days=days)


def ban(project, log=None):
    times = {"issued_at": ago(2), "expires_at": ago(1)}
    return Ban.objects.create(
        project=project, user_id="ana", channel_id="lobby", type="temporary", log=log, **times
    )


def strike(project, log=None):
    return Strike.objects.create(project=project, user_id="ana", log=log, expires_at=ago(1))


def unbanned():
    told = OutboxEvent.objects.filter(type="moderation.user_unbanned")
    return [event.data["unbanned_by"] for event in told]


def test_expire_bans_twice_ends_each_ban_once(arena, command):
    ban(arena)
    strike(arena)
    assert command("expire_bans") == "Ended: 1 bans, 1 strikes"
    assert json.loads(command("expire_bans", "--format", "json")) == {"bans": 0, "strikes": 0}
    assert unbanned() == ["system"]


def test_expire_bans_side_by_side_tells_the_end_once(arena):
    ban(arena)
    over, now = list(Ban.objects.over(timezone.now()).select_related("project")), timezone.now()

    def lift(_):
        try:
            return lift_ban(over[0], Cause("system", "expired"), now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(lift, range(2))) == [False, True]
    assert unbanned() == ["system"]


def test_expire_bans_leaves_a_ban_that_runs(arena, command):
    Ban.objects.filter(pk=ban(arena).pk).update(expires_at=timezone.now() + timedelta(days=1))
    command("expire_bans")
    assert Ban.objects.get().lifted_at is None


def test_cleanup_removes_what_is_older_than_the_policy_says(arena, command, log):
    log(ago(91))
    young = log(ago(89))
    assert command("cleanup") == "arena: 1\nRemoved 1 contents"
    assert ModerationLog.objects.get() == young


def test_cleanup_keeps_what_a_person_has_yet_to_rule_on(arena, command, log):
    log(ago(400), status="flagged", is_violation=True)
    reviewed, appealed = log(ago(400)), log(ago(400))
    ReviewItem.objects.create(project=arena, log=reviewed, source="report", priority=1)
    Appeal.objects.create(project=arena, log=appealed, token_digest="x")
    assert command("cleanup") == "Removed 0 contents"


@pytest.mark.parametrize(("days", "left"), [(182, 3), (184, 0)], ids=["six months", "later"])
def test_cleanup_keeps_what_can_still_be_appealed(arena, command, log, days, left):
    log(ago(days), status="rejected", is_approved=False)
    strike(arena, log(ago(days)))
    ban(arena, log(ago(days)))
    command("cleanup")
    assert ModerationLog.objects.count() == left


def test_cleanup_keeps_content_that_was_edited_lately(arena, command, log):
    edited = log(ago(200))
    ModerationLog.objects.filter(pk=edited.pk).update(judged_at=ago(1))
    assert command("cleanup") == "Removed 0 contents"


def test_cleanup_in_batches_counts_what_it_removed(arena, command, log, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    old = [log(ago(200)) for _ in range(3)]
    log(ago(200), status="rejected", is_approved=True)
    command("cleanup")
    removed = dict(Counter.objects.values_list("metric", "value"))
    assert len(old) == 3
    assert removed == {"removed_total": 4, "removed_approved": 3, "removed_rejected": 1}


def test_cleanup_keeps_the_totals_and_the_audit_log(arena, command, log):
    Counter.objects.create(project=arena, metric="total", minute="1970-01-01T00:00Z", value=1)
    log(ago(200))
    before = AuditEntry.objects.count()
    command("cleanup")
    relay.run_once([])
    assert Counter.objects.get(metric="total").value == 1
    assert AuditEntry.objects.count() == before + 1


def test_cleanup_rehearsed_removes_nothing(arena, command, log):
    log(ago(20))
    said = json.loads(command("cleanup", "--days", "10", "--dry-run", "--format", "json"))
    assert said == {"removed": 1, "by_project": {"arena": 1}, "dry_run": True}
    assert ModerationLog.objects.count() == 1


def test_cleanup_refuses_zero_days(arena, command):
    with pytest.raises(CommandError, match="not a whole number from 1"):
        command("cleanup", "--days", "0")
