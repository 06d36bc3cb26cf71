"""Judge with a project's model in shadow next to the active one, and count their differences.

For a message that both models find harmless, the one in shadow costs its scores and no verdict.
"""

import logging
from collections.abc import Mapping
from typing import Protocol

from moderation.engine.matches import Classification
from moderation.engine.model.bundled import BundledModel, bundled_model
from moderation.engine.model.features import features_of
from moderation.engine.model.precomputed import PrecomputedScorer
from moderation.engine.model.project_model import ProjectModel
from moderation.engine.model.scorer import (
    Levels,
    ScoreRequest,
    ScorerInput,
    Scores,
    State,
    find_by_model,
)
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import Policy
from moderation.engine.verdict.verdict import Verdict
from moderation.events.counters import model_metric
from moderation.rules.loaded_models import OwnModels

logger = logging.getLogger(__name__)


class Classify(Protocol):
    """Classifies the message with this model."""

    def __call__(self, *, score_request: ScoreRequest | None) -> Classification: ...


def shadow_scorer(models: OwnModels) -> "ShadowScorer | None":
    """Return the scorer of one check; None if no model runs in shadow."""
    if models.shadow is None:
        return None
    return ShadowScorer(models.active or bundled_model(), models.shadow)


class ShadowScorer:
    """One check's scorer: returns the active model's scores and remembers the shadow's."""

    state = State.READY

    def __init__(self, active: BundledModel | ProjectModel, shadow: ProjectModel) -> None:
        self._active = active
        self._shadow = shadow
        self.name = active.name
        #: The input and the shadow's scores for it, once it was asked.
        self._shadow_request: tuple[ScorerInput, ScoreRequest] | None = None

    @property
    def levels(self) -> Levels:
        return self._active.levels

    @property
    def spam_levels(self) -> Levels:
        return self._active.spam_levels

    @property
    def may(self) -> str:
        return self._active.may

    def score(self, seen: ScorerInput, _wait: float) -> Scores:
        features = features_of(seen)
        shadow = PrecomputedScorer(
            self._shadow.scores_of(features),
            self._shadow.name,
            self.levels,
            self.spam_levels,
            may=self.may,
        )
        self._shadow_request = seen, ScoreRequest(shadow)
        return self._active.scores_of(features)

    def counts(
        self, found: Classification, verdict: Verdict, policy: Policy, classify_by: Classify
    ) -> Mapping[str, int]:
        """Return the counter of this pair of verdicts, without the author's record.

        found, verdict: the active model's result. Returns {} if the shadow was not asked.
        """
        if self._shadow_request is None:
            return {}
        try:
            would_be = verdict.kind
            active, shadow = found.model_finding, find_by_model(*self._shadow_request)
            # If neither model changes anything, the verdicts cannot differ.
            if active.matches or shadow.matches or active.lowered != shadow.lowered:
                would_be = decide(classify_by(score_request=self._shadow_request[1]), policy).kind
        except Exception:
            # The message has its verdict; only this count is lost.
            logger.exception("A model in shadow failed", extra={"model": self._shadow.number})
            return {}
        return {model_metric(self._shadow.number, verdict.kind, would_be): 1}
