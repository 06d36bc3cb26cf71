"""Judge with a project's model in shadow beside the one that counts, and say where they differ.

Most messages both models find harmless: of those the second one costs its sum, and no judging.
"""

import logging
from collections.abc import Mapping
from typing import Protocol

from moderation.engine.answered import Answered
from moderation.engine.bundled import BundledModel, bundled_model
from moderation.engine.decide import decide
from moderation.engine.features import features_of
from moderation.engine.matches import Classification, Opinion
from moderation.engine.policy import Policy
from moderation.engine.project_model import ProjectModel
from moderation.engine.toxicity import Asked, Levels, Scores, Seen, State, opinion_of
from moderation.engine.verdict import Verdict
from moderation.queries.own_models import OwnModels
from moderation.statistics import model_metric

logger = logging.getLogger(__name__)


class Classify(Protocol):
    """Classifies the message by this model."""

    def __call__(self, *, asked: Asked | None) -> Classification: ...


def watch(models: OwnModels) -> "Watched | None":
    """Return the scorer of one check where a model runs in shadow."""
    if models.shadow is None:
        return None
    return Watched(models.active or bundled_model(), models.shadow)


class Watched:
    """One check's scorer: answers by the model that judges, and keeps what the shadow would say."""

    state = State.READY

    def __init__(self, judging: BundledModel | ProjectModel, shadow: ProjectModel) -> None:
        self._judging = judging
        self._shadow = shadow
        self.name = judging.name
        #: What was to be judged, and what the shadow says of it.
        self._other: tuple[Seen, Asked] | None = None

    @property
    def levels(self) -> Levels:
        return self._judging.levels

    @property
    def spam_levels(self) -> Levels:
        return self._judging.spam_levels

    def score(self, seen: Seen, wait: float) -> Scores:
        features = features_of(seen)
        other = self._shadow.scores_of(features)
        answered = Answered(other, self._shadow.name, self.levels, self.spam_levels)
        self._other = seen, Asked(answered)
        return self._judging.scores_of(features)

    def tally(
        self, found: Classification, verdict: Verdict, policy: Policy, classified: Classify
    ) -> Mapping[str, int]:
        """Return the count of this pair of verdicts on the text alone; {} if it was not asked.

        found, verdict: what the model that judges made of it.
        """
        if self._other is None:
            return {}
        try:
            would_be = verdict.kind
            if not _says_the_same(found.opinion, opinion_of(*self._other)):
                would_be = decide(classified(asked=self._other[1]), policy).kind
        except Exception:
            # The message is judged already, and well: only its count is lost.
            logger.exception("A model in shadow failed", extra={"model": self._shadow.number})
            return {}
        return {model_metric(self._shadow.number, verdict.kind, would_be): 1}


def _says_the_same(told: Opinion, other: Opinion) -> bool:
    """Say whether neither counts for anything, so that the verdicts cannot differ."""
    return not told.matches and not other.matches and told.excused == other.excused
