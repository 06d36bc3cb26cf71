"""What status, action and approval each verdict leads to, under every preset."""

import pytest

from tests.messages import project, send, words

ALLOW, WARN, FLAG, BLOCK = "Hello world", "warnword", "flagword", "blockword"
#: preset, content → verdict, is_approved, status, action, strikes, has a review
TABLE = [
    ("balanced", ALLOW, ("allow", True, "approved", "approved", 0, False)),
    ("balanced", WARN, ("warn", True, "approved", "warning", 0, False)),
    ("balanced", FLAG, ("flag", True, "flagged", "flagged", 0, True)),
    ("balanced", BLOCK, ("block", False, "rejected", "warning", 1, False)),
    ("strict", ALLOW, ("allow", True, "approved", "approved", 0, False)),
    ("strict", WARN, ("warn", False, "rejected", "warning", 1, False)),
    ("strict", FLAG, ("flag", False, "flagged", "warning", 1, True)),
    ("strict", BLOCK, ("block", False, "rejected", "warning", 1, False)),
    ("advisory", ALLOW, ("allow", True, "approved", "approved", 0, False)),
    ("advisory", WARN, ("warn", True, "approved", "warning", 0, False)),
    ("advisory", FLAG, ("flag", True, "flagged", "flagged", 0, True)),
    ("advisory", BLOCK, ("block", False, "rejected", "blocked", 0, True)),
]


def row(outcome):
    log = outcome.log
    fields = (log.verdict, log.is_approved, log.status, log.action, log.strike_count)
    return (*fields, outcome.review_id is not None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("preset", "content", "expected"), TABLE, ids=[f"{p}-{c}" for p, c, _ in TABLE]
)
def test_verdict_gives_status_and_action(preset, content, expected):
    arena = project(preset=preset)
    words(arena)
    assert row(send(arena, content)) == expected


@pytest.mark.django_db
def test_blocks_may_be_queued():
    arena = project(queue_blocks=True)
    words(arena)
    assert row(send(arena, BLOCK)) == ("block", False, "rejected", "warning", 1, True)


@pytest.mark.django_db
def test_severity_follows_the_projects_thresholds():
    arena = project(thresholds={"warn": 0.1, "flag": 0.2, "block": 0.5})
    words(arena)
    assert send(arena, WARN).log.severity == "high"


def test_a_social_number_is_blocked_without_a_strike(arena):
    outcome = send(arena, "My number is 536-90-4399")
    assert row(outcome) == ("block", False, "rejected", "blocked", 0, False)
    assert (outcome.log.stage, outcome.log.strikes.count()) == ("pre-check", 0)


def test_a_broken_engine_never_approves_silently(arena, monkeypatch):
    monkeypatch.setattr(
        "moderation.pipeline.moderate.classifying_once", lambda *_args, **_options: 1 / 0
    )
    outcome = send(arena, "Hello world")
    assert row(outcome) == ("flag", True, "flagged", "flagged", 0, True)
    assert (outcome.log.reasons, outcome.log.moderator_type) == (["engine_failure"], "system")


@pytest.mark.django_db
def test_a_ban_that_waits_for_a_moderator_is_told_as_that():
    arena = project(ban_requires_review=True)
    words(arena)
    outcomes = [send(arena, f"{BLOCK} {number}") for number in range(6)]
    assert [outcome.ban for outcome in outcomes] == [None] * 6
    assert [outcome.log.message for outcome in outcomes[1:4]] == [
        "Warning. Strike 2/3",
        "Warning. Strike 3. A moderator will decide about a ban.",
        "Warning. Strike 4. A moderator will decide about a ban.",
    ]
    assert [outcome.log.stage for outcome in outcomes[1:3]] == ["rules", "human-review"]
    assert [outcome.review_id is None for outcome in outcomes[1:3]] == [True, False]


@pytest.mark.django_db
def test_strikes_above_the_ladder_have_no_limit():
    arena = project(auto_ban=False)
    words(arena)
    said = [send(arena, f"{BLOCK} {number}").log.message for number in range(6)]
    assert said == [
        "Warning. Strike 1/3",
        "Warning. Strike 2/3",
        "Warning. Strike 3/3",
        "Warning. Strike 4/5",
        "Warning. Strike 5/5",
        "Warning. Strike 6",
    ]
