"""The values the engine hands out: matches, personal data, rule hits, classifications."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    PROFANITY = "profanity"
    INSULT = "insult"
    HATE_SPEECH = "hate_speech"
    HARASSMENT = "harassment"
    THREAT = "threat"
    SEXUAL = "sexual"
    SELF_HARM = "self_harm"
    SPAM = "spam"
    PERSONAL_INFO = "personal_info"
    TOXICITY = "toxicity"
    OTHER = "other"


class Source(StrEnum):
    LEXICON = "lexicon"
    BLACKLIST = "blacklist"
    RULE = "rule"
    SPAM = "spam"
    PII = "pii"
    MODEL = "model"


class PiiType(StrEnum):
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    CREDIT_CARD = "CREDIT_CARD"
    US_SSN = "US_SSN"
    IBAN = "IBAN"
    IP_ADDRESS = "IP_ADDRESS"


@dataclass(frozen=True, slots=True)
class Match:
    """One detector's hit; offsets are code points of the text as it was sent."""

    start: int
    end: int
    text: str
    category: Category
    source: Source
    score: float
    #: The canonical word, however it was disguised.
    word: str
    rule_id: str | None = None


@dataclass(frozen=True, slots=True)
class PiiMatch:
    type: PiiType
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class RuleHit:
    rule_id: str
    name: str
    action: str
    priority: int
    shadow: bool
    matches: tuple[Match, ...] = ()


#: Which of Detoxify's labels a category speaks for, besides toxicity itself.
LABELS: Mapping[Category, str] = {
    Category.PROFANITY: "obscene",
    Category.SEXUAL: "obscene",
    Category.INSULT: "insult",
    Category.HARASSMENT: "insult",
    Category.HATE_SPEECH: "identity_hate",
    Category.THREAT: "threat",
    Category.SELF_HARM: "threat",
}
SEVERE = frozenset({Category.HATE_SPEECH, Category.THREAT, Category.SELF_HARM})
NOT_TOXIC = frozenset({Category.SPAM, Category.PERSONAL_INFO})
ALL_LABELS = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_hate")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model makes of a text."""

    #: Who a verdict names as its moderator, as "Bundled model"; nothing: no model took part.
    name: str = ""
    #: The model's probabilities by Detoxify's labels.
    labels: Mapping[str, float] = field(default_factory=dict)
    #: What they are worth on the policy's scale, also where that is too little to count.
    score: float = 0.0
    #: What counts: from a warning up, where it is worth more than what the rules found.
    matches: tuple[Match, ...] = ()
    #: What the rules found that does not count, as the model is sure that it hurts nobody.
    excused: tuple[Match, ...] = ()


NO_OPINION = Opinion()


@dataclass(frozen=True)
class Classification:
    """All that was found in one text, before any policy is applied."""

    language: str
    matches: tuple[Match, ...] = ()
    pii: tuple[PiiMatch, ...] = ()
    rule_hits: tuple[RuleHit, ...] = ()
    categories: Mapping[Category, float] = field(default_factory=dict)
    score: float = 0.0
    #: Names of the parts of the engine that failed; empty when all went well.
    failed: tuple[str, ...] = ()
    opinion: Opinion = NO_OPINION
    #: A model's engine.toxicity.Scores to come, where it did not answer in time.
    late: Future[Any] | None = field(default=None, compare=False)

    @property
    def detected_words(self) -> list[str]:
        """Return the canonical words, each once, in the order of the text; a model knows none."""
        listed = (match for match in self.matches if match.source is not Source.MODEL)
        return list(dict.fromkeys(match.word for match in listed if match.word))

    @property
    def detoxify_scores(self) -> dict[str, float]:
        """Return all six of Detoxify's labels, 0-1: the model's, where there is one."""
        return {**dict.fromkeys(ALL_LABELS, 0.0), **(self.opinion.labels or self.labels)}

    @property
    def labels(self) -> dict[str, float]:
        """Return those of Detoxify's labels that what was found speaks for, by its score."""
        scores: dict[str, float] = {}
        for category, score in self.categories.items():
            for label in _labels_of(category, score):
                scores[label] = max(scores.get(label, 0.0), score)
        return scores


def _labels_of(category: Category, score: float) -> list[str]:
    if category in NOT_TOXIC:
        return []
    labels = ["toxicity"]
    if category in LABELS:
        labels.append(LABELS[category])
    if category in SEVERE and score >= 0.9:
        labels.append("severe_toxicity")
    return labels
