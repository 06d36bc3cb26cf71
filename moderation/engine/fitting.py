"""Fit a correction of the bundled model, with numpy alone and always the same.

Logistic regression over the bundled model's features, whose logits are given beforehand (an
offset), with an L2 penalty; Newton's method, each step by conjugate gradients (Lin, Weng and
Keerthi 2008, "Trust region Newton method for large-scale logistic regression", without the region:
the step is halved until the loss falls). The intercept is that of the rulings alone, and is left
out of what comes back: moderators see what was flagged, and how much of that they reject says
nothing of the messages that nobody saw.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.engine.bundled import CORRECTED, bundled_model, share_of
from moderation.engine.correction import BITS, MASK, hashes_of, packed
from moderation.engine.features import Features

#: The weight of the squared weights; with three times as much, texts taught about the same.
PENALTY = 3.0
#: One place more than there are: the intercept of the rulings, nearly free.
INTERCEPT, FREE = 1 << BITS, 1e-3
PENALTIES = np.append(np.full(1 << BITS, PENALTY), FREE)
MOST_STEPS = 30
MOST_TURNS = 40
MOST_HALVINGS = 12
TOLERANCE = 1e-4
#: A step's remaining error, as a share of the slope.
ROUGHNESS = 0.05
Doubles = NDArray[np.float64]
#: What each corrected head is taught, 0-1; None: nothing.
Truths = tuple[float | None, ...]
NO_SHIFT = (0.0,) * CORRECTED
#: The shifts that are tried, those that change little first.
SHIFTS = tuple(sorted(np.arange(-1.5, 1.75, 0.25).tolist(), key=abs))


@dataclass(frozen=True, slots=True)
class Lesson:
    """One text as a row of features, and what it teaches."""

    #: Places in the correction's table and how much each counts.
    places: NDArray[np.int64]
    values: Doubles
    #: The bundled model's logits of the corrected heads.
    offsets: Doubles
    truths: Truths
    weight: float = 1.0


def lesson_of(features: Features, truths: Truths, weight: float = 1.0) -> Lesson:
    hashes, shared = hashes_of(features)
    values = np.ones(len(hashes))
    values[:shared] = share_of(features)
    return Lesson(
        places=np.array(hashes, dtype=np.int64) & MASK,
        values=values,
        offsets=bundled_model().logits_of(features)[:CORRECTED].astype(np.float64),
        truths=truths,
        weight=weight,
    )


def fitted(lessons: Sequence[Lesson], shifts: Sequence[float] = NO_SHIFT) -> bytes:
    """Return the correction's bytes; a head that is taught nothing is left as it is.

    shifts: what each head is raised by in every text (`best_shift`).
    """
    heads = [_head(lessons, head) for head in range(CORRECTED)]
    return packed(np.stack(heads, axis=1), shifts)


def _head(lessons: Sequence[Lesson], head: int) -> Doubles:
    taught = [lesson for lesson in lessons if lesson.truths[head] is not None]
    if not taught:
        return np.zeros(1 << BITS)
    problem = _Problem(
        rows=_Rows(taught, _are_rulings(taught, head)),
        offsets=np.array([lesson.offsets[head] for lesson in taught]),
        truths=np.array([lesson.truths[head] for lesson in taught], dtype=np.float64),
        weights=_balanced(taught, head),
    )
    return _minimum(problem)[:INTERCEPT]


def _are_rulings(taught: Sequence[Lesson], head: int) -> NDArray[np.bool_]:
    """Say of each lesson whether a person ruled; the others have a model's probability."""
    return np.array([lesson.truths[head] in {0.0, 1.0} for lesson in taught])


def _balanced(taught: Sequence[Lesson], head: int) -> Doubles:
    """Return the weights, those of rulings such that both kinds together count the same.

    A queue in which most is rejected teaches what is rejected, not to reject most.
    """
    truths = np.array([lesson.truths[head] for lesson in taught], dtype=np.float64)
    weights = np.array([lesson.weight for lesson in taught])
    kinds = [truths == 0, truths == 1]
    total = sum(weights[kind].sum() for kind in kinds)
    for kind in kinds:
        if kind.any():
            weights[kind] *= total / (2 * weights[kind].sum())
    return weights


def best_shift(logits: Doubles, truths: NDArray[np.bool_], weights: Doubles, level: float) -> float:
    """Return by how much the logits are raised best, by F1 where they reach the level.

    weights: what each counts when it reaches it; level: a probability. Of equals the smallest.
    """
    threshold = np.log(level / (1 - level))
    scores = [_f1(logits + shift >= threshold, truths, weights) for shift in SHIFTS]
    return float(SHIFTS[int(np.argmax(scores))])


def _f1(said: NDArray[np.bool_], truths: NDArray[np.bool_], weights: Doubles) -> float:
    hits, warned, wanted = (weights[rows].sum() for rows in (said & truths, said, truths))
    return float(2 * hits / np.maximum(1, warned + wanted))


class _Rows:
    """A sparse matrix, one row for each lesson; no row is empty, as each has its shape."""

    def __init__(self, lessons: Sequence[Lesson], are_rulings: NDArray[np.bool_]) -> None:
        lengths = np.array([len(lesson.places) + 1 for lesson in lessons])
        self._places = np.concatenate([np.append(lesson.places, INTERCEPT) for lesson in lessons])
        values = zip(lessons, are_rulings, strict=True)
        self._values = np.concatenate([np.append(one.values, ruled) for one, ruled in values])
        self._starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self._lengths = lengths

    def times(self, weights: Doubles) -> Doubles:
        """Return one sum for each row."""
        sums: Doubles = np.add.reduceat(self._values * weights[self._places], self._starts)
        return sums

    def spread(self, of_rows: Doubles) -> Doubles:
        """Return one sum for each place: the transposed product."""
        shares = self._values * np.repeat(of_rows, self._lengths)
        sums: Doubles = np.bincount(self._places, shares, INTERCEPT + 1).astype(np.float64)
        return sums


@dataclass(frozen=True)
class _Problem:
    rows: _Rows
    offsets: Doubles
    truths: Doubles
    weights: Doubles

    def loss(self, delta: Doubles) -> float:
        logits = self.offsets + self.rows.times(delta)
        # log(1 + e^z) - y z, without overflow.
        each = np.logaddexp(0, logits) - self.truths * logits
        return float(self.weights @ each + (PENALTIES * delta) @ delta / 2)

    def slope(self, delta: Doubles, shares: Doubles) -> Doubles:
        return self.rows.spread(self.weights * (shares - self.truths)) + PENALTIES * delta

    def shares(self, delta: Doubles) -> Doubles:
        logits = self.offsets + self.rows.times(delta)
        probabilities: Doubles = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        return probabilities


def _minimum(problem: _Problem) -> Doubles:
    delta = np.zeros(INTERCEPT + 1)
    for _ in range(MOST_STEPS):
        shares = problem.shares(delta)
        slope = problem.slope(delta, shares)
        if np.abs(slope).max() < TOLERANCE:
            break
        curvature = problem.weights * shares * (1 - shares)
        bend = _bend(problem.rows, curvature)
        delta = _moved(problem, delta, _conjugate(bend, -slope), slope)
    return delta


def _bend(rows: _Rows, curvature: Doubles) -> Callable[[Doubles], Doubles]:
    """Return what multiplies a direction with the second derivatives."""
    return lambda along: rows.spread(curvature * rows.times(along)) + PENALTIES * along


def _conjugate(bend: Callable[[Doubles], Doubles], target: Doubles) -> Doubles:
    """Solve bend(x) = target by conjugate gradients, roughly."""
    found = np.zeros_like(target)
    rest, along = target.copy(), target.copy()
    square = rest @ rest
    enough = ROUGHNESS**2 * square
    for _ in range(MOST_TURNS):
        bent = bend(along)
        length = square / (along @ bent)
        found += length * along
        rest -= length * bent
        before, square = square, rest @ rest
        if square <= enough:
            break
        along = rest + (square / before) * along
    return found


def _moved(problem: _Problem, delta: Doubles, step: Doubles, slope: Doubles) -> Doubles:
    """Return the point along the step where the loss has fallen enough (Armijo's rule)."""
    before, descent = problem.loss(delta), float(slope @ step)
    for halving in range(MOST_HALVINGS):
        length = 0.5**halving
        moved = delta + length * step
        if problem.loss(moved) <= before + 1e-4 * length * descent:
            return moved
    return delta
