"""Fit the heads, calibrate them on folds they have not seen, and choose where they warn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from moderation.engine.bundled import HEADS, STRETCH, share_of, stretch_excess
from moderation.engine.features import Features, token_hashes
from training.levels import OFFSETS
from training.packing import Head
from training.texts import FOLDS, Example, labels_of

STRENGTH = {"toxicity": 0.7, "spam": 1.0}  # inverse of the L2 penalty
FINER_STRENGTH = 0.3
ITERATIONS = 300


@dataclass(frozen=True)
class Task:
    """What one head is taught: which rows, with which truth and weight."""

    truth: np.ndarray
    weight: np.ndarray


def matrix_of(examples: Sequence[Example], bits: int) -> sparse.csr_matrix:
    """Return one row of hashed features for each text, as the model adds them up."""
    mask = (1 << bits) - 1
    columns, values, ends = [], [], [0]
    for example in examples:
        features = example.features
        parts = [place for token in features.tokens for place in token_hashes(token)]
        parts += features.groups
        share = share_of(features)
        columns += [place & mask for place in (*parts, *features.whole)]
        values += [share] * len(parts) + [1.0] * len(features.whole)
        ends.append(len(columns))
    shape = (len(examples), mask + 1)
    matrix = sparse.csr_matrix((values, columns, ends), shape=shape, dtype=np.float64)
    matrix.sum_duplicates()
    return matrix


def tasks_of(examples: Sequence[Example]) -> dict[str, Task]:
    weight = np.array([example.weight for example in examples])
    toxic = np.array([int(example.is_toxic) for example in examples])
    spam = np.array([int(example.is_spam) for example in examples])
    of_spam = np.array(
        [0.0 if e.set == "joined" else 1.0 if "spam" in e.set else 0.1 for e in examples]
    )
    tasks = {"toxicity": Task(toxic, weight), "spam": Task(spam, of_spam)}
    labels = [labels_of(example) for example in examples]
    for name in HEADS[2:]:
        truth = [label[name] for label in labels]
        known = np.array([value is not None for value in truth]) & (toxic == 1)
        tasks[name] = Task(np.array([value or 0 for value in truth]), weight * known)
    return tasks


def fit(matrix: sparse.csr_matrix, task: Task, rows: np.ndarray, strength: float) -> Head:
    chosen = rows & (task.weight > 0)
    model = LogisticRegression(C=strength, max_iter=ITERATIONS, tol=1e-4)
    model.fit(matrix[chosen], task.truth[chosen], sample_weight=task.weight[chosen])
    return Head(model.coef_[0], float(model.intercept_[0]))


def strength_of(name: str) -> float:
    return STRENGTH.get(name, FINER_STRENGTH)


def held_out(
    examples: Sequence[Example], matrix: sparse.csr_matrix, task: Task, name: str
) -> np.ndarray:
    """Return each row's logit by a head that has not seen its fold."""
    folds = np.array([example.fold for example in examples])
    logits = np.zeros(len(examples))
    for fold in range(FOLDS):
        head = fit(matrix, task, folds != fold, strength_of(name))
        logits[folds == fold] = matrix[folds == fold] @ head.weights + head.bias
        if name == "toxicity":
            for row in np.flatnonzero(folds == fold):
                stretch = stretch_of(examples[row].features, head.weights)
                logits[row] += OFFSETS.stretch * stretch
    return logits


def stretch_of(features: Features, weights: np.ndarray) -> float:
    """Return what bundled.stretch_excess does, by weights that are not packed yet."""
    if len(features.tokens) <= STRETCH:
        return 0.0
    mask = len(weights) - 1
    by_token = {
        token: sum(weights[place & mask] for place in token_hashes(token))
        for token in features.tokens
    }
    rest = 0.0
    for place, first in features.groups.items():
        if first:
            by_token[first] += weights[place & mask]
        else:
            rest += weights[place & mask]
    of_tokens = np.array(list(by_token.values()))
    whole = share_of(features) * (of_tokens.sum() + rest)
    return stretch_excess(of_tokens, features, whole)


def calibrated(
    logits: np.ndarray, offsets: np.ndarray, truth: np.ndarray, weight: np.ndarray
) -> tuple[float, float]:
    """Return slope and shift that turn logits into probabilities, beside given offsets.

    Platt (1999).
    """
    chosen = weight > 0
    logits, offsets, truth, weight = (column[chosen] for column in (logits, offsets, truth, weight))

    def loss(parameters: np.ndarray) -> float:
        said = logits * parameters[0] + parameters[1] + offsets
        return float((weight * (np.logaddexp(0, said) - truth * said)).sum())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    return float(slope), float(shift)
