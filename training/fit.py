"""Fit the heads, calibrate them on folds they have not seen, and choose where they warn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from moderation.engine.bundled import HEADS, share_of
from moderation.engine.features import token_hashes
from training.texts import FOLDS, Example, labels_of

STRENGTH = {"toxicity": 1.0, "spam": 1.0}  # inverse of the L2 penalty
FINER_STRENGTH = 0.3
ITERATIONS = 300


@dataclass(frozen=True)
class Task:
    """What one head is taught: which rows, with which truth and weight."""

    truth: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Head:
    weights: np.ndarray
    bias: float
    length: float = 0.0


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


def held_out(matrix: sparse.csr_matrix, task: Task, folds: np.ndarray, name: str) -> np.ndarray:
    """Return each row's logit by a head that has not seen its fold."""
    logits = np.zeros(matrix.shape[0])
    for fold in range(FOLDS):
        head = fit(matrix, task, folds != fold, strength_of(name))
        logits[folds == fold] = matrix[folds == fold] @ head.weights + head.bias
    return logits


def calibrated(
    logits: np.ndarray, lengths: np.ndarray, truth: np.ndarray, weight: np.ndarray
) -> tuple[float, float, float]:
    """Return slope, weight of the length and shift that turn logits into probabilities.

    Platt (1999), with the length beside the logit: of long texts fewer are toxic as a whole.
    """
    chosen = weight > 0
    columns = np.stack([logits, lengths], axis=1)[chosen]
    model = LogisticRegression(C=1e4).fit(columns, truth[chosen], sample_weight=weight[chosen])
    slope, length = map(float, model.coef_[0])
    return slope, length, float(model.intercept_[0])
