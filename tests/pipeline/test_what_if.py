"""Trying a text or a rule: the verdict, what would change it, and what the author reads."""

import pytest

from moderation import rules
from moderation.models import ModerationLog
from moderation.pipeline.what_if import try_rule, try_text
from moderation.rules import Draft
from tests.messages import project, words

pytestmark = pytest.mark.django_db
EMAIL = "joe.bloggs@example.com"


def changes(arena, text, **options):
    """Return the verdicts that a change would bring, by what would change."""
    found = try_text(arena, text, **options).changes
    return {change.what: str(change.verdict.kind) for change in found}


def test_a_tried_text_is_shown_with_what_was_found(arena):
    tried = try_text(arena, f"flagword, {EMAIL}")
    assert (tried.content, tried.severity, str(tried.verdict.kind)) == (
        f"flagword, {EMAIL}", "medium", "flag",
    )  # fmt: skip
    assert [row["text"] for row in tried.matches] == ["flagword"]
    assert [(row["type"], row["text"]) for row in tried.pii] == [("EMAIL", EMAIL)]
    assert tried.policy.preset == "balanced"
    assert not ModerationLog.objects.exists()


def test_a_preset_replaces_the_project_s_policy():
    arena = project(preset="strict")
    words(arena)
    assert try_text(arena, "warnword").policy.preset == "strict"
    tried = try_text(arena, "warnword", preset="advisory")
    assert (tried.policy.preset, tried.judgement.policy.preset) == ("advisory", "advisory")


def test_what_would_change_the_verdict_is_named(arena):
    assert changes(arena, "warnword") == {
        "without “warnword”": "allow",
        "after 3 violations in 24 h": "block",
    }
    assert changes(arena, "warnword", has_history=True) == {
        "without “warnword”": "allow",
        "under the preset strict": "warn",
        "under the preset advisory": "warn",
        "by an author without history": "warn",
    }
    assert changes(arena, f"write to {EMAIL}")["without the personal data"] == "allow"
    assert changes(arena, "Hello world") == {}


def test_a_word_is_left_out_wherever_it_stands(arena):
    assert changes(arena, "flagword and flagword")["without “flagword”"] == "allow"
    assert changes(arena, "warnword blockword")["without “blockword”"] == "warn"


@pytest.mark.parametrize(
    ("text", "preset", "reads"),
    [
        ("Hello world", "", "Message approved."),
        ("warnword", "", "Please mind your language."),
        ("flagword", "", "Your message awaits review."),
        ("blockword", "", "Warning. Strike 1/3"),
        ("blockword", "advisory", "Your message was blocked."),
        ("warnword", "strict", "Warning. Strike 1/3"),
        ("My number is 536-90-4399", "", "Your message was blocked."),
    ],
)
def test_the_author_reads_what_follows(arena, text, preset, reads):
    assert try_text(arena, text, preset=preset).author_reads == reads


def test_the_language_of_the_text_may_be_named(arena):
    tried = try_text(arena, "flagword", language="es")
    assert tried.author_reads == "Tu mensaje espera revisión."


# --- A rule


def draft(action="flag", keyword="bitcoin", **fields):
    return Draft("No coins", "keyword", action, {"keywords": [keyword]}, **fields)


def kinds(tried):
    return [(str(one.verdict.kind), str(one.verdict_without.kind)) for one in tried]


def test_a_tried_rule_acts_as_if_it_were_active_and_only_its_matches_are_shown(arena):
    texts = ["buy bitcoin now", "flagword bitcoin", "Hello world"]
    tried = try_rule(arena, draft("reject", shadow=True, is_active=False), texts)
    assert [one.content for one in tried] == texts
    assert kinds(tried) == [("block", "allow"), ("block", "flag"), ("allow", "allow")]
    assert [one.changes_verdict for one in tried] == [True, True, False]
    assert [[row["text"] for row in one.matches] for one in tried] == [["bitcoin"]] * 2 + [[]]
    assert [one.severity for one in tried] == ["high", "high", "none"]
    assert [one.hit and one.hit.shadow for one in tried] == [False, False, None]


def test_a_rule_that_adds_nothing_changes_no_verdict(arena):
    (tried,) = try_rule(arena, draft("warn"), ["blockword bitcoin"])
    assert (tried.changes_verdict, tried.hit is None) == (False, False)


def test_other_rules_stay_and_the_stored_one_gives_way(arena):
    shape = {"type": "keyword", "action": "reject"}
    stored = rules.create_rule(
        arena, "tests", {**shape, "name": "gold", "config": {"keywords": ["gold"]}}
    )
    text = ["gold and bitcoin"]
    assert kinds(try_rule(arena, draft(), text)) == [("block", "block")]
    assert kinds(try_rule(arena, draft(), text, instead_of=str(stored.pk))) == [("flag", "allow")]


def test_a_rule_about_authors_is_tried_with_their_names(arena):
    about = Draft("Ban zed", "user", "reject", {"user_ids": ["zed"]})
    assert kinds(try_rule(arena, about, ["zed", "ana"])) == [
        ("block", "allow"),
        ("allow", "allow"),
    ]
