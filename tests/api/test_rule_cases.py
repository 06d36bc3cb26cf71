"""The rule cases and the timeline of strikes, through POST moderation/check."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from tests.messages import NOON

CASES = json.loads((Path(__file__).parents[1] / "data" / "rule_cases.json").read_text())["cases"]
#: Words that warn, so that earlier violations do not change each other.
EARLIER = ("damn", "shit", "hell", "crap")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_case_gets_an_acceptable_verdict(api, clock, case):
    for word in EARLIER[: case.get("violations", 0)]:
        api.check(word)
        clock.shift(MINUTE)
    for _ in range(case.get("repeats", 0)):
        api.check(case["text"])
    answer = api.check(case["text"])
    assert answer["verdict"] in case["verdicts"]
    assert case.get("reason") in {None, *answer["reasons"]}
    assert case.get("pii") in {None, *(found["type"] for found in answer["pii"])}


@pytest.fixture
def timeline(api, clock):
    """Return the answers to damn, shit, hell and crap, ten minutes apart."""
    answers = []
    for word in EARLIER:
        answers.append(api.check(word))
        clock.shift(10 * MINUTE)
    return answers


def test_the_first_three_of_the_timeline_warn(timeline):
    assert [answer["verdict"] for answer in timeline[:3]] == ["warn"] * 3


def test_the_fourth_of_the_timeline_is_blocked_for_repetition(timeline):
    fourth = timeline[3]
    assert (fourth["verdict"], fourth["severity"]) == ("block", "high")
    assert fourth["reasons"] == ["profanity", "repeat_offender"]


def test_a_day_later_the_author_is_judged_normally_again(timeline, api, clock):
    clock.move_to(NOON + timedelta(hours=25))
    answer = api.check("damn")
    assert (answer["verdict"], answer["reasons"]) == ("warn", ["profanity"])
