"""The engine's values: matches, personal data, rule hits, classifications."""

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


class Context(StrEnum):
    """Where a listed word accuses nobody: docs/verdicts.md, "Contexts"."""

    SELF = "self"
    RECLAIMED = "reclaimed"
    NEGATED = "negated"
    QUOTED = "quoted"
    REPORTED = "reported"
    THING = "thing"
    JEST = "jest"


class PiiType(StrEnum):
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    CREDIT_CARD = "CREDIT_CARD"
    US_SSN = "US_SSN"
    IBAN = "IBAN"
    IP_ADDRESS = "IP_ADDRESS"


@dataclass(frozen=True, slots=True)
class Match:
    """One detector's hit; offsets are in code points of the original text."""

    start: int
    end: int
    text: str
    category: Category
    source: Source
    score: float
    #: The canonical word, however it was disguised.
    word: str
    rule_id: str | None = None
    #: True for what only warns, however many there are: a coarse word that the model finds
    #: harmless, or that the author says of themselves.
    is_lowered: bool = False
    #: Where a listed word stands that accuses nobody; it is at most flagged.
    context: Context | None = None


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


#: The Detoxify label of each category, besides toxicity itself.
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
class ModelFinding:
    """A model's result for one text."""

    #: The moderator that a verdict names, such as "Bundled model"; empty: no model took part.
    name: str = ""
    #: The model's probabilities by Detoxify's labels.
    labels: Mapping[str, float] = field(default_factory=dict)
    #: The same as answers show them: below 0.5 where the model does not flag.
    shown: Mapping[str, float] = field(default_factory=dict)
    #: Their value on the policy's scale, even where it is too low to count.
    score: float = 0.0
    #: Matches that count: at least a warning, and more than the rules found.
    matches: tuple[Match, ...] = ()
    #: Matches of the rules that only warn, because the model considers them harmless.
    lowered: frozenset[Match] = frozenset()
    #: The most that the model may do alone under any policy: flag, strike or block.
    may: str = "flag"


NO_MODEL_FINDING = ModelFinding()


@dataclass(frozen=True)
class Classification:
    """Everything found in one text, before a policy is applied."""

    language: str
    matches: tuple[Match, ...] = ()
    pii: tuple[PiiMatch, ...] = ()
    rule_hits: tuple[RuleHit, ...] = ()
    categories: Mapping[Category, float] = field(default_factory=dict)
    score: float = 0.0
    #: Names of the parts of the engine that failed; empty when all went well.
    failed: tuple[str, ...] = ()
    model_finding: ModelFinding = NO_MODEL_FINDING
    #: Pending `Scores` of a model that did not answer in time.
    late: Future[Any] | None = field(default=None, compare=False)

    @property
    def detected_words(self) -> list[str]:
        """Return the canonical words, each once, in the order of the text, without the model's."""
        listed = (match for match in self.matches if match.source is not Source.MODEL)
        return list(dict.fromkeys(match.word for match in listed if match.word))

    @property
    def detoxify_scores(self) -> dict[str, float]:
        """Return all six of Detoxify's labels, 0-1: the model's or the lists', the higher each.

        They are below 0.5 where nothing flags, unless a rule decided.
        """
        shown, listed = self.model_finding.shown, self.labels
        return {label: max(shown.get(label, 0.0), listed.get(label, 0.0)) for label in ALL_LABELS}

    @property
    def labels(self) -> dict[str, float]:
        """Return Detoxify's labels, each with the highest score of the categories behind it."""
        scores: dict[str, float] = {}
        for category, score in self.categories.items():
            if category in NOT_TOXIC:
                continue
            labels = ["toxicity", LABELS.get(category, "toxicity")]
            if category in SEVERE and score >= 0.9:
                labels.append("severe_toxicity")
            for label in labels:
                scores[label] = max(scores.get(label, 0.0), score)
        return scores
