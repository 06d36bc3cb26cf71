"""Fit a project's own model: on four fifths for its figures, then on everything to store it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from django.conf import settings

from moderation.engine.classify import classify
from moderation.engine.matches import Classification
from moderation.engine.model.adapter import Correction
from moderation.engine.model.adapter_fit import Example, Labels, best_shift, example_of, fit_adapter
from moderation.engine.model.bundled import CORRECTED, SPAM, bundled_model
from moderation.engine.model.features import Features, features_of
from moderation.engine.model.precomputed import PrecomputedScorer
from moderation.engine.model.project_model import name_of
from moderation.engine.model.scorer import ScoreRequest, ScorerInput, Scores, State, toxicity_of
from moderation.engine.verdict.decide import TOLERANCE, decide
from moderation.lib.errors import Conflict
from moderation.models import Project
from moderation.rules.active import active_ruleset
from moderation.rules.compile import ActiveRuleset
from moderation.rules.scorer import supports_own_models
from reviews.evaluation.learning.figures import Prediction, change_of, figures_of, is_worse
from reviews.evaluation.learning.shapes import ModelData
from reviews.evaluation.learning.training_set import DecidedText, Text, TrainingSet, ordinary_texts

FOLDS = 5
#: Of each kind. With fewer, one text more or less would move a figure by over five points.
FEWEST = 20
#: Messages that nobody reviewed keep the model where it is: each counts little, but they are many.
ORDINARY_WEIGHT = 0.2
#: What a warning on one of them costs when the shift is chosen: each stands for many more.
ALARM_WEIGHT = 10.0
NOTHING: Labels = (None,) * CORRECTED
#: The model is worse if it warns of more than this share of ordinary messages, beyond the bundled.
MOST_ALARMS = 0.01
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Trained:
    weights: bytes
    #: Stored with the model.
    data: ModelData


def refuse_other_model() -> None:
    """Raise Conflict if the installation would not use a project's model."""
    if not supports_own_models():
        raise Conflict(
            f"TOXICITY_MODEL is {settings.TOXICITY_MODEL}: a project's model corrects only the "
            "bundled one, so it would not be used."
        )


def train(project: Project, training_set: TrainingSet, progress: Progress) -> Trained:
    """Fit on the training set; nothing is stored.

    progress: called with the number of fits that are done, and of all. Raises Conflict if there are
    too few texts of a kind.
    """
    refuse_other_model()
    heads = _heads(training_set)
    checker = _Checker(active_ruleset(project))
    decided = [_training_text(text, checker, heads) for text in training_set.texts]
    others = ordinary_texts(project, training_set.texts)
    ordinary = [_training_text(text, checker, heads) for text in others]
    #: Predictions on held-out texts; whether ordinary ones are warned of before and after.
    held_out, warned = list[Prediction](), list[tuple[bool, bool]]()
    for fold in range(FOLDS):
        progress(fold, FOLDS + 1)
        rest = [one for one in (*decided, *ordinary) if one.fold != fold]
        correction = Correction(_fit(rest))
        held_out += [checker.predict(one, correction) for one in decided if one.fold == fold]
        warned += [checker.warn(one, correction) for one in ordinary if one.fold == fold]
    progress(FOLDS, FOLDS + 1)
    weights = _fit([*decided, *ordinary])
    progress(FOLDS + 1, FOLDS + 1)

    figures = figures_of(held_out)
    bundled, fitted = sum(before for before, _ in warned), sum(after for _, after in warned)
    data: ModelData = {
        "heads": heads,
        "rulings": training_set.facts(),
        "held_out": figures,
        "change": change_of(held_out),
        "ordinary": {"texts": len(warned), "bundled": bundled, "fitted": fitted},
        "is_worse": is_worse(figures) or fitted - bundled > MOST_ALARMS * len(warned),
    }
    return Trained(weights, data)


def _heads(training_set: TrainingSet) -> list[str]:
    """Return the heads with enough texts; Conflict if there is none."""
    approved, spam = training_set.approved, training_set.spam
    counts = {"toxicity": training_set.rejected - spam, "spam": spam}
    heads = [name for name, rejected in counts.items() if min(rejected, approved) >= FEWEST]
    if not heads:
        raise Conflict(
            f"Too few decisions to learn from: {counts['toxicity']} texts rejected, {spam} "
            f"rejected as spam, {approved} approved. At least {FEWEST} approved and {FEWEST} of "
            "one of the others are needed; with fewer, a single text would move the held-out "
            "figures by more than five points."
        )
    return heads


@dataclass(frozen=True)
class _TrainingText:
    """A text with its features and what it teaches."""

    text: Text
    features: Features
    example: Example
    #: Texts with the same key share a fold: none is both trained on and held out.
    fold: int


def _training_text(text: Text, checker: "_Checker", heads: Sequence[str]) -> _TrainingText:
    features = checker.features(text)
    example, weight = example_of(features, NOTHING), 1.0
    labels: Labels
    if not isinstance(text, DecidedText):
        # Ordinary texts keep the probabilities that the bundled model gives them.
        labels, weight = tuple((1 / (1 + np.exp(-example.offsets))).tolist()), ORDINARY_WEIGHT
    elif not text.is_rejected:
        labels = (0.0, 0.0)
    else:
        labels = (None, 1.0) if text.is_spam else (1.0, 0.0)
    taught = tuple(
        label if name in heads else None
        for name, label in zip(("toxicity", "spam"), labels, strict=True)
    )
    example = replace(example, labels=taught, weight=weight)
    return _TrainingText(text, features, example, fold_of(text.key))


def _fit(texts: Sequence[_TrainingText]) -> bytes:
    """Fit on all texts, with the shifts that are best for folds when they are held out."""
    unseen = np.zeros((len(texts), CORRECTED))
    folds = np.array([one.fold for one in texts])
    for fold in sorted(set(folds.tolist())):
        correction = Correction(fit_adapter([one.example for one in texts if one.fold != fold]))
        for row in np.flatnonzero(folds == fold).tolist():
            text = texts[row]
            unseen[row] = text.example.offsets + correction.logits(text.features)
    shifts = [_shift(texts, unseen[:, head], head) for head in range(CORRECTED)]
    return fit_adapter([one.example for one in texts], shifts)


def _shift(texts: Sequence[_TrainingText], unseen: np.ndarray, head: int) -> float:
    """Return the head's best shift; it must not add warnings on ordinary texts."""
    labels = [one.example.labels[head] for one in texts]
    rows = [row for row, label in enumerate(labels) if label is not None]
    if not rows:
        return 0.0
    model = bundled_model()
    level = (model.spam_levels if head == SPAM else model.levels).warn
    are_rejected = np.array([labels[row] == 1 for row in rows])
    weights = [1.0 if isinstance(texts[row].text, DecidedText) else ALARM_WEIGHT for row in rows]
    return best_shift(unseen[rows], are_rejected, np.array(weights), level)


def fold_of(key: str) -> int:
    return sha256(key.encode("utf-8", "replace")).digest()[0] % FOLDS


class _Recorder:
    """A scorer that gives no scores and remembers its input."""

    name, state, may = "", State.READY, "flag"
    levels, spam_levels = bundled_model().levels, bundled_model().spam_levels

    def score(self, seen: ScorerInput, _wait: float) -> Scores:
        self.seen = seen
        return Scores({})


class _Checker:
    """Checks texts by the project's present rules and policy, with one model or another."""

    def __init__(self, active: ActiveRuleset) -> None:
        self._ruleset, self._policy = active.compiled, active.policy
        self._model = bundled_model()

    def features(self, text: Text) -> Features:
        """Return the model's features of the text, which include what the rules found."""
        recorder = _Recorder()
        self._classify(text, ScoreRequest(recorder))
        return features_of(recorder.seen)

    def predict(self, training: _TrainingText, correction: Correction) -> Prediction:
        before = self._model.scores_of(training.features)
        after = self._model.scores_of(training.features, correction)
        assert isinstance(training.text, DecidedText)
        return Prediction(
            training.text.is_rejected,
            self._model_warns(before),
            self._model_warns(after),
            self._warns(training.text, before),
            self._warns(training.text, after),
        )

    def warn(self, training: _TrainingText, correction: Correction) -> tuple[bool, bool]:
        """Say whether rules and model warn of an ordinary text, without and with the correction."""
        before = self._model.scores_of(training.features)
        after = self._model.scores_of(training.features, correction)
        return self._warns(training.text, before), self._warns(training.text, after)

    def _model_warns(self, scores: Scores) -> bool:
        worth = max(
            self._model.levels.worth(toxicity_of(scores)),
            self._model.spam_levels.worth(scores.spam),
        )
        return worth + TOLERANCE >= self._policy.thresholds.warn

    def _warns(self, text: Text, scores: Scores) -> bool:
        model = self._model
        scorer = PrecomputedScorer(
            scores, name_of(0), model.levels, model.spam_levels, may=model.may
        )
        return decide(self._classify(text, ScoreRequest(scorer)), self._policy).is_violation

    def _classify(self, text: Text, request: ScoreRequest) -> Classification:
        return classify(
            text.content,
            self._ruleset,
            user_id=text.user_id,
            language=text.language,
            score_request=request,
        )
