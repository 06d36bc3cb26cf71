"""What a statistical model must offer to take part in classifying, and what its scores are worth.

A model speaks in probabilities, a policy in scores whose 0.3, 0.6 and 0.9 warn, flag and block.
Levels say at which probability a model has earned each; the policy says how much of it may count.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache, partial
from typing import NamedTuple, Protocol

from moderation.engine.detectors.scams import is_suspicious as is_suspicious_text
from moderation.engine.matches import Category, Context, Match, ModelFinding, Source
from moderation.engine.model.group_names import is_of_names_alone
from moderation.engine.model.kindness import (
    has_bad_word,
    has_ill_will,
    has_target,
    lacks_evidence,
)
from moderation.engine.text.fold import fold
from moderation.engine.text.tokens import words_of
from moderation.engine.text.views import TextViews, views_of
from moderation.engine.verdict.scoring import total_of
from moderation.engine.words.context import is_said_to_reader
from moderation.engine.words.further import foreign_words
from moderation.engine.words.oneself import blames_oneself, is_about_oneself

#: What a score is worth at each level, on the scale of the balanced preset; without a level for
#: blocking, certainty is worth MOST.
WARN, FLAG, BLOCK, MOST = 0.3, 0.6, 0.9, 0.74
#: In answers a score from 0.5 on means a flag, and one below it, CALM at most, means none.
EVEN, CALM = 0.5, 0.49
#: The most that a model may say where it has no evidence: less than a warning.
HARMLESS = 0.29
DIGITS = 4
#: The category of the strongest label; one that is no label counts as plain toxicity.
CATEGORY_OF: Mapping[str, Category] = {
    "obscene": Category.PROFANITY,
    "threat": Category.THREAT,
    "insult": Category.INSULT,
    "identity_hate": Category.HATE_SPEECH,
}
#: What a model may lower to a warning: words of these kinds on the bundled lists.
COARSE = frozenset({Category.PROFANITY, Category.SEXUAL, Category.INSULT, Category.HARASSMENT})
#: What a lowered word scores: a warning in the balanced and in the strict preset.
LOWERED = 0.5
#: What a word scores at most that accuses nobody: a flag in every preset.
MOST_IN_CONTEXT = 0.74
#: With more words than this that block alone none is lowered: one more never makes a text milder.
MOST_LOWERED = 1
#: A sexual phrase of so many words is an offer.
WORDS_OF_OFFER = 3
#: Patterns that state hatred: who denies them says something good. A threat or a slur stays one.
STATEMENTS = frozenset(
    ("hate people", "are vermin", "should be killed", "should die", "odio a", "son escoria",
     "siento odio por")
)  # fmt: skip
LATIN = re.compile(r"[a-zñ]")
#: A level that no probability reaches.
NEVER = 2.0
#: A model is nearly sure that has so much of the doubt left that a flag allows it.
UNSURE = 0.4
#: A label below this share of the toxicity does not name the category.
NAMING_SHARE = 0.5


class State(StrEnum):
    """The states that `health` answers with (docs/api.md)."""

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
    """The probabilities at which a model alone is worth a warning, a flag and a block."""

    warn: float
    flag: float
    #: Under it the model lowers coarse words to a warning.
    lower: float = 0.0
    block: float = NEVER
    #: Where hatred of a group flags; it is rarer in training sets than insults, so it is said with
    #: less certainty. Zero: where everything else does.
    hate: float = 0.0

    def of(self, category: Category) -> "Levels":
        """Return the levels for what the model names by a category."""
        if category is not Category.HATE_SPEECH or not self.hate:
            return self
        return _of_hate(self)

    def worth(self, probability: float) -> float:
        """Return a probability on the policy's scale, rising throughout."""
        if probability < self.flag:
            return self._below_flag(probability)
        if self.block >= 1:
            return _between(probability, self.flag, FLAG, 1.0, MOST)
        if probability < self.block:
            return _between(probability, self.flag, FLAG, self.block, BLOCK)
        return _between(probability, self.block, BLOCK, 1.0, 1.0)

    def shown(self, probability: float) -> float:
        """Return a probability as answers show it: from 0.5 on only where it flags.

        A model that warns from a high probability on would alarm readers with its 0.7 of "Hi".
        """
        if probability >= self.flag:
            return probability
        return self._below_flag(probability) if self.warn > EVEN else min(probability, CALM)

    def _below_flag(self, probability: float) -> float:
        if probability < self.warn:
            return _between(probability, 0.0, 0.0, self.warn, WARN)
        return _between(probability, self.warn, WARN, self.flag, CALM)


@lru_cache(maxsize=64)
def _of_hate(levels: Levels) -> Levels:
    return replace(levels, warn=levels.warn * levels.hate / levels.flag, flag=levels.hate)


def _between(value: float, low: float, low_height: float, high: float, high_height: float) -> float:
    """Return the height at a value of the line from low to high; from high on, that of high."""
    if value >= high:
        return high_height
    return round(low_height + (value - low) / (high - low) * (high_height - low_height), DIGITS)


@dataclass(frozen=True, slots=True)
class Span:
    """Letters of the text as sent that spoke for a score, and how much they weighed."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class ScorerInput:
    """A text as a model sees it: as sent (it may hold lone surrogates), in its views, and with
    what the rules found. excused: the spans of innocent phrases."""

    text: str
    views: TextViews
    matches: tuple[Match, ...] = ()
    excused: tuple[tuple[int, int], ...] = ()


class Explanation(NamedTuple):
    """What weighed most for toxicity and for spam, the heaviest first.

    None: the model cannot tell. Empty: no word has a share of the evidence that is worth marking.
    """

    toxicity: tuple[Span, ...] | None = None
    spam: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """A model's answer about one text; probabilities, 0-1."""

    #: By Detoxify's six labels; one left out counts as zero.
    labels: Mapping[str, float]
    spam: float = 0.0
    #: Asked only where a score counts: to weigh each word takes as long as to score the text.
    explain: Callable[[], Explanation] = Explanation


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
    @property
    def may(self) -> str:
        """Return the most that any policy lets it do alone: flag, strike or block."""

    def score(self, seen: ScorerInput, wait: float, /) -> Scores:
        """Return the scores within `wait` seconds or raise ModelUnavailableError."""


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """A model that shall judge, and the seconds it has to answer."""

    scorer: Scorer
    wait: float = 0.3


def find_by_model(seen: ScorerInput, score_request: ScoreRequest) -> ModelFinding:
    """Ask the model; what it says counts only where it is worth more than what the rules found.

    Raises ModelUnavailableError.
    """
    scorer = score_request.scorer
    scores = scorer.score(seen, score_request.wait)
    probability = toxicity_of(scores)
    spam = scorer.spam_levels.worth(scores.spam)
    # Spam needs a clue that a reader sees, too: a model takes every link for spam.
    if spam >= WARN and not is_suspicious_text(seen.views.folded.text):
        spam = 0.0
    kinds = {label: scores.labels.get(label, 0.0) for label in CATEGORY_OF}
    strongest = max(kinds, key=lambda label: kinds[label])
    is_named = kinds[strongest] >= NAMING_SHARE * probability
    category = CATEGORY_OF[strongest] if is_named else Category.TOXICITY
    levels = scorer.levels.of(category)
    toxic = levels.worth(probability)
    if _is_said_by_lists(seen):
        toxic = min(toxic, _score_by_rules(seen, frozenset(), is_spam=False))
    if toxic > CALM and is_about_oneself(seen.text, seen.matches):
        toxic = min(toxic, CALM)
    most = 1.0 if toxic >= FLAG else CALM
    if toxic >= WARN and not _has_evidence(seen, scorer, toxic, probability):
        toxic = most = HARMLESS
    # All listed words are lowered or none: one that is not coarse, or disguised, keeps the others.
    listed = tuple(match for match in seen.matches if match.source is not Source.SPAM)
    strong = sum(match.score >= BLOCK for match in listed)
    is_harmless = (
        probability < scorer.levels.lower
        and strong <= MOST_LOWERED
        and all(map(_is_plainly_coarse, listed))
        # What its reader is called is never harmless, unless it is mild anyway.
        and not any(
            one.score >= FLAG and not one.context and is_said_to_reader(seen.text, one)
            for one in listed
        )
    )
    lowered = frozenset(listed if is_harmless else ())
    return ModelFinding(
        name=scorer.name,
        labels=scores.labels,
        shown={label: min(levels.shown(share), most) for label, share in scores.labels.items()},
        score=toxic,
        matches=_counted(seen, scores, ((toxic, category), (spam, Category.SPAM)), lowered),
        lowered=lowered,
        may=scorer.may,
    )


def _counted(
    seen: ScorerInput,
    scores: Scores,
    found: Sequence[tuple[float, Category]],
    lowered: AbstractSet[Match],
) -> tuple[Match, ...]:
    """Return the matches of what is worth a warning, and more than what the rules found."""
    counted = [
        (score, category)
        for score, category in found
        if score >= WARN
        and score > _score_by_rules(seen, lowered, is_spam=category is Category.SPAM)
    ]
    explained = scores.explain() if counted else Explanation()
    return tuple(
        match
        for score, category in counted
        for match in _matches(
            seen,
            score,
            category,
            explained.spam if category is Category.SPAM else explained.toxicity,
        )
    )


def _has_evidence(seen: ScorerInput, scorer: Scorer, toxic: float, probability: float) -> bool:
    """Say whether a model may accuse somebody by this text, in which no listed word counts."""
    contexts = {match.context for match in seen.matches}
    folded = seen.views.folded.without(seen.excused).text
    if scorer.may != "flag":  # One that is fit to block needs no such help.
        return True
    is_reclaimed = Context.RECLAIMED in contexts and contexts <= {Context.RECLAIMED, Context.SELF}
    is_denied = contexts == {Context.NEGATED} and all(map(_is_mild_denied, seen.matches))
    is_of_oneself = contexts == {Context.SELF} and blames_oneself(seen.text, seen.matches)
    if is_reclaimed or is_denied or is_of_oneself:
        listed = " ".join(match.text for match in seen.matches)
        words = {"bad", *words_of(fold(listed).text)}
        return has_bad_word(folded, but=words)
    is_sure = probability >= 1 - (1 - scorer.levels.flag) * UNSURE
    if contexts - {Context.NEGATED, Context.THING}:
        return is_sure or not _is_only_coarse(seen.matches, folded)
    # A warning is for coarse language, which the lists know. Other letters it cannot read.
    is_read = LATIN.search(folded) is not None
    ask = partial(_probability_of, scorer)
    if toxic < FLAG or not is_read or lacks_evidence(folded) or is_of_names_alone(folded, ask):
        return False
    # Things break, jam and are hated: only somebody can be accused.
    if is_sure and Context.THING not in contexts:
        return True
    # Less than the level for everything flags hatred, which the name of a group does not show.
    is_plain = probability >= scorer.levels.flag or has_ill_will(folded)
    return is_plain and has_target(folded)


def _probability_of(scorer: Scorer, text: str) -> float:
    again = ScorerInput(text, views_of(text))
    return toxicity_of(scorer.score(again, ScoreRequest(scorer).wait))


def _is_only_coarse(matches: Sequence[Match], folded: str) -> bool:
    """Say whether mild words are all that is bad in a text about nobody: "Damn the torpedoes"."""
    if any(match.score >= FLAG for match in matches):
        return False
    listed = frozenset(words_of(fold(" ".join(match.text for match in matches)).text))
    return not has_target(folded) and not has_bad_word(folded, but=listed)


def _is_said_by_lists(seen: ScorerInput) -> bool:
    """Say whether a text is made of listed words alone: their scores say how bad they are."""
    rest, end = [], 0
    for match in sorted(seen.matches, key=lambda match: match.start):
        if match.source is Source.LEXICON:
            rest.append(seen.text[end : match.start])
            end = max(end, match.end)
    return end > 0 and not any(map(str.isalnum, "".join((*rest, seen.text[end:]))))


def softened(match: Match, lowered: AbstractSet[Match]) -> Match:
    """Return a match of the rules with the score that remains to it.

    A coarse word that the model finds harmless (`lowered`) only warns, and so does one that is
    denied, said of a thing, or that the author says of themselves or proudly of their own group.
    Any other word that accuses nobody is worth a flag at most.
    """
    is_of_oneself = match.context is Context.SELF and match.category in COARSE
    is_denied = match.context is Context.NEGATED and _is_mild_denied(match)
    is_mild = is_of_oneself or is_denied or match.context in {Context.RECLAIMED, Context.THING}
    if match in lowered or is_mild:
        return replace(match, score=min(match.score, LOWERED), is_lowered=True)
    if match.context:
        return replace(match, score=min(match.score, MOST_IN_CONTEXT))
    return match


def _is_mild_denied(match: Match) -> bool:
    """Say whether a match is harmless once it is denied: an insult, or a statement of hatred."""
    return match.category in COARSE or match.word in STATEMENTS


def _is_plainly_coarse(match: Match) -> bool:
    """Say whether a word is coarse, however it is written, and one that the model can judge."""
    # It has nothing to say of "چوتیا" or "Missgeburt".
    is_read = LATIN.search(match.word) is not None and match.word not in foreign_words()
    # "Selling … to kids" is no coarse word, but an offer.
    is_offer = match.category is Category.SEXUAL and len(match.text.split()) >= WORDS_OF_OFFER
    is_coarse = (match.category in COARSE and not is_offer) or match.context is not None
    return is_read and is_coarse and match.source is Source.LEXICON


def _score_by_rules(seen: ScorerInput, lowered: AbstractSet[Match], *, is_spam: bool) -> float:
    return total_of(
        softened(match, lowered)
        for match in seen.matches
        if (match.category is Category.SPAM) is is_spam
    ).score


def toxicity_of(scores: Scores) -> float:
    return scores.labels.get("toxicity", 0.0)


def _matches(
    seen: ScorerInput, score: float, category: Category, spans: tuple[Span, ...] | None
) -> Iterator[Match]:
    """Yield where the model found it; a match without letters marks nothing in the text."""
    if spans is None:
        places = [(0, len(seen.text))]
    else:
        places = [(span.start, span.end) for span in spans] or [(0, 0)]
    for start, end in places:
        text = seen.text[start:end]
        yield Match(start, end, text, category, Source.MODEL, score, word=text.lower())
