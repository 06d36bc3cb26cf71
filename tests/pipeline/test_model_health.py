"""Staff are notified once that the model is down, and once that it is back."""

from datetime import timedelta

import pytest

from moderation.engine.model.scorer import State
from moderation.events.event import SYSTEM_NOTIFICATION
from moderation.models import OutboxEvent
from moderation.pipeline.model_health import BACK, DOWN, ModelHealth, notify
from tests.messages import NOON, project

LOADING, READY, GONE, OFF = State.LOADING, State.READY, State.UNAVAILABLE, State.OFF


@pytest.mark.parametrize(
    ("states", "messages"),
    [
        ((LOADING, READY, READY), []),
        ((LOADING, GONE, GONE), [DOWN]),
        ((READY, GONE, GONE, READY, READY, GONE), [DOWN, BACK, DOWN]),
        ((OFF, OFF), []),
    ],
)
def test_only_changes_are_reported(states, messages):
    health = ModelHealth()
    assert [message for state in states if (message := health.change(state))] == messages


@pytest.mark.django_db
def test_every_project_is_notified_and_a_second_process_does_not_repeat_it():
    slugs = [project(slug).slug for slug in ("arena", "forum")]
    notify(DOWN, NOON)
    notify(DOWN, NOON + timedelta(minutes=1))
    notify(BACK, NOON + timedelta(minutes=2))
    notify(DOWN, NOON + timedelta(minutes=9))
    events = OutboxEvent.objects.filter(type=SYSTEM_NOTIFICATION).order_by("created_at", "project")
    expected = [("error", DOWN, True), ("success", BACK, False), ("error", DOWN, True)]
    assert [
        (row.project.slug, (row.data["type"], row.data["message"], row.data["persistent"]))
        for row in events
    ] == [(slug, each) for each in expected for slug in slugs]
