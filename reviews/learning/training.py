"""Fit a project's own model, on four fifths for its figures and on everything to be stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
from django.conf import settings

from moderation import queries, toxicity
from moderation.engine.answered import Answered
from moderation.engine.bundled import CORRECTED, SPAM, bundled_model
from moderation.engine.classify import classify
from moderation.engine.correction import Correction
from moderation.engine.decide import TOLERANCE, decide
from moderation.engine.features import Features, features_of
from moderation.engine.fitting import Lesson, Truths, best_shift, fitted, lesson_of
from moderation.engine.project_model import name_of
from moderation.engine.toxicity import Asked, Scores, Seen, State, toxicity_of
from moderation.errors import Conflict
from moderation.models import Project
from moderation.queries import InForce
from reviews.learning.figures import Told, change_of, figures_of, is_worse
from reviews.learning.rulings import Ruled, Rulings, Text, ordinary_texts

FOLDS = 5
#: Of each kind: with fewer, one text more or less would move a figure by over five points.
FEWEST = 20
#: What holds the model in place: messages that nobody reviewed count little each, but there are
#: many of them.
ORDINARY_WEIGHT = 0.2
#: What a warning of one of them costs where the shift is chosen: they stand for many more.
ALARM_WEIGHT = 10.0
NOTHING: Truths = (None,) * CORRECTED
#: The share of messages that nobody reviewed of which it may warn and the bundled one does not.
MOST_ALARMS = 0.01
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Trained:
    weights: bytes
    #: As it is stored with the model: `rulings`, `heads`, `held_out`, `change`, `ordinary`,
    #: `is_worse`.
    data: dict[str, Any]


def refuse_other_model() -> None:
    """Raise Conflict where a project's model would not be asked."""
    if not toxicity.takes_corrections():
        raise Conflict(
            f"TOXICITY_MODEL is {settings.TOXICITY_MODEL}: a project's model corrects the bundled "
            "one, and would not be asked."
        )


def train(project: Project, rulings: Rulings, told: Progress) -> Trained:
    """Fit on the rulings; nothing is stored. told: hears how many of the fits are done.

    Raises Conflict if there are too few of a kind.
    """
    refuse_other_model()
    heads = _heads(rulings)
    judge = _Judge(queries.in_force(project))
    taught = [_looked_at(text, judge, heads) for text in rulings.texts]
    ordinary = [_looked_at(text, judge, heads) for text in ordinary_texts(project, rulings.texts)]
    held_out, drift = list[Told](), list[tuple[bool, bool]]()
    for fold in range(FOLDS):
        told(fold, FOLDS + 1)
        rest = [one for one in (*taught, *ordinary) if one.fold != fold]
        correction = Correction(_fitted(rest))
        held_out += [judge.told(one, correction) for one in taught if one.fold == fold]
        drift += [judge.warned(one, correction) for one in ordinary if one.fold == fold]
    told(FOLDS, FOLDS + 1)
    weights = _fitted([*taught, *ordinary])
    told(FOLDS + 1, FOLDS + 1)
    return Trained(weights, {"heads": heads, **_data(rulings, held_out, drift)})


def _data(
    rulings: Rulings, held_out: Sequence[Told], drift: Sequence[tuple[bool, bool]]
) -> dict[str, Any]:
    figures = figures_of(held_out)
    alarms = [sum(before for before, _ in drift), sum(after for _, after in drift)]
    return {
        "rulings": rulings.facts(),
        "held_out": figures,
        "change": change_of(held_out),
        "ordinary": {
            "texts": len(drift),
            "bundled": alarms[0],
            "fitted": alarms[1],
        },
        "is_worse": is_worse(figures) or alarms[1] - alarms[0] > MOST_ALARMS * len(drift),
    }


def _heads(rulings: Rulings) -> list[str]:
    """Return which heads there is enough to teach of."""
    counts = {"toxicity": rulings.rejected - rulings.spam, "spam": rulings.spam}
    heads = [name for name, rejected in counts.items() if min(rejected, rulings.approved) >= FEWEST]
    if not heads:
        raise Conflict(
            f"Too few rulings to learn from: {counts['toxicity']} texts rejected, {counts['spam']} "
            f"rejected as spam, {rulings.approved} approved; {FEWEST} approved and as many of one "
            "of the others are needed. With fewer, a single text would move the held-out figures "
            "by more than five points."
        )
    return heads


@dataclass(frozen=True)
class _Looked:
    """A text with its features and what it teaches."""

    text: Text
    features: Features
    lesson: Lesson
    #: The same for all texts with the same key: none is both taught and held out.
    fold: int


def _looked_at(text: Text, judge: "_Judge", heads: Sequence[str]) -> _Looked:
    features = judge.features(text)
    lesson = lesson_of(features, NOTHING)
    truths = _truths(text, lesson)
    taught = tuple(
        truth if name in heads else None
        for name, truth in zip(("toxicity", "spam"), truths, strict=True)
    )
    weight = 1.0 if isinstance(text, Ruled) else ORDINARY_WEIGHT
    return _Looked(text, features, replace(lesson, truths=taught, weight=weight), fold_of(text.key))


def _truths(text: Text, lesson: Lesson) -> Truths:
    if not isinstance(text, Ruled):
        # What nobody ruled on keeps the probabilities that the bundled model gives it.
        return tuple((1 / (1 + np.exp(-lesson.offsets))).tolist())
    if not text.is_rejected:
        return 0.0, 0.0
    return (None, 1.0) if text.is_spam else (1.0, 0.0)


def _fitted(looked: Sequence[_Looked]) -> bytes:
    """Fit on all of these, with shifts that were best for folds of them that were not seen."""
    unseen = np.zeros((len(looked), CORRECTED))
    folds = np.array([one.fold for one in looked])
    for fold in sorted(set(folds.tolist())):
        correction = Correction(fitted([one.lesson for one in looked if one.fold != fold]))
        for row in np.flatnonzero(folds == fold).tolist():
            one = looked[row]
            unseen[row] = one.lesson.offsets + correction.logits(one.features)
    shifts = [_shift(looked, unseen[:, head], head) for head in range(CORRECTED)]
    return fitted([one.lesson for one in looked], shifts)


def _shift(looked: Sequence[_Looked], unseen: np.ndarray, head: int) -> float:
    """Return the head's best shift; what nobody reviewed shall be warned of no more than it is."""
    truths = [one.lesson.truths[head] for one in looked]
    rows = [row for row, truth in enumerate(truths) if truth is not None]
    if not rows:
        return 0.0
    model = bundled_model()
    level = (model.spam_levels if head == SPAM else model.levels).warn
    are_rejected = np.array([truths[row] == 1 for row in rows])
    weights = [1.0 if isinstance(looked[row].text, Ruled) else ALARM_WEIGHT for row in rows]
    return best_shift(unseen[rows], are_rejected, np.array(weights), level)


def fold_of(key: str) -> int:
    return sha256(key.encode("utf-8", "replace")).digest()[0] % FOLDS


class _Seeing:
    """A scorer that says nothing, and keeps what it saw."""

    name, state = "", State.READY
    levels, spam_levels = bundled_model().levels, bundled_model().spam_levels

    def score(self, seen: Seen, wait: float) -> Scores:
        self.seen = seen
        return Scores({})


class _Judge:
    """Judges texts by the project's rules and policy of today, beside one model or another."""

    def __init__(self, in_force: InForce) -> None:
        self._ruleset, self._policy = in_force.ruleset, in_force.policy
        self._model = bundled_model()

    def features(self, text: Text) -> Features:
        """Return what the model sees of the text, with what the rules found in it."""
        seeing = _Seeing()
        self._classified(text, Asked(seeing))
        return features_of(seeing.seen)

    def told(self, looked: _Looked, correction: Correction) -> Told:
        before = self._model.scores_of(looked.features)
        after = self._model.scores_of(looked.features, correction)
        assert isinstance(looked.text, Ruled)
        return Told(
            looked.text.is_rejected,
            self._warns_alone(before),
            self._warns_alone(after),
            self._warns(looked.text, before),
            self._warns(looked.text, after),
        )

    def warned(self, looked: _Looked, correction: Correction) -> tuple[bool, bool]:
        """Say whether an ordinary text is warned of today, and would be."""
        scores = (
            self._model.scores_of(looked.features),
            self._model.scores_of(looked.features, correction),
        )
        before, after = (self._warns(looked.text, each) for each in scores)
        return before, after

    def _warns_alone(self, scores: Scores) -> bool:
        worth = max(
            self._model.levels.worth(toxicity_of(scores)),
            self._model.spam_levels.worth(scores.spam),
        )
        return worth + TOLERANCE >= self._policy.thresholds.warn

    def _warns(self, text: Text, scores: Scores) -> bool:
        told = Answered(scores, name_of(0), self._model.levels, self._model.spam_levels)
        return decide(self._classified(text, Asked(told)), self._policy).is_violation

    def _classified(self, text: Text, asked: Asked) -> Any:
        return classify(
            text.content,
            self._ruleset,
            user_id=text.user_id,
            language=text.language,
            asked=asked,
        )
