"""An event's audience, its moment in words, and its row for readers."""

from datetime import datetime, timedelta, timezone
from uuid import uuid4

import pytest

from moderation.events import event as module
from moderation.events.event import EXTERNAL, Cause, Event, event_row, iso
from moderation.models import OutboxEvent
from tests.messages import NOON

OUTSIDE = {
    "moderation.message_blocked", "moderation.warning", "moderation.user_banned",
    "moderation.user_unbanned", "moderation.content_restored", "moderation.decision_reversed",
}  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, None),
        (NOON, "2026-03-02T12:00:00.000Z"),
        (NOON.replace(microsecond=999_999), "2026-03-02T12:00:00.999Z"),
        (
            datetime(2026, 3, 2, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            "2026-03-02T12:00:00.000Z",
        ),
    ],
)
def test_a_moment_is_told_in_utc_with_milliseconds(moment, text):
    assert iso(moment) == text


def test_six_types_leave_the_house_and_no_other(arena):
    types = {value for name, value in vars(module).items() if name.isupper() and "." in str(value)}
    assert {one for one in types if isinstance(one, str)} == OUTSIDE == EXTERNAL
    audiences = {kind: Event(arena, kind, {}).audience for kind in [*OUTSIDE, "ban_update"]}
    assert audiences == {**dict.fromkeys(OUTSIDE, "outside"), "ban_update": "house"}


def test_another_reason_leaves_the_rest_of_a_cause():
    cause = Cause("noor", "rude", uuid4(), NOON)
    assert cause.because("late") == Cause("noor", "late", cause.decision, NOON)


def test_readers_get_type_number_project_moment_and_data(arena):
    event = OutboxEvent(project=arena, type="ban_update", seq=7, data={"a": 1}, created_at=NOON)
    assert event_row(event) == {
        "type": "ban_update", "seq": 7, "project_id": "arena",
        "timestamp": "2026-03-02T12:00:00.000Z", "data": {"a": 1},
    }  # fmt: skip
