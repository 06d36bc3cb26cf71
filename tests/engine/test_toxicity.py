"""How a model's probabilities enter a verdict, whichever model it is."""

from dataclasses import dataclass, field

import pytest

from moderation.engine.classify import classify
from moderation.engine.decide import decide
from moderation.engine.matches import Source
from moderation.engine.toxicity import Asked, Levels, ModelUnavailableError, Scores, Span, State
from tests.engine.judging import BALANCED, DEFAULT

LEVELS = Levels(warn=0.5, flag=0.8, excuse=0.4)
PLAIN = "go and jump in a lake"


@dataclass
class Parrot:
    """Says of every text what it was told."""

    labels: dict = field(default_factory=dict)
    spam: float = 0.0
    spans: tuple = ()
    name: str = "Parrot"
    state: State = State.READY
    levels: Levels = LEVELS
    spam_levels: Levels = LEVELS

    def score(self, seen, wait):
        return Scores(self.labels, self.spam, self.spans)


class Deaf(Parrot):
    def score(self, seen, wait):
        raise ModelUnavailableError


class Broken(Parrot):
    def score(self, seen, wait):
        return 1 / 0


def judged(text, scorer):
    found = classify(text, DEFAULT, asked=Asked(scorer))
    return found, decide(found, BALANCED)


@pytest.mark.parametrize(
    ("probability", "worth"),
    [(0, 0), (0.25, 0.15), (0.5, 0.3), (0.65, 0.45), (0.8, 0.6), (0.9, 0.67), (1, 0.74)],
)
def test_a_probability_is_worth_a_score_by_its_levels(probability, worth):
    assert LEVELS.worth(probability) == worth


@pytest.mark.parametrize(("words", "worth"), [(0, 0.18), (31, 0.18), (32, 0.3)])
def test_many_words_need_less_for_a_warning(words, worth):
    levels = Levels(warn=0.5, flag=0.8, many_words=0.3)
    assert levels.worth(0.3, words) == worth


MILD = "well damn, that was a long day at the office and nobody thought of the cake " * 3


@pytest.mark.parametrize(
    ("text", "probability", "kind"),
    [
        (MILD, 0.19, "allow"),
        (MILD, 0.21, "flag"),  # three times
        (MILD.replace("damn", "fuck"), 0.1, "block"),
        (MILD.replace("damn", "d4mn"), 0.1, "flag"),
    ],
)
def test_a_mild_word_in_a_long_harmless_text_is_excused(text, probability, kind):
    scorer = Parrot({"toxicity": probability}, levels=Levels(0.5, 0.8, 0.4, excuse_mild=0.2))
    assert str(judged(text, scorer)[1].kind) == kind


@pytest.mark.parametrize(
    ("text", "labels", "spam", "kind", "reasons"),
    [
        (PLAIN, {"toxicity": 0.49, "insult": 0.4}, 0.0, "allow", ()),
        (PLAIN, {"toxicity": 0.5, "insult": 0.4}, 0.0, "warn", ("insult",)),
        (PLAIN, {"toxicity": 0.9, "threat": 0.5, "insult": 0.4}, 0.0, "flag", ("threat",)),
        (PLAIN, {"toxicity": 0.9, "insult": 0.2}, 0.0, "flag", ("toxicity",)),
        (PLAIN, {"toxicity": 1.0}, 1.0, "flag", ("toxicity", "spam")),
        (PLAIN, {}, 0.8, "flag", ("spam",)),
        # What the rules found is worth more, or as much: the model adds nothing to it.
        ("you loser", {"toxicity": 1.0, "threat": 1.0}, 0.0, "flag", ("harassment",)),
        ("damn", {"toxicity": 0.55, "insult": 0.5}, 0.0, "warn", ("profanity",)),
        # A short call with a listed word is the list's business; a sentence is also the model's.
        ("damn", {"toxicity": 0.9, "insult": 0.9}, 0.0, "warn", ("profanity",)),
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


LONG = "what a fucking great song this is " * 6


@pytest.mark.parametrize(
    ("text", "probability", "kind"),
    [
        ("what a fucking great song this is", 0.39, "allow"),
        ("what a fucking great song this is", 0.41, "flag"),
        ("fucking great song", 0.1, "flag"),  # too short a call
        (LONG, 0.1, "block"),  # long enough to be filled up
        ("great song\nwhat a fucking great song", 0.1, "flag"),
        ("what a fvcking great song this is, b!tch", 0.1, "block"),  # disguised on purpose
        ("what a f*cking great song this is", 0.1, "allow"),
        ("what a fuuucking great song this is", 0.1, "allow"),
        ("what a f**king great song this is", 0.1, "flag"),
        ("what a great song, kill all muslims", 0.1, "block"),
        ("that fucking nigger sings a great song", 0.1, "block"),
    ],
)
def test_a_coarse_word_that_hurts_nobody_is_excused(text, probability, kind):
    _, verdict = judged(text, Parrot({"toxicity": probability}))
    assert str(verdict.kind) == kind


def test_what_a_model_warns_of_it_does_not_excuse():
    text = "what a fucking great song this is, " * 6
    words = " ".join(text.split()[:34])
    levels = Levels(0.9, 0.95, 0.8, many_words=0.4)
    found, verdict = judged(words, Parrot({"toxicity": 0.5}, levels=levels))
    assert found.detected_words == ["fucking"]
    assert str(verdict.kind) == "block"


@pytest.mark.parametrize("scorer", [Deaf(), Broken()])
@pytest.mark.parametrize(("text", "kind"), [(PLAIN, "allow"), ("you loser", "flag")])
def test_without_its_model_the_rules_judge_and_say_so(scorer, text, kind):
    found, verdict = judged(text, scorer)
    assert (found.failed, str(verdict.kind)) == (("model",), kind)
