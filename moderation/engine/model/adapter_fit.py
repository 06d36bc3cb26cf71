"""Fit a correction of the bundled model, with numpy alone and always the same.

Logistic regression over the bundled model's features, whose logits are given beforehand (an
offset), with an L2 penalty; Newton's method, each step by conjugate gradients (Lin, Weng and
Keerthi 2008, "Trust region Newton method for large-scale logistic regression", without the region:
the step is halved until the loss falls). The intercept is that of the rulings alone, and is left
out of what comes back: moderators see what was flagged, and how much of that they reject says
nothing of the messages that nobody saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.engine.model.adapter import BITS, MASK, hashes_of, packed
from moderation.engine.model.bundled import CORRECTED, bundled_model, share_of
from moderation.engine.model.features import Features

#: The weight of the squared weights; with three times as much, texts taught about the same.
PENALTY = 3.0
#: One place more than there are: the intercept of the rulings, nearly free.
INTERCEPT, FREE = 1 << BITS, 1e-3
PENALTIES = np.append(np.full(1 << BITS, PENALTY), FREE)
MOST_STEPS = 30
MOST_TURNS = 40
MOST_HALVINGS = 12
TOLERANCE = 1e-4
#: A step's remaining error, as a share of the gradient.
ROUGHNESS = 0.05
Doubles = NDArray[np.float64]
#: What each corrected head is taught, 0-1; None: nothing.
Labels = tuple[float | None, ...]
NO_SHIFT = (0.0,) * CORRECTED
#: The shifts that are tried, those that change little first.
SHIFTS = tuple(sorted(np.arange(-1.5, 1.75, 0.25).tolist(), key=abs))


@dataclass(frozen=True, slots=True)
class Example:
    """One text as a row of features, and what it teaches."""

    #: Places in the correction's table and how much each counts.
    places: NDArray[np.int64]
    values: Doubles
    #: The bundled model's logits of the corrected heads.
    offsets: Doubles
    labels: Labels
    weight: float = 1.0


def example_of(features: Features, labels: Labels, weight: float = 1.0) -> Example:
    hashes, shared = hashes_of(features)
    values = np.ones(len(hashes))
    values[:shared] = share_of(features)
    return Example(
        places=np.array(hashes, dtype=np.int64) & MASK,
        values=values,
        offsets=bundled_model().logits_of(features)[:CORRECTED].astype(np.float64),
        labels=labels,
        weight=weight,
    )


def fit_adapter(examples: Sequence[Example], shifts: Sequence[float] = NO_SHIFT) -> bytes:
    """Return the adapter's bytes; a head without examples stays as it is.

    shifts: what each head is raised by in every text (`best_shift`).
    """
    heads = [_fit_head(examples, head) for head in range(CORRECTED)]
    return packed(np.stack(heads, axis=1), shifts)


def _fit_head(examples: Sequence[Example], head: int) -> Doubles:
    labelled = [example for example in examples if example.labels[head] is not None]
    if not labelled:
        return np.zeros(1 << BITS)
    labels = np.array([example.labels[head] for example in labelled], dtype=np.float64)
    weights = np.array([example.weight for example in labelled])
    # A queue where most is rejected must teach what is rejected, not to reject most: decisions of
    # both kinds get the same total weight. Other examples have a model's probability as label.
    rejected, approved = labels == 1, labels == 0
    is_decision = rejected | approved
    total = weights[is_decision].sum()
    for kind in (approved, rejected):
        if kind.any():
            weights[kind] *= total / (2 * weights[kind].sum())
    problem = _Problem(
        rows=_Rows(labelled, is_decision),
        offsets=np.array([example.offsets[head] for example in labelled]),
        labels=labels,
        weights=weights,
    )
    return _minimize(problem)[:INTERCEPT]


def best_shift(logits: Doubles, labels: NDArray[np.bool_], weights: Doubles, level: float) -> float:
    """Return by how much the logits are raised best, by F1 where they reach the level.

    weights: what each counts when it reaches it; level: a probability. Of equals the smallest.
    """
    threshold = np.log(level / (1 - level))
    scores = []
    for shift in SHIFTS:
        flagged = logits + shift >= threshold
        sums = [weights[rows].sum() for rows in (flagged & labels, flagged, labels)]
        scores.append(float(2 * sums[0] / np.maximum(1, sums[1] + sums[2])))
    return float(SHIFTS[int(np.argmax(scores))])


class _Rows:
    """A sparse matrix, one row for each example; no row is empty, as each has its shape."""

    def __init__(self, examples: Sequence[Example], are_decisions: NDArray[np.bool_]) -> None:
        lengths = np.array([len(example.places) + 1 for example in examples])
        self._places = np.concatenate(
            [np.append(example.places, INTERCEPT) for example in examples]
        )
        values = zip(examples, are_decisions, strict=True)
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
    labels: Doubles
    weights: Doubles

    def loss(self, delta: Doubles) -> float:
        logits = self.offsets + self.rows.times(delta)
        # log(1 + e^z) - y z, without overflow.
        each = np.logaddexp(0, logits) - self.labels * logits
        return float(self.weights @ each + (PENALTIES * delta) @ delta / 2)

    def gradient(self, delta: Doubles, probabilities: Doubles) -> Doubles:
        return self.rows.spread(self.weights * (probabilities - self.labels)) + PENALTIES * delta

    def probabilities(self, delta: Doubles) -> Doubles:
        logits = self.offsets + self.rows.times(delta)
        probabilities: Doubles = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        return probabilities


def _minimize(problem: _Problem) -> Doubles:
    """Return the weights with the least loss, by Newton's method."""
    delta = np.zeros(INTERCEPT + 1)
    for _ in range(MOST_STEPS):
        probabilities = problem.probabilities(delta)
        gradient = problem.gradient(delta, probabilities)
        if np.abs(gradient).max() < TOLERANCE:
            break
        curvature = problem.weights * probabilities * (1 - probabilities)
        step = _solve(problem.rows, curvature, -gradient)
        loss, descent = problem.loss(delta), float(gradient @ step)
        # Armijo's rule: halve the step until the loss has fallen enough.
        for halving in range(MOST_HALVINGS):
            length = 0.5**halving
            if problem.loss(delta + length * step) <= loss + 1e-4 * length * descent:
                delta += length * step
                break
    return delta


def _solve(rows: _Rows, curvature: Doubles, target: Doubles) -> Doubles:
    """Solve hessian @ x = target roughly, by conjugate gradients."""
    solution = np.zeros_like(target)
    residual, direction = target.copy(), target.copy()
    square = residual @ residual
    enough = ROUGHNESS**2 * square
    for _ in range(MOST_TURNS):
        hessian_product = rows.spread(curvature * rows.times(direction)) + PENALTIES * direction
        length = square / (direction @ hessian_product)
        solution += length * direction
        residual -= length * hessian_product
        before, square = square, residual @ residual
        if square <= enough:
            break
        direction = residual + (square / before) * direction
    return solution
