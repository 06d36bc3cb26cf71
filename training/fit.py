"""Fit the linear heads of the bundled model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from moderation.engine.model.bundled import HEADS, share_of
from moderation.engine.model.features import token_hashes
from training.packing import Head
from training.texts import Example, labels_of

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


def heads_of(matrix: sparse.csr_matrix, tasks: Mapping[str, Task], rows: np.ndarray) -> list[Head]:
    """Return all heads, fitted on the chosen rows."""
    return [fit(matrix, task, rows, strength_of(name)) for name, task in tasks.items()]


def linear_logits(matrix: sparse.csr_matrix, heads: Sequence[Head]) -> np.ndarray:
    """Return a row for each text, a column for each head."""
    return np.stack([matrix @ head.weights + head.bias for head in heads], axis=1)
