"""The staff hears that the model is down, and that it is back, once."""

from datetime import timedelta

import pytest

from moderation import model_watch
from moderation.engine.toxicity import State
from moderation.events import SYSTEM_NOTIFICATION
from moderation.model_watch import BACK, DOWN, Watch
from moderation.models import OutboxEvent
from tests.messages import NOON, project

LOADING, READY, GONE, OFF = State.LOADING, State.READY, State.UNAVAILABLE, State.OFF


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ((LOADING, READY, READY), []),
        ((LOADING, GONE, GONE), [DOWN]),
        ((READY, GONE, GONE, READY, READY, GONE), [DOWN, BACK, DOWN]),
        ((OFF, OFF), []),
    ],
)
def test_only_changes_are_told(states, told):
    watch = Watch()
    assert [message for state in states if (message := watch.change(state))] == told


@pytest.mark.django_db
def test_every_project_hears_it_and_a_second_process_does_not_repeat_it():
    slugs = [project(slug).slug for slug in ("arena", "forum")]
    model_watch.tell(DOWN, NOON)
    model_watch.tell(DOWN, NOON + timedelta(minutes=1))
    model_watch.tell(BACK, NOON + timedelta(minutes=2))
    model_watch.tell(DOWN, NOON + timedelta(minutes=9))
    told = OutboxEvent.objects.filter(type=SYSTEM_NOTIFICATION).order_by("created_at", "project")
    expected = [("error", DOWN, True), ("success", BACK, False), ("error", DOWN, True)]
    assert [
        (row.project.slug, (row.data["type"], row.data["message"], row.data["persistent"]))
        for row in told
    ] == [(slug, each) for each in expected for slug in slugs]
