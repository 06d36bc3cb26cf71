"""How a model's probabilities enter a verdict, whichever model it is."""

from dataclasses import asdict, dataclass, field, replace

import pytest

from moderation.engine.classify import classify
from moderation.engine.matches import Source
from moderation.engine.model.scorer import (
    Explanation,
    Levels,
    ModelUnavailableError,
    ScoreRequest,
    Scores,
    Span,
    State,
)
from moderation.engine.verdict.author_record import AuthorRecord, apply_author_record
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import Thresholds
from moderation.lib.highlight import segments
from tests.engine.judging import BALANCED, DEFAULT

LEVELS = Levels(warn=0.5, flag=0.8, lower=0.4)
BLOCKING = Levels(warn=0.5, flag=0.8, block=0.9)
PLAIN = "go and jump in your lake"
#: A clue to spam, which a model must not flag alone.
PROMOTION = "come to my channel"


@dataclass
class Parrot:
    """Says of every text what it was told."""

    labels: dict = field(default_factory=dict)
    spam: float = 0.0
    spans: tuple | None = None
    name: str = "Parrot"
    state: State = State.READY
    levels: Levels = LEVELS
    spam_levels: Levels = LEVELS
    may: str = "flag"

    def score(self, seen, wait):
        return Scores(self.labels, self.spam, lambda: Explanation(self.spans))


class Deaf(Parrot):
    def score(self, seen, wait):
        raise ModelUnavailableError


class Broken(Parrot):
    def score(self, seen, wait):
        return 1 / 0


def judged(text, scorer, policy=BALANCED):
    found = classify(text, DEFAULT, score_request=ScoreRequest(scorer))
    return found, decide(found, policy)


@pytest.mark.parametrize(
    ("probability", "worth"),
    [(0, 0), (0.25, 0.15), (0.5, 0.3), (0.65, 0.395), (0.8, 0.6), (0.9, 0.67), (1, 0.74)],
)
def test_a_probability_is_worth_a_score_by_its_levels(probability, worth):
    assert LEVELS.worth(probability) == worth


@pytest.mark.parametrize(("probability", "worth"), [(0.8, 0.6), (0.85, 0.75), (0.9, 0.9), (1, 1)])
def test_a_model_that_may_block_has_a_level_for_it(probability, worth):
    assert BLOCKING.worth(probability) == worth


@pytest.mark.parametrize(
    ("text", "labels", "spam", "kind", "reasons"),
    [
        (PLAIN, {"toxicity": 0.49, "insult": 0.4}, 0.0, "allow", ()),
        (PLAIN, {"toxicity": 0.79, "insult": 0.4}, 0.0, "allow", ()),
        (PLAIN, {"toxicity": 0.9, "threat": 0.5, "insult": 0.4}, 0.0, "flag", ("threat",)),
        (PLAIN, {"toxicity": 0.9, "insult": 0.2}, 0.0, "flag", ("toxicity",)),
        (PROMOTION, {"toxicity": 1.0}, 1.0, "flag", ("toxicity", "spam")),
        (PROMOTION, {}, 0.8, "flag", ("spam",)),
        (PLAIN, {}, 1.0, "allow", ()),
        ("https://example.org/notes", {}, 1.0, "allow", ()),
        # What the rules found is worth more, or as much: the model adds nothing to it.
        ("you loser", {"toxicity": 1.0, "threat": 1.0}, 0.0, "flag", ("harassment",)),
        ("damn", {"toxicity": 0.55, "insult": 0.5}, 0.0, "warn", ("profanity",)),
        # Of listed words alone the lists say all there is to say, however many they are.
        ("damn", {"toxicity": 0.9, "insult": 0.9}, 0.0, "warn", ("profanity",)),
        ("damn!! crap", {"toxicity": 0.9, "insult": 0.9}, 0.0, "warn", ("profanity",)),
        ("damn you", {"toxicity": 0.9, "insult": 0.9}, 0.0, "flag", ("insult", "profanity")),
        (f"damn, {PLAIN}", {"toxicity": 0.9, "insult": 0.9}, 0.0, "flag", ("insult", "profanity")),
        ("I will kill you", {"toxicity": 0.0}, 0.0, "block", ("threat",)),
    ],
)
def test_a_model_lifts_a_verdict_and_never_blocks_alone(text, labels, spam, kind, reasons):
    found, verdict = judged(text, Parrot(labels, spam))
    assert (str(verdict.kind), verdict.reasons) == (kind, reasons)
    assert (verdict.moderator_name == "Parrot") is any(
        m.source is Source.MODEL for m in found.matches
    )


def test_a_match_stands_where_the_letters_weighed_most():
    found, verdict = judged(PLAIN, Parrot({"toxicity": 0.8}, spans=(Span(7, 11, 2.0),)))
    (match,) = found.matches
    assert (match.text, match.source, match.score) == ("jump", Source.MODEL, 0.6)
    assert (verdict.moderator_type, verdict.stage) == ("ai", "model")
    assert found.detected_words == []


def test_below_a_warning_only_the_numbers_show():
    found, verdict = judged(PLAIN, Parrot({"toxicity": 0.25}))
    assert (found.matches, found.score, found.labels) == ((), 0.0, {})
    assert found.detoxify_scores["toxicity"] == 0.25
    assert (str(verdict.kind), verdict.score) == ("allow", 0.15)


def test_where_no_word_stands_out_nothing_is_marked():
    found, verdict = judged(PLAIN, Parrot({"toxicity": 0.8}, spans=()))
    (match,) = found.matches
    assert (match.start, match.end, match.text) == (0, 0, "")
    assert str(verdict.kind) == "flag"
    assert [(piece.text, piece.kind) for piece in segments(PLAIN, [asdict(match)])] == [(PLAIN, "")]


LONG = "what a fucking great song this is " * 20


@pytest.mark.parametrize(
    ("text", "probability", "kind"),
    [
        ("what a fucking great song this is", 0.39, "warn"),
        ("what a fucking great song this is", 0.41, "flag"),
        ("fucking great song", 0.1, "warn"),
        ("fucking", 0.1, "warn"),
        (LONG, 0.1, "warn"),
        (f"fucking shit, {LONG}", 0.1, "warn"),
        ("great song\nwhat a fucking great song", 0.1, "warn"),
        ("well damn, that was a long day", 0.0, "warn"),
        ("what a fvcking great song this is, b!tch", 0.1, "warn"),  # as if written plainly
        ("what a f*cking great song this is", 0.1, "warn"),
        ("what a fuuucking great song this is", 0.1, "warn"),
        ("what a f**king great song this is", 0.1, "warn"),
        ("what a f.u.c.k.i.n.g great song this is", 0.1, "warn"),
        ("what a f.u.c.k.i.n.g great song this is", 0.41, "flag"),
        ("what a great song, kill all muslims", 0.1, "block"),
        ("that fucking nigger sings a great song", 0.1, "block"),
    ],
)
def test_a_coarse_word_that_hurts_nobody_only_warns(text, probability, kind):
    found, verdict = judged(text, Parrot({"toxicity": probability}))
    assert str(verdict.kind) == kind
    assert found.detected_words


@pytest.mark.parametrize(
    "text",
    [
        "Hi", "White house", "buenos dias", "gays", "old people",
        "gay people deserve respect", "women are not evil", "los gitanos merecen respeto",
        "no woman should be attacked",
        "hindu muslim sikh isai aapas mein bhai bhai", "ek basera chahiye bas",
    ],
)  # fmt: skip
def test_without_evidence_a_small_model_accuses_nobody(text):
    found, verdict = judged(text, Parrot({"toxicity": 0.89, "identity_hate": 0.89}))
    assert str(verdict.kind) == "allow"
    assert max(found.detoxify_scores.values()) < 0.3
    may_block = Parrot({"toxicity": 0.89, "identity_hate": 0.89}, may="block")
    assert str(judged(text, may_block)[1].kind) == "flag"


@pytest.mark.parametrize(
    "text",
    [
        "gay people disgust me", "women are not good at this", "gay people should be nicer",
        "white people are superior", "those muslims do not deserve it", "go and hide, you",
    ],
)  # fmt: skip
def test_what_is_no_kindness_a_small_model_may_flag(text):
    assert str(judged(text, Parrot({"toxicity": 0.89}))[1].kind) == "flag"


@pytest.mark.parametrize(
    ("probability", "kind", "score"),
    [(0.79, "allow", 0.29), (0.8, "flag", 0.8), (0.4, "allow", 0.4)],
)
def test_scores_in_answers_agree_with_the_verdict(probability, kind, score):
    found, verdict = judged(PLAIN, Parrot({"toxicity": probability, "insult": probability}))
    assert str(verdict.kind) == kind
    assert found.detoxify_scores["toxicity"] == score
    assert (verdict.score >= 0.5) is (kind == "flag")


def test_a_cautious_models_probability_is_not_shown_as_it_is():
    cautious = Parrot({"toxicity": 0.7, "insult": 0.7}, levels=Levels(0.8, 0.9))
    assert judged(PLAIN, cautious)[0].detoxify_scores["toxicity"] == 0.2625


def test_what_a_model_flags_it_does_not_lower():
    text = "what a fucking great song this is"
    levels = Levels(0.3, 0.4, 0.8)
    found, verdict = judged(text, Parrot({"toxicity": 0.5}, levels=levels))
    assert found.detected_words == ["fucking"]
    assert str(verdict.kind) == "flag"


LOW_BLOCK = replace(
    BALANCED, thresholds=Thresholds(0.3, 0.6, 0.8), strike_verdicts=("flag", "block")
)


@pytest.mark.parametrize(
    ("model_may", "may", "kind", "may_strike"),
    [
        ("flag", "flag", "flag", False),
        ("strike", "flag", "flag", False),
        ("block", "flag", "flag", False),
        ("flag", "block", "flag", False),
        ("strike", "block", "flag", True),
        ("block", "block", "block", True),
    ],
)
def test_what_a_model_may_do_alone_the_policy_says_up_to_what_it_is_fit_for(
    model_may, may, kind, may_strike
):
    policy = replace(LOW_BLOCK, model_may=model_may)
    _, verdict = judged(PLAIN, Parrot({"toxicity": 1.0}, levels=BLOCKING, may=may), policy)
    assert (str(verdict.kind), verdict.may_strike) == (kind, may_strike)
    assert (verdict.score >= policy.thresholds.block) is (kind == "block")


def test_with_a_word_of_the_lists_a_flag_is_not_the_models_alone():
    _, verdict = judged("you loser", Parrot({"toxicity": 1.0}), LOW_BLOCK)
    assert (str(verdict.kind), verdict.may_strike) == ("flag", True)


def test_a_history_does_not_turn_what_a_model_says_alone_into_a_block():
    author = AuthorRecord(recent_violations=3)
    _, by_model = judged(PLAIN, Parrot({"toxicity": 1.0}))
    _, by_list = judged("you loser", Parrot({"toxicity": 0.0}, levels=Levels(0.5, 0.8)))
    assert str(apply_author_record(author, by_model, BALANCED).kind) == "flag"
    assert str(apply_author_record(author, by_list, BALANCED).kind) == "block"


@pytest.mark.parametrize("scorer", [Deaf(), Broken()])
@pytest.mark.parametrize(("text", "kind"), [(PLAIN, "allow"), ("you loser", "flag")])
def test_without_its_model_the_rules_judge_and_say_so(scorer, text, kind):
    found, verdict = judged(text, scorer)
    assert (found.failed, str(verdict.kind)) == (("model",), kind)
