"""The kinds of harm that other services tell apart, each from the verdict's own scores."""

import re
from dataclasses import dataclass, replace

from moderation.engine.matches import NOT_TOXIC, Category
from moderation.engine.verdict.verdict import VerdictKind
from moderation.integrations.compat.scores import HELD, scores_of
from moderation.pipeline.outcome import Judgement

#: Words that make hate a call for violence, in the languages that a default install judges.
VIOLENT = re.compile(
    r"\b(?:kill(?:ing)?|gas|hang|burn|lynch|shoot|exterminate|behead|bomb|drown|death to"
    r"|mata[rd]?|maten|muerte a|quema[rd]?|quemen|ahorca[rd]?|fusila[rd]?|fusilen|gasear"
    r"|ma+r d\w+|ma+ro|qatal|jala d\w+|phansi)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Harms:
    """Scores of a text on the clients' scale, 0-1."""

    harassment: float = 0.0
    threat: float = 0.0
    hate: float = 0.0
    self_harm: float = 0.0
    sexual: float = 0.0

    @property
    def worst(self) -> float:
        return max(self.harassment, self.threat, self.hate, self.self_harm, self.sexual)


def harms_of(judgement: Judgement) -> Harms:
    """Return a judged text's harms; from HELD on, what the engine holds for its words."""
    scores = scores_of(judgement)
    self_harm = scores.category(Category.SELF_HARM)
    # Words that a project listed without a category must count somewhere.
    insult = max(
        scores.labels["insult"], scores.category(Category.TOXICITY), scores.category(Category.OTHER)
    )
    if judgement.verdict.kind.rank >= VerdictKind.FLAG.rank:
        # Coarse words that the engine holds are aimed at somebody.
        insult = max(insult, scores.category(Category.PROFANITY))
    # Harm to oneself is a threat in Detoxify's labels, but no violence here.
    threat = scores.category(Category.THREAT) if self_harm else scores.labels["threat"]
    hate = scores.labels["identity_hate"]
    if _calls_for_violence(judgement):
        # The lists know such texts as hate alone.
        threat = max(threat, scores.category(Category.HATE_SPEECH))
    harms = Harms(
        harassment=insult,
        threat=threat,
        hate=hate,
        self_harm=self_harm,
        sexual=scores.category(Category.SEXUAL),
    )
    if harms.worst < HELD and not NOT_TOXIC.issuperset(scores.categories):
        # Several categories together may be worse than each.
        return replace(harms, harassment=max(insult, scores.toxicity))
    return harms


def _calls_for_violence(judgement: Judgement) -> bool:
    matches = judgement.classification.matches
    return any(
        match.category is Category.HATE_SPEECH and VIOLENT.search(match.text) for match in matches
    )
