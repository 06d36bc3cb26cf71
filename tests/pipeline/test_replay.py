"""Stored content is judged again under the ruleset and policy of its time."""

import math
from datetime import timedelta

import pytest
from django.utils import timezone

from moderation import rules
from moderation.engine.detectors.pattern_cost import Budget
from moderation.models import ModerationLog, PolicyVersion, RulesetSnapshot
from moderation.pipeline.moderate import moderate
from moderation.pipeline.replay import replay, replay_all
from tests.messages import project, send, submission, words

pytestmark = pytest.mark.django_db
TEXTS = (
    "Hello world", "warnword", "a flagword here", "blockword", "my crypto", "gold for sale",
    "THIS IS ALL CAPS", "nooooo way", "mail a@example.com", "kya haal hai", "Eres un idiota",
    "You fucking idiot, die", "078-05-1120 is my number", "flagword in peace", "imported word",
    "damn good",
)  # fmt: skip
RULE = {"type": "keyword", "action": "reject", "config": {"keywords": ["crypto"]}}
#: Enough for every text to meet every author, and the thousand of the promise.
EACH = 260


def talk(of, start):
    """Moderate so many messages of seven authors, one each 20 s; some are repeated or edited."""
    for number in range(EACH):
        text = TEXTS[number % len(TEXTS)]
        send(
            of,
            f"{text} {number % 89}",
            after=start + timedelta(seconds=20 * number),
            user_id=f"author {number % 7}",
            # Four days in a minute are more than one author may send.
            is_counted=False,
            # One in forty edits its author's message before.
            message_id=f"{start} {number - 7 if number % 40 == 27 else number}",
        )
    for seconds in (1, 2, 3):
        send(of, "again", after=start + timedelta(hours=9, seconds=seconds), user_id="parrot")


def days_of_changes(of):
    """Talk for four days, between which words, phrases, authors, rules and policy change."""
    words(of)
    talk(of, timedelta(0))
    crypto = rules.create_rule(of, "tests", {**RULE, "name": "crypto"})
    shadow = {"name": "gold", "shadow": True, "config": {"keywords": ["gold"]}}
    rules.create_rule(of, "tests", {**RULE, **shadow})
    imported = {"language": "en", "category": "insult", "severity": "medium"}
    rules.import_words(of, "tests", [{"word": "imported", **imported}])
    talk(of, timedelta(days=1))
    rules.change_policy(of, "tests", {"preset": "strict", "repeat_offender": {"violations": 2}})
    rules.change_rule(crypto, "tests", {"action": "warn"})
    friend = rules.trust_author(of, "tests", "author 3")
    phrase = rules.allow_phrase(of, "tests", "flagword in peace")
    rules.change_word(of.blacklist.get(word="warnword"), "tests", {"score": 0.95})
    talk(of, timedelta(days=2))
    rules.distrust_author(friend, "tests")
    rules.disallow_phrase(phrase, "tests")
    rules.delete_rule(crypto, "tests")
    rules.remove_word(of.blacklist.get(word="blockword"), "tests")
    rules.change_policy(of, "tests", {"thresholds": {"warn": 0.2}, "languages": ["en"]})
    talk(of, timedelta(days=3))
    rules.change_policy(of, "tests", {"preset": "advisory"})
    rules.remove_word(of.blacklist.get(word="imported"), "tests")


@pytest.mark.slow
def test_a_thousand_contents_get_their_verdicts_again_after_every_change(monkeypatch):
    # A machine that halts for a quarter of a second counts as the time of an expression.
    monkeypatch.setattr("moderation.engine.classify.Budget", lambda: Budget(math.inf))
    arena = project()
    days_of_changes(arena)
    found = list(replay_all(ModerationLog.objects.filter(project=arena).select_related("project")))
    told = {reason for one in found for reason in one.log.reasons}
    assert [(one.log.content, one.differences, one.notes) for one in found if not one.is_same] == []
    assert len(found) >= 1000
    assert len({one.log.ruleset_version for one in found}) == 4
    assert {"rule:crypto", "duplicate", "repeat_offender", "whitelisted_user"} <= told


def test_a_word_counts_until_its_end():
    arena, now = project(), timezone.now()
    ending = {"word": "widget", "language": "*", "category": "other", "severity": "high"}
    rules.add_word(arena, "tests", {**ending, "expires_at": now + timedelta(hours=1)})
    log = moderate(submission(arena, "a widget"), now).log
    assert replay(log).is_same
    log.judged_at = now + timedelta(hours=2)
    assert replay(log).differences["verdict"] == ("block", "allow")


def test_another_verdict_is_named_field_by_field():
    log = send(project(), "Eres un idiota").log
    log.verdict, log.score = "allow", 0.1
    assert replay(log).differences == {"verdict": ("allow", "flag"), "score": (0.1, 0.75)}


def change_text(log):
    log.content = "Eres un ******"


def fail_in_part(log):
    log.degraded = ["lexicon"]


def delete_policies(_log):
    PolicyVersion.objects.all().delete()


def delete_snapshots(log):
    words(log.project)
    RulesetSnapshot.objects.all().delete()


@pytest.mark.parametrize(
    ("lose", "why"),
    [
        (change_text, "not stored as it was sent"),
        (fail_in_part, "failed at that time: lexicon"),
        (delete_policies, "Policy version 1 is no longer stored"),
        (delete_snapshots, "cannot be rebuilt"),
    ],
)
def test_what_cannot_be_judged_again_says_why(lose, why):
    log = send(project(), "Eres un idiota").log
    lose(log)
    found = replay(log)
    assert (found.verdict, found.is_same) == (None, False)
    assert why in found.notes[0]


def test_content_without_a_stored_author_record_is_replayed_by_its_reasons():
    arena = project()
    for step in range(4):
        log = send(arena, f"damn {step}", after=timedelta(minutes=step)).log
    log.standing, log.engine_version = None, "0.0.1"
    found = replay(log)
    assert (found.is_same, str(found.verdict.kind)) == (True, "block")
    assert len(found.notes) == 2
