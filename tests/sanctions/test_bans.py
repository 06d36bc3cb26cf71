"""A ban gives way to a later one in the same place, unless it is permanent."""

from datetime import timedelta

from moderation.events.event import Cause
from moderation.models import Author, Ban, OutboxEvent
from moderation.sanctions.bans import ban_author, ban_length
from tests.messages import NOON


def ban(arena, type_, *, hours=None, channel="general", now=NOON):
    author, cause = Author(arena, "zed", channel), Cause("noor", type_)
    return ban_author(author, cause, length=ban_length(type_, hours), now=now)


def test_a_permanent_ban_is_never_shortened(arena):
    permanent = ban(arena, "permanent")
    events = OutboxEvent.objects.count()
    assert ban(arena, "temporary", hours=1) == permanent
    (stored,) = Ban.objects.all()
    assert (stored.type, stored.expires_at, stored.lifted_at) == ("permanent", None, None)
    assert OutboxEvent.objects.count() == events


def test_a_permanent_ban_of_another_channel_is_another_ban(arena):
    ban(arena, "permanent", channel="lobby")
    assert ban(arena, "temporary", hours=1).expires_at == NOON + timedelta(hours=1)


def test_a_replaced_ban_ends_without_an_event(arena):
    replaced = ban(arena, "temporary", hours=1)
    ban(arena, "permanent")
    replaced.refresh_from_db()
    ended = (replaced.lifted_at, replaced.lifted_by, replaced.lift_reason)
    assert ended == (NOON, "system", "replaced")
    assert not OutboxEvent.objects.filter(type="moderation.user_unbanned").exists()


def test_a_ban_whose_time_was_over_is_announced_as_expired_before_the_next(arena):
    expired = ban(arena, "temporary", hours=1)
    ban(arena, "temporary", hours=1, now=NOON + timedelta(hours=1))
    expired.refresh_from_db()
    assert (expired.lifted_by, expired.lift_reason) == ("system", "expired")
    assert OutboxEvent.objects.filter(type="moderation.user_unbanned").count() == 1
