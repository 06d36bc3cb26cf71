"""Rules by type: what they hit, and what is refused before it is saved."""

import pytest

from moderation.engine.custom_rules.ai import use_provider
from moderation.engine.custom_rules.ruleset import (
    PatternError,
    RuleError,
    RuleSpec,
    build_ruleset,
    validate_pattern,
    validate_rule,
)
from moderation.engine.rule_examples import failed_examples
from tests.engine.judging import found_in, verdict_on


def rule(kind, **config):
    return RuleSpec("1", "mine", kind, "flag", 1, config)


def is_hit(spec, text, **facts):
    return bool(found_in(text, build_ruleset(rules=[spec]), **facts).rule_hits)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (rule("keyword", keywords=["Bitcoin"]), "b1tcoin!"),
        (rule("keyword", keywords=["IT"], case_sensitive=True), "our IT team"),
        (rule("regex", pattern="ab+c", flags=["i"]), "xABBc"),
        (rule("category", category="profanity", at_least=0.4), "damn"),
        (rule("pii", types=["EMAIL"]), "a@example.com"),
        (rule("spam", signals=["stretched"]), "nooooo"),
    ],
    ids=lambda value: getattr(value, "type", None),
)
def test_a_rule_hits_what_it_names(spec, text):
    validate_rule(spec)
    assert is_hit(spec, text)


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (rule("keyword", keywords=["IT"], case_sensitive=True), "it is IThaca"),
        (rule("regex", pattern="ab+c"), "ABC"),
        (rule("category", category="profanity", at_least=0.5), "damn"),
        (rule("pii", types=["PHONE"]), "a@example.com"),
        (rule("spam", signals=["links"]), "nooooo"),
    ],
    ids=lambda value: getattr(value, "type", None),
)
def test_a_rule_leaves_the_rest_alone(spec, text):
    assert not is_hit(spec, text)


def test_a_user_rule_hits_its_authors_only():
    spec = rule("user", user_ids=["42"])
    assert is_hit(spec, "hi", user_id="42")
    assert not is_hit(spec, "hi", user_id="43")


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (rule("keyword", keywords=[]), "config.keywords"),
        (rule("keyword", keywords=["\u200b"]), "config.keywords"),
        (rule("regex", pattern="("), "config.pattern"),
        (rule("regex", pattern="a", flags=["x"]), "config.pattern"),
        (rule("category", category="rude"), "config.category"),
        (rule("category", category="threat", at_least=2), "config.at_least"),
        (rule("pii", types=["NAME"]), "config.types"),
        (rule("spam", signals=["noise"]), "config.signals"),
        (rule("user", user_ids=[1]), "config.user_ids"),
        (rule("magic"), "type"),
        (RuleSpec("1", "mine", "user", "hug", 1, {"user_ids": ["1"]}), "action"),
    ],
)
def test_a_wrong_rule_is_refused_by_field(spec, field):
    with pytest.raises(RuleError) as refusal:
        validate_rule(spec)
    assert refusal.value.field == field


def test_a_prompt_rule_needs_a_provider():
    with pytest.raises(RuleError, match="no AI provider configured"):
        validate_rule(rule("ai_prompt", prompt="is it rude?"))


def test_a_prompt_rule_without_provider_never_hits():
    assert not is_hit(rule("ai_prompt", prompt="is it rude?"), "you idiot")


class Answering:
    """A provider that finds what contains the prompt."""

    def ask(self, prompt, text):
        return f"it says {prompt}" if prompt in text else None


@pytest.fixture
def answering():
    use_provider(Answering())
    yield
    use_provider(None)


def test_a_prompt_rule_hits_what_its_provider_finds(answering):
    assert is_hit(rule("ai_prompt", prompt="idiot"), "you idiot")
    assert not is_hit(rule("ai_prompt", prompt="idiot"), "good day")


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_a_prompt_rule_neither_approves_nor_rejects(answering, action):
    spec = RuleSpec("1", "mine", "ai_prompt", action, 1, {"prompt": "idiot"})
    with pytest.raises(RuleError) as refusal:
        validate_rule(spec)
    assert refusal.value.field == "action"


@pytest.mark.parametrize("prompt", [None, "", " ", 5, "x" * 2001])
def test_a_prompt_is_a_text(answering, prompt):
    with pytest.raises(RuleError) as refusal:
        validate_rule(rule("ai_prompt", prompt=prompt))
    assert refusal.value.field == "config.prompt"


@pytest.mark.parametrize(
    ("pattern", "reason", "position"),
    [
        (r"(a)\1", "backreferences", 3),
        (r"ab(?=c)", "lookahead", 2),
        (r"(?<!x)y", "lookbehind", 0),
        (r"(?>a)", "atomic", 0),
        ("a[b", "missing ]", 1),
        ("*a", "no argument", 0),
    ],
)
def test_a_pattern_that_cannot_run_says_why_and_where(pattern, reason, position):
    with pytest.raises(PatternError, match=reason) as refusal:
        validate_pattern(pattern)
    assert refusal.value.position == position


@pytest.mark.parametrize("pattern", ["a*", "", "^", "(x|)", "\\b", "$"])
def test_a_pattern_that_matches_nothing_is_refused(pattern):
    with pytest.raises(PatternError):
        validate_pattern(pattern)


def numbered(name, action, priority, *, shadow=False, word="crypto"):
    return RuleSpec(name, name, "keyword", action, priority, {"keywords": [word]}, shadow)


def judged_by(*rules, text="crypto"):
    return verdict_on(text, ruleset=build_ruleset(rules=rules))


def test_rules_run_by_priority_whatever_their_order():
    verdict = judged_by(numbered("late", "reject", 9), numbered("early", "approve", 1))
    assert (verdict.kind, verdict.rule_name) == ("allow", "early")


def test_an_approving_rule_overrides_words_and_personal_data():
    verdict = judged_by(numbered("ok", "approve", 1), text="crypto you idiot a@example.com")
    assert (verdict.kind, verdict.reasons) == ("allow", ("rule:ok",))


def test_two_warning_rules_are_both_named():
    verdict = judged_by(numbered("one", "warn", 1), numbered("two", "flag", 2))
    assert verdict.kind == "flag"
    assert verdict.reasons == ("rule:one", "rule:two")


def test_a_shadow_rule_is_reported_and_changes_nothing():
    ruleset = build_ruleset(rules=[numbered("quiet", "reject", 1, shadow=True)])
    hits = found_in("crypto", ruleset).rule_hits
    assert [(hit.name, hit.shadow) for hit in hits] == [("quiet", True)]
    assert verdict_on("crypto", ruleset=ruleset).kind == "allow"


def test_a_shadow_rule_does_not_end_the_walk():
    verdict = judged_by(numbered("quiet", "approve", 1, shadow=True), numbered("loud", "reject", 2))
    assert verdict.rule_name == "loud"


def test_a_hit_says_where_the_rule_matched():
    ruleset = build_ruleset(rules=[rule("keyword", keywords=["crypto"])])
    (match,) = found_in("buy cr\u200bypt0 now", ruleset).rule_hits[0].matches
    assert (match.start, match.end, match.text, match.rule_id) == (4, 11, "cr\u200bypt0", "1")


def test_examples_that_a_rule_gets_wrong_are_named():
    failed = failed_examples(
        rule("keyword", keywords=["crypto"]),
        build_ruleset(),
        must_match=["buy CRYPT0", "buy gold"],
        must_not_match=["cryptography", "crypto is banned"],
    )
    assert [str(example) for example in failed] == [
        "'buy gold' is not hit",
        "'crypto is banned' is hit",
    ]


def test_examples_of_a_shadow_rule_are_tried_too():
    spec = numbered("quiet", "reject", 1, shadow=True)
    assert failed_examples(spec, build_ruleset(), must_match=["crypto"]) == ()


def test_examples_of_a_user_rule_are_user_ids():
    spec = rule("user", user_ids=["42"])
    assert failed_examples(spec, build_ruleset(), must_match=["42"], must_not_match=["43"]) == ()


def test_examples_of_a_broken_rule_say_why_it_cannot_run():
    with pytest.raises(RuleError, match="lookahead"):
        failed_examples(rule("regex", pattern="a(?=b)"), build_ruleset(), must_match=["ab"])
