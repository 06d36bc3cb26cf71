"""The scores that other services' endpoints answer with: they say what the verdict says.

docs/moving-from-perspective.md, "What each score is"
"""

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.engine.matches import ALL_LABELS, NOT_TOXIC, Category, Source
from moderation.engine.verdict.decide import TOLERANCE
from moderation.engine.verdict.policy import Thresholds
from moderation.engine.verdict.verdict import VerdictKind
from moderation.pipeline.outcome import Judgement

#: From here on a client takes a text for toxic. Verdicts allow and warn stay below.
HELD = 0.5
#: The highest score of a text that nothing holds.
MOST_CALM = 0.49
DIGITS = 4
#: Signals of spam that are about form, not content.
FORM = frozenset({"stretched", "capitals", "emojis", "repeated_word"})


@dataclass(frozen=True)
class Scores:
    """A text's scores, 0-1."""

    #: By Detoxify's labels; `toxicity` is that of the whole text.
    labels: Mapping[str, float]
    categories: Mapping[Category, float]
    #: How near the text is to being held for any reason, personal data and rules too.
    held: float
    #: Stretched letters, shouting, emojis and repeated words.
    form: float = 0.0

    @property
    def toxicity(self) -> float:
        return self.labels["toxicity"]

    def category(self, category: Category) -> float:
        return self.categories.get(category, 0.0)


#: The scores of a text that nobody judges.
NEUTRAL = Scores(dict.fromkeys(ALL_LABELS, 0.0), {}, 0.0)


def scores_of(judgement: Judgement) -> Scores:
    """Return the scores of a judged text on the clients' scale.

    Under the policy's threshold for a flag they are stretched to 0-0.5; from there on they are the
    policy's own. A rule that approves makes them 0; one that flags or rejects raises `toxicity`.
    """
    finding, verdict = judgement.classification, judgement.verdict
    thresholds = judgement.policy.thresholds
    if verdict.is_ruled_by_approve:
        return NEUTRAL
    is_held = verdict.kind.rank >= VerdictKind.FLAG.rank
    most = 1.0 if is_held else MOST_CALM

    def scaled(score: float) -> float:
        return round(min(most, scale(score, thresholds)), DIGITS)

    raw = _raw_labels(judgement)
    is_toxic = not NOT_TOXIC.issuperset(finding.categories)
    if is_toxic:
        # The whole text may be worse than its worst category.
        raw["toxicity"] = max(raw["toxicity"], verdict.score)
    labels = {label: scaled(score) for label, score in raw.items()}
    held = scaled(verdict.score)
    if is_held:
        least = thresholds.block if verdict.kind is VerdictKind.BLOCK else thresholds.flag
        held = max(held, scaled(least))
        # Rules, and texts that the engine failed to judge, have no category that says it.
        if verdict.rule_name is not None or verdict.moderator_type == "system":
            labels["toxicity"] = max(labels["toxicity"], held)
    categories = {category: scaled(score) for category, score in finding.categories.items()}
    signals = (match for match in finding.matches if match.source is Source.SPAM)
    form = max((match.score for match in signals if match.word in FORM), default=0.0)
    return Scores(labels, categories, held, scaled(form))


def scale(score: float, thresholds: Thresholds) -> float:
    """Return a score of the policy's scale on that of the clients, where HELD means a flag."""
    flag = thresholds.flag
    if score + TOLERANCE < flag:
        return score * HELD / flag
    if flag >= HELD:
        return score
    return HELD + (score - flag) * (1 - HELD) / (1 - flag)


def _raw_labels(judgement: Judgement) -> dict[str, float]:
    """Return Detoxify's labels on the policy's scale: the higher of lists and model."""
    finding = judgement.classification
    model, lists = finding.model_finding, finding.labels
    toxicity = model.labels.get("toxicity", 0.0)
    # A model's labels are shares of its toxicity, and so they stay.
    worth = model.score / toxicity if toxicity else 0.0
    return {
        label: max(lists.get(label, 0.0), min(1.0, worth * model.labels.get(label, 0.0)))
        for label in ALL_LABELS
    }
