"""How matches, rules, failures and history add up to a verdict."""

import pytest

from moderation.engine.custom_rules.ruleset import RuleSpec, build_ruleset
from moderation.engine.matches import Category, Classification, RuleHit
from moderation.engine.verdict.author_record import (
    AuthorRecord,
    apply_author_record,
    is_flood,
    next_ban,
)
from moderation.engine.verdict.decide import decide, engine_failure_verdict
from moderation.engine.verdict.policy import PRESETS, policy_from_dict
from moderation.engine.verdict.scoring import category_scores, message_score
from tests.engine.judging import BALANCED, found_in, verdict_on


def scored(score, hits=(), failed=()):
    categories = {Category.HARASSMENT: score} if score else {}
    found = Classification("en", (), (), hits, categories, score, failed)
    return decide(found, BALANCED)


def hit(action, priority=1, *, shadow=False):
    return RuleHit(action, f"my {action}", action, priority, shadow)


@pytest.mark.parametrize(
    ("score", "kind", "severity"),
    [
        (0.29, "allow", "none"),
        (0.3, "warn", "low"),
        (0.1 + 0.2, "warn", "low"),
        (0.6, "flag", "medium"),
        (0.3 + 0.3 + 0.3, "block", "high"),
    ],
)
def test_thresholds_include_their_own_value(score, kind, severity):
    verdict = scored(score)
    assert (verdict.kind, verdict.severity) == (kind, severity)


def test_further_matches_add_a_tenth_up_to_three():
    matches = found_in("damn shit hell crap damn").matches
    assert category_scores(matches) == {Category.PROFANITY: 0.7}


def test_each_further_category_adds_a_tenth():
    scores = {Category.PROFANITY: 0.8, Category.HARASSMENT: 0.75}
    assert message_score(scores) == 0.9


def test_the_strongest_category_is_the_first_reason():
    assert verdict_on("damn idiot").reasons == ("harassment", "profanity")


def test_an_approving_rule_overrides_the_score():
    verdict = scored(1.0, (hit("approve"),))
    assert (verdict.kind, verdict.reasons) == ("allow", ("rule:my approve",))
    assert verdict.is_ruled_by_approve


def test_a_rejecting_rule_ends_the_walk_before_an_approving_one():
    verdict = scored(0.0, (hit("approve", 2), hit("reject", 1)))
    assert (verdict.kind, verdict.moderator_name) == ("block", "my reject")


def test_a_warning_rule_never_makes_a_verdict_milder():
    verdict = scored(0.9, (hit("warn"),))
    assert verdict.kind == "block"
    assert verdict.reasons == ("harassment", "rule:my warn")


def test_a_shadow_rule_is_counted_but_not_applied():
    assert scored(0.0, (hit("reject", shadow=True),)).reasons == ()


def test_what_nothing_could_judge_follows_the_policy():
    verdict = scored(0.0, failed=("lexicon",))
    assert verdict == engine_failure_verdict(BALANCED)
    assert (verdict.kind, verdict.reasons) == ("flag", ("engine_failure",))
    assert verdict.moderator_type == "system"


def test_what_remains_of_a_broken_engine_judges():
    assert scored(0.9, failed=("pii",)).reasons == ("harassment",)


def test_a_broken_part_is_named_and_the_rest_goes_on(monkeypatch):
    monkeypatch.setattr("moderation.engine.classify.find_pii", lambda *_: 1 / 0)
    found = found_in("you idiot")
    assert found.failed == ("pii",)
    assert found.detected_words == ["idiot"]


def test_strict_takes_a_mild_word_for_harmless():
    assert verdict_on("damn", PRESETS["strict"]).kind == "allow"


def test_a_whitelisted_author_is_allowed():
    verdict = verdict_on("fuck", record=AuthorRecord(is_whitelisted=True))
    assert (verdict.kind, verdict.reasons) == ("allow", ("whitelisted_user",))


def test_a_banned_author_is_judged_like_others():
    standing = AuthorRecord(is_banned=True, is_whitelisted=True, recent_violations=9)
    assert verdict_on("damn", record=standing) == verdict_on("damn")


def test_an_allowed_text_stays_allowed_for_a_repeat_offender():
    assert verdict_on("hello", record=AuthorRecord(recent_violations=9)).kind == "allow"


def test_two_earlier_violations_are_not_enough():
    assert verdict_on("damn", record=AuthorRecord(recent_violations=2)).kind == "warn"


def test_the_sixth_violation_in_a_minute_is_a_flood():
    verdict = verdict_on("damn")
    standing = AuthorRecord(burst_violations=5)
    assert is_flood(standing, verdict, BALANCED)
    assert apply_author_record(standing, verdict, BALANCED).reasons == ("profanity", "flood")


@pytest.mark.parametrize(
    ("strikes", "ban"), [(2, None), (3, "temporary"), (4, "temporary"), (5, "permanent")]
)
def test_strikes_lead_up_the_ladder_of_bans(strikes, ban):
    assert next_ban(strikes, BALANCED) == ban


def test_a_threshold_of_zero_does_not_punish_silence():
    policy = policy_from_dict({"thresholds": {"warn": 0, "flag": 0, "block": 0.9}})
    assert verdict_on("hello", policy).kind == "allow"


def test_a_rule_of_the_project_reaches_the_verdict():
    spec = RuleSpec("7", "No crypto", "keyword", "flag", 1, {"keywords": ["bitcoin"]})
    verdict = verdict_on("buy BITC0IN", ruleset=build_ruleset(rules=[spec]))
    assert (verdict.kind, verdict.reasons) == ("flag", ("rule:No crypto",))
    assert verdict.rule_name == "No crypto"


@pytest.mark.parametrize("text", ["THIS IS ALL CAPS", "sooooooo", "ha ha ha ha ha"])
@pytest.mark.parametrize("preset", ["balanced", "strict"])
def test_form_alone_is_no_violation_and_no_repeat_offence(text, preset):
    policy = PRESETS[preset]
    record = AuthorRecord(recent_violations=3, burst_violations=6)
    verdict = verdict_on(text, policy, record=record, score_request=None)
    assert verdict.kind in {"allow", "warn"}
    assert not verdict.is_violation
    assert not {"repeat_offender", "flood"} & set(verdict.reasons)


@pytest.mark.parametrize("text", ["DAMN THIS IS ALL CAPS", "damn sooooooo"])
def test_form_beside_a_coarse_word_is_a_violation(text):
    assert verdict_on(text, score_request=None).is_violation


@pytest.mark.parametrize(
    ("text", "is_toxic"),
    [
        ("you idiot", True),
        ("I will kill you", True),
        ("damn", False),
        ("damn, mail john@example.com", False),
        ("\U0001f600" * 11, False),
        ("hello there", False),
    ],
)
def test_toxic_is_what_flags_for_more_than_spam_and_personal_data(text, is_toxic):
    assert verdict_on(text).is_toxic is is_toxic
