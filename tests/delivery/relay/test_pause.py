"""Under load the relay gathers events; few of them wait only a moment."""

from moderation.delivery.relay.loop import (
    LONGEST_PAUSE_SECONDS,
    SHORTEST_PAUSE_SECONDS,
    pause_after,
)


def test_the_more_events_the_longer_the_pause():
    assert pause_after(0) == SHORTEST_PAUSE_SECONDS
    pauses = [pause_after(events) for events in (0, 10, 50, 500)]
    assert pauses == sorted(pauses)
    assert pauses[1] < 2 * SHORTEST_PAUSE_SECONDS
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
