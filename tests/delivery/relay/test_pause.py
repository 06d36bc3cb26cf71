"""Under load the relay gathers events; few of them wait only a moment."""

from moderation.delivery.relay.loop import (
    LONGEST_PAUSE_SECONDS,
    SHORTEST_PAUSE_SECONDS,
    pause_after,
)


def test_the_more_events_the_longer_the_pause():
    assert pause_after(0) == SHORTEST_PAUSE_SECONDS
    pauses = [pause_after(events) for events in (0, 2, 10, 500)]
    assert pauses == sorted(pauses)
    assert pauses[1] < 0.01
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_at_100_checks_a_second_events_wait_little_longer_than_alone():
    pause = SHORTEST_PAUSE_SECONDS
    for _ in range(20):
        pause = pause_after(round(100 * pause))
    assert pause < 1.5 * SHORTEST_PAUSE_SECONDS


def test_under_load_there_are_twenty_ticks_a_second():
    pause = SHORTEST_PAUSE_SECONDS
    for _ in range(50):
        pause = pause_after(round(500 * pause))
    assert pause == LONGEST_PAUSE_SECONDS
