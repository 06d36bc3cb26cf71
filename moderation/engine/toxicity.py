"""What a statistical model must offer to take part in classifying, and what its scores are worth.

A model speaks in probabilities, a policy in scores whose 0.3, 0.6 and 0.9 warn, flag and block.
Levels say at which probability a model has earned a warning or a flag; no model blocks alone.
"""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from moderation.engine.matches import Category, Match, Opinion, Source
from moderation.engine.reading import Reading
from moderation.engine.scoring import scored
from moderation.engine.tokens import tokens_of

#: What a score is worth at each level and at certainty, on the scale of the balanced preset.
WARN, FLAG, MOST = 0.3, 0.6, 0.74
DIGITS = 4
#: The category of the strongest label; one that is no label counts as plain toxicity.
CATEGORY_OF: Mapping[str, Category] = {
    "obscene": Category.PROFANITY,
    "threat": Category.THREAT,
    "insult": Category.INSULT,
    "identity_hate": Category.HATE_SPEECH,
}
#: What a model may excuse: words of these kinds on the bundled lists, in more than a short call.
COARSE = frozenset({Category.PROFANITY, Category.SEXUAL, Category.INSULT, Category.HARASSMENT})
FEWEST_WORDS, MOST_WORDS = 5, 40
FEW_WORDS, MANY_WORDS = 8, 32
#: More of them hide a word.
MOST_STARS = 1
LESS_THAN_WARN = 0.29
MILD = 0.4
#: A label below this share of the toxicity does not name the category.
NAMING_SHARE = 0.5


class State(StrEnum):
    """As `health` names it (CONTRACT section 3)."""

    READY = "ready"
    LOADING = "loading"
    OFF = "off"
    UNAVAILABLE = "unavailable"


class ModelUnavailableError(Exception):
    """The model is not loaded, or did not answer in time; the rest judges without it.

    late: its answer to come, where it has begun to think.
    """

    def __init__(self, reason: str = "", late: "Future[Scores] | None" = None) -> None:
        super().__init__(reason)
        self.late = late


@dataclass(frozen=True, slots=True)
class Levels:
    """The probabilities at which a model alone is worth a warning and a flag."""

    warn: float
    flag: float
    #: Under it the model excuses coarse words that are aimed at nobody.
    excuse: float = 0.0
    #: What a few words need for a warning where none of them is listed: one word misleads easily.
    few_words: float = 0.0
    #: What many words need for a warning, where that is less: among them a toxic one weighs little.
    many_words: float = 1.0
    #: Under it the model excuses mild words in a text of any length.
    excuse_mild: float = 0.0

    def worth(self, probability: float, words: int = 0) -> float:
        """Return a probability on the policy's scale, rising throughout and never a block.

        words: how many the text has.
        """
        warn = min(self.warn, self.many_words) if words >= MANY_WORDS else self.warn
        points = ((0.0, 0.0), (warn, WARN), (self.flag, FLAG), (1.0, MOST))
        for (low, low_score), (high, high_score) in pairwise(points):
            if probability < high:
                share = (probability - low) / (high - low)
                return round(low_score + share * (high_score - low_score), DIGITS)
        return MOST


@dataclass(frozen=True, slots=True)
class Span:
    """Letters of the text as sent that spoke for a score, and how much they weighed."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as a model sees it: as sent (it may hold lone surrogates), in its views, and with
    what the rules found."""

    text: str
    reading: Reading
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """A model's answer about one text; probabilities, 0-1."""

    #: By Detoxify's six labels; one left out counts as zero.
    labels: Mapping[str, float]
    spam: float = 0.0
    #: What weighed most for toxicity and for spam, the heaviest first; none: the whole text.
    spans: tuple[Span, ...] = ()
    spam_spans: tuple[Span, ...] = ()


class Scorer(Protocol):
    """A model that takes part in classifying; safe to share between threads."""

    @property
    def name(self) -> str:
        """Return who a verdict names as its moderator, as "Bundled model"."""

    @property
    def state(self) -> State: ...
    @property
    def levels(self) -> Levels: ...
    @property
    def spam_levels(self) -> Levels: ...

    def score(self, seen: Seen, wait: float) -> Scores:
        """Return the scores within `wait` seconds or raise ModelUnavailableError."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A model that shall judge, and the seconds it has to answer."""

    scorer: Scorer
    wait: float = 0.3


def opinion_of(seen: Seen, asked: Asked) -> Opinion:
    """Ask the model; what it says counts only where it is worth more than what the rules found.

    Raises ModelUnavailableError.
    """
    scorer = asked.scorer
    scores = scorer.score(seen, asked.wait)
    spam = _worth_by_words(seen, scores.spam, scorer.spam_levels)
    lifted = _lifted(seen, toxicity_of(scores), scorer.levels)
    by_kind = (
        (lifted, _category(scores), scores.spans),
        (spam, Category.SPAM, scores.spam_spans),
    )
    matches = [
        match
        for score, category, spans in by_kind
        if score >= WARN and score > _score_by_rules(seen, is_spam=category is Category.SPAM)
        for match in _matches(seen, score, category, spans)
    ]
    is_excused = lifted < WARN and _is_excused(seen, toxicity_of(scores), scorer.levels)
    excused = tuple(_listed(seen)) if is_excused else ()
    return Opinion(scorer.name, scores.labels, lifted, tuple(matches), excused)


def _lifted(seen: Seen, probability: float, levels: Levels) -> float:
    if _listed(seen):
        # Of a short call that holds a listed word the list says all there is to say.
        words = _words(seen)
        return levels.worth(probability, words) if words >= FEWEST_WORDS else 0.0
    return _worth_by_words(seen, probability, levels)


def _worth_by_words(seen: Seen, probability: float, levels: Levels) -> float:
    words = _words(seen)
    worth = levels.worth(probability, words)
    is_enough = words >= FEW_WORDS or probability >= levels.few_words
    return worth if is_enough else min(worth, LESS_THAN_WARN)


def _listed(seen: Seen) -> list[Match]:
    return [match for match in seen.matches if match.source is not Source.SPAM]


def _words(seen: Seen) -> int:
    return len(tokens_of(seen.reading.views[-1].text).words)


def _is_excused(seen: Seen, probability: float, levels: Levels) -> bool:
    """Say whether all that was found is coarse and open, and the model finds it harmless.

    A longer text could be filled up until the model does: there only mild words are excused.
    """
    listed = _listed(seen)
    if not listed or not all(_is_plainly_coarse(match) for match in listed):
        return False
    words = _words(seen)
    if FEWEST_WORDS <= words <= MOST_WORDS and "\n" not in seen.text:
        return probability < levels.excuse
    is_mild = all(match.score <= MILD for match in listed)
    return words > MOST_WORDS and is_mild and probability < levels.excuse_mild


def _is_slip(written: str) -> bool:
    """Say whether a listed word is misspelt, drawn out or starred as the well-behaved do it."""
    letters = written.replace("*", "")
    return letters.isascii() and letters.isalpha() and written.count("*") <= MOST_STARS


def _is_plainly_coarse(match: Match) -> bool:
    return (
        match.source is Source.LEXICON
        and match.category in COARSE
        and (match.text.lower() == match.word or _is_slip(match.text))
    )


def _score_by_rules(seen: Seen, *, is_spam: bool) -> float:
    return scored(
        match for match in seen.matches if (match.category is Category.SPAM) is is_spam
    ).score


def toxicity_of(scores: Scores) -> float:
    return scores.labels.get("toxicity", 0.0)


def _category(scores: Scores) -> Category:
    kinds = {label: scores.labels.get(label, 0.0) for label in CATEGORY_OF}
    strongest = max(kinds, key=lambda label: kinds[label])
    is_named = kinds[strongest] >= NAMING_SHARE * toxicity_of(scores)
    return CATEGORY_OF[strongest] if is_named else Category.TOXICITY


def _matches(
    seen: Seen, score: float, category: Category, spans: tuple[Span, ...]
) -> Iterator[Match]:
    places = [(span.start, span.end) for span in spans] or [(0, len(seen.text))]
    for start, end in places:
        text = seen.text[start:end]
        yield Match(start, end, text, category, Source.MODEL, score, word=text.lower())
