"""Every field of a verdict, by what decided it."""

from dataclasses import replace

import pytest

from moderation.engine.matches import (
    Category,
    Classification,
    Match,
    ModelFinding,
    PiiMatch,
    PiiType,
    RuleHit,
    Source,
)
from moderation.engine.verdict.author_record import (
    AuthorRecord,
    apply_author_record,
    is_flood,
    is_repeat_offence,
    next_ban,
    next_step,
)
from moderation.engine.verdict.decide import counted_hits, decide, engine_failure_verdict
from moderation.engine.verdict.policy import PRESETS, policy_from_dict
from moderation.engine.verdict.scoring import message_score, total_of, without_overlaps
from moderation.engine.verdict.verdict import Severity, Stage, Verdict, VerdictKind
from tests.engine.judging import BALANCED

KINDS = dict(zip(VerdictKind, Severity, strict=True))
EMAIL, SSN = (PiiMatch(kind, 0, 1, "x") for kind in (PiiType.EMAIL, PiiType.US_SSN))


def match(score, category=Category.INSULT, source=Source.LEXICON, start=0, **fields):
    return Match(start, start + 1, "x", category, source, score, fields.pop("word", "x"), **fields)


def found(*matches, model=None, **fields):
    """Return what a text with these matches is classified as."""
    total = total_of(matches)
    model = ModelFinding(**model) if model else ModelFinding()
    shape = {"categories": total.categories, "score": total.score, "model_finding": model}
    return Classification("en", matches, **{**shape, **fields})


def verdict(kind, **fields):
    """Return a verdict of the lexicon with these fields."""
    shape = {
        "severity": KINDS[kind], "score": 0.0, "reasons": (), "stage": Stage.RULES,
        "moderator_type": "rule", "moderator_name": "Lexicon",
    }  # fmt: skip
    return Verdict(kind, **{**shape, **fields})


ALLOW, WARN, FLAG, BLOCK = VerdictKind
CLEAN = verdict(ALLOW, stage=Stage.APPROVED)


def hit(action, name="mine", priority=1, *, shadow=False):
    return RuleHit(name, name, action, priority, shadow)


def ruled(kind, **fields):
    """Return the verdict of the rule `mine`."""
    name = {"moderator_name": "mine", "rule_name": "mine", "reasons": ("rule:mine",)}
    return verdict(kind, **{**name, "is_toxic": kind in (FLAG, BLOCK), **fields})


@pytest.mark.parametrize(
    ("finding", "decided"),
    [
        (found(), CLEAN),
        (found(match(0.2)), replace(CLEAN, score=0.2)),
        (found(match(0.5)), verdict(WARN, score=0.5, reasons=("insult",))),
        (found(match(0.75)), verdict(FLAG, score=0.75, reasons=("insult",), is_toxic=True)),
        (
            found(match(0.75, Category.SPAM, Source.SPAM)),
            verdict(FLAG, score=0.75, reasons=("spam",), moderator_name="Spam"),
        ),
        (
            found(match(0.95, source=Source.BLACKLIST), match(0.5, Category.THREAT)),
            verdict(
                BLOCK, score=1.0, reasons=("insult", "threat"), moderator_name="Blacklist",
                is_toxic=True,
            ),
        ),
        (
            found(match(0.5, Category.SPAM, Source.SPAM, word="duplicate")),
            verdict(WARN, score=0.5, reasons=("spam", "duplicate"), moderator_name="Spam"),
        ),
        (
            found(pii=(EMAIL,)),
            verdict(
                FLAG, reasons=("personal_info",), stage=Stage.PRE_CHECK, moderator_name="PII"
            ),
        ),
        (
            found(match(0.95), pii=(EMAIL,)),
            verdict(BLOCK, score=0.95, reasons=("insult", "personal_info"), is_toxic=True),
        ),
        (
            found(match(0.5), pii=(EMAIL, SSN)),
            verdict(
                BLOCK, score=0.5, reasons=("personal_info",), stage=Stage.PRE_CHECK,
                moderator_name="PII", may_strike=False,
            ),
        ),
    ],
    ids=lambda value: str(getattr(value, "kind", "")),
)  # fmt: skip
def test_matches_and_personal_data_decide(finding, decided):
    assert decide(finding, BALANCED) == decided


@pytest.mark.parametrize(
    ("hits", "before", "decided"),
    [
        ((hit("warn"),), (), ruled(WARN)),
        ((hit("flag"),), (), ruled(FLAG)),
        ((hit("reject"),), (), ruled(BLOCK)),
        ((hit("flag"),), (match(0.5),), ruled(FLAG, score=0.5, reasons=("insult", "rule:mine"))),
        (
            (hit("flag"),),
            (match(0.75),),
            verdict(FLAG, score=0.75, reasons=("insult", "rule:mine"), is_toxic=True),
        ),
        (
            (hit("approve"),),
            (match(0.95),),
            ruled(ALLOW, is_ruled_by_approve=True),
        ),
        ((hit("flag"), hit("approve", priority=2)), (), ruled(ALLOW, is_ruled_by_approve=True)),
        ((hit("reject", shadow=True),), (), CLEAN),
        (
            (hit("flag", "second", 2), hit("flag")),
            (),
            ruled(FLAG, reasons=("rule:mine", "rule:second")),
        ),
    ],
)
def test_rules_decide(hits, before, decided):
    assert decide(found(*before, rule_hits=hits), BALANCED) == decided


def test_a_rule_makes_a_punishable_verdict_of_form_and_failure():
    form = match(0.4, Category.SPAM, Source.SPAM, word="capitals")
    for finding in (found(form), found(failed=("lexicon",))):
        raised = decide(replace(finding, rule_hits=(hit("reject"),)), BALANCED)
        assert (raised.may_strike, raised.is_form_only, raised.is_toxic) == (True, False, True)


@pytest.mark.parametrize("kind", [WARN, FLAG, BLOCK])
def test_a_failure_of_the_engine_decides_as_the_policy_says(kind):
    policy = policy_from_dict({"on_engine_failure": str(kind)})
    decided = verdict(
        kind, reasons=("engine_failure",), stage=Stage.PRE_CHECK, moderator_type="system",
        moderator_name="Policy", may_strike=False,
    )  # fmt: skip
    assert engine_failure_verdict(policy) == decided
    assert decide(found(failed=("pii", "model")), policy) == decided
    assert decide(found(failed=("model",)), policy) == CLEAN


@pytest.mark.parametrize(
    ("may", "kind", "score", "may_strike"),
    [("flag", FLAG, 0.89, False), ("strike", FLAG, 0.89, True), ("block", BLOCK, 0.95, True)],
)
def test_what_the_model_may_do_alone_is_limited_by_policy_and_model(may, kind, score, may_strike):
    alone = match(0.95, source=Source.MODEL)
    for policy_may, model_may in ((may, "block"), ("block", may)):
        finding = found(alone, model={"name": "Own", "score": 0.95, "may": model_may})
        decided = decide(finding, policy_from_dict({"model_may": policy_may}))
        assert decided == verdict(
            kind, score=pytest.approx(score), reasons=("insult",), stage=Stage.MODEL,
            moderator_type="ai", moderator_name="Own", may_strike=may_strike, is_toxic=True,
        )  # fmt: skip


def test_of_equals_the_rules_speak_and_a_nameless_model_is_the_bundled_one():
    model, listed = match(0.75, source=Source.MODEL), match(0.75)
    assert decide(found(model, listed), BALANCED).moderator_name == "Lexicon"
    assert decide(found(model), BALANCED).moderator_name == "Bundled model"


def test_a_word_in_a_context_is_flagged_at_most_and_brings_no_strike():
    decided = decide(found(match(0.95, context="reported")), BALANCED)
    assert (decided.kind, decided.may_strike) == (FLAG, False)
    assert decided.score == pytest.approx(0.89)


def test_a_model_s_score_is_shown_though_it_does_not_count():
    decided = decide(found(match(0.2), model={"score": 0.25}), BALANCED)
    assert (decided.kind, decided.score) == (ALLOW, 0.25)


def test_the_rules_that_count_are_those_that_acted_and_the_shadows():
    hits = (
        hit("warn", "late", 9), hit("reject", "end", 5), hit("flag", "first", 1),
        hit("reject", "hidden", 0, shadow=True),
    )  # fmt: skip
    assert [one.name for one in counted_hits(hits)] == ["first", "end", "hidden"]


# --- The author's record


def test_a_trusted_author_s_verdict_is_the_policy_s():
    judged = verdict(BLOCK, score=0.9, reasons=("insult",), rule_name="mine", is_toxic=True)
    trusted = apply_author_record(AuthorRecord(is_whitelisted=True), judged, BALANCED)
    assert trusted == verdict(
        ALLOW, score=0.9, reasons=("whitelisted_user",), stage=Stage.PRE_CHECK,
        moderator_type="system", moderator_name="Policy", may_strike=False,
    )  # fmt: skip


def test_a_repeat_offence_and_a_flood_are_told_beside_what_was_found():
    judged = verdict(WARN, score=0.4, reasons=("insult",))
    record = AuthorRecord(recent_violations=3, burst_violations=5)
    assert apply_author_record(record, judged, BALANCED) == verdict(
        BLOCK, score=0.4, reasons=("insult", "repeat_offender", "flood"),
        moderator_type="system", moderator_name="Policy",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("judged", "violations", "is_repeated"),
    [
        (verdict(WARN), 3, True),
        (verdict(FLAG), 4, True),
        (verdict(WARN), 2, False),
        (verdict(ALLOW), 3, False),
        (verdict(BLOCK), 3, False),
        (verdict(WARN, may_strike=False), 3, False),
    ],
)
def test_who_is_a_repeat_offender(judged, violations, is_repeated):
    record = AuthorRecord(recent_violations=violations)
    assert is_repeat_offence(record, judged, BALANCED) is is_repeated


@pytest.mark.parametrize(
    ("judged", "violations", "is_over"),
    [
        (verdict(WARN), 5, True),
        (verdict(WARN), 4, False),
        (verdict(ALLOW), 9, False),
        (verdict(WARN, is_form_only=True), 9, False),
    ],
)
def test_what_is_a_flood(judged, violations, is_over):
    assert is_flood(AuthorRecord(burst_violations=violations), judged, BALANCED) is is_over


def test_the_ladder_s_next_step():
    assert [next_step(strikes, BALANCED) for strikes in range(7)] == [3, 3, 3, 3, 5, 5, None]
    bans = [next_ban(strikes, BALANCED) for strikes in range(2, 7)]
    assert bans == [None, "temporary", "temporary", "permanent", "permanent"]


# --- Scores


def test_scores_add_up_and_end_at_one():
    assert message_score({}) == 0.0
    assert message_score({Category.INSULT: 0.3, Category.THREAT: 0.1, Category.SPAM: 0.1}) == 0.5
    assert message_score({Category.INSULT: 0.95, Category.THREAT: 0.1}) == 1.0
    assert total_of([]).categories == {}
    five = total_of(match(0.2) for _ in range(5))
    assert (five.score, five.categories) == (0.5, {Category.INSULT: 0.5})
    assert total_of([match(0.9), match(0.1)]).score == 1.0


@pytest.mark.parametrize(
    "fields", [{"source": Source.MODEL}, {"is_lowered": True}, {"context": "reported"}]
)
def test_what_adds_nothing_can_only_raise(fields):
    for score, total in ((0.3, 0.5), (0.7, 0.7)):
        found_ = total_of([match(0.5), match(score, **fields)])
        assert (found_.score, found_.categories) == (total, {Category.INSULT: total})
    alone = total_of([match(0.4, Category.THREAT, **fields)])
    assert (alone.score, alone.categories) == (0.4, {Category.THREAT: 0.4})


def test_of_matches_that_share_letters_the_strongest_stays():
    def span(start, end, score, source=Source.LEXICON, word=""):
        return Match(start, end, "", Category.INSULT, source, score, word)

    weak, strong = span(0, 4, 0.4), span(3, 6, 0.5)
    beside, spam = span(6, 8, 0.1), span(0, 8, 0.3, Source.SPAM)
    assert without_overlaps([weak, beside, strong, spam]) == (spam, strong, beside)
    own, other = span(0, 2, 0.5, Source.BLACKLIST), span(0, 4, 0.5)
    assert without_overlaps([other, own]) == (own,)
    longer = span(1, 5, 0.5)
    assert without_overlaps([span(0, 3, 0.5), longer]) == (longer,)
    first, second = span(0, 3, 0.5), span(2, 5, 0.5)
    assert without_overlaps([second, first]) == (first,)
    assert without_overlaps([]) == ()


def test_the_presets_differ_where_they_say():
    assert PRESETS["strict"].thresholds.warn == 0.5
    assert decide(found(match(0.4)), PRESETS["strict"]).kind == ALLOW
