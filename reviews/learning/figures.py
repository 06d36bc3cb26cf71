"""How well texts that a model has not seen were told apart, and whether that is chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1_000
DIGITS = 4


@dataclass(frozen=True)
class Told:
    """One held-out text: what people ruled, and whether each way of judging warned."""

    is_rejected: bool
    #: The models alone, at the policy's warning.
    bundled: bool
    fitted: bool
    #: Rules and model together.
    with_bundled: bool
    with_fitted: bool


WAYS = ("bundled", "fitted", "with_bundled", "with_fitted")


def figures_of(told: Sequence[Told]) -> dict[str, dict[str, float]]:
    """Return precision, recall, F1 and false alarms (of the approved) of each way, 0-1."""
    truth = [one.is_rejected for one in told]
    return {way: _figures(truth, [getattr(one, way) for one in told]) for way in WAYS}


def _figures(truth: Sequence[bool], said: Sequence[bool]) -> dict[str, float]:
    pairs = list(zip(truth, said, strict=True))
    hits, alarms = pairs.count((True, True)), pairs.count((False, True))
    missed, quiet = pairs.count((True, False)), pairs.count((False, False))
    figures = {
        "precision": hits / max(1, hits + alarms),
        "recall": hits / max(1, hits + missed),
        "f1": 2 * hits / max(1, 2 * hits + alarms + missed),
        "false_alarms": alarms / max(1, alarms + quiet),
    }
    return {name: round(value, DIGITS) for name, value in figures.items()}


def is_worse(figures: dict[str, dict[str, float]]) -> bool:
    """Say whether the fitted model's F1 is lower: with the rules, and if equal there, alone."""
    before = figures["with_bundled"]["f1"], figures["bundled"]["f1"]
    return (figures["with_fitted"]["f1"], figures["fitted"]["f1"]) < before


def change_of(told: Sequence[Told]) -> dict[str, float]:
    """Return by how much F1 changes with the rules, with the middle 95 % of its resamples.

    Efron (1979), "Bootstrap methods": the texts drawn again and again, always the same way.
    """
    cells = np.zeros(8)
    for one in told:
        cells[4 * one.is_rejected + 2 * one.with_bundled + one.with_fitted] += 1
    drawn = np.random.default_rng(0).multinomial(len(told), cells / cells.sum(), RESAMPLES)
    changes = _change(drawn)
    return {
        "f1": round(float(_change(cells[None, :])[0]), DIGITS),
        "low": round(float(np.quantile(changes, 0.025)), DIGITS),
        "high": round(float(np.quantile(changes, 0.975)), DIGITS),
    }


def _change(cells: np.ndarray) -> np.ndarray:
    """Return F1 with the fitted less that with the bundled model, for each row of counts."""
    rejected, before, after = (np.array([at >> bit & 1 for at in range(8)]) for bit in (2, 1, 0))
    of_rejected = cells @ rejected
    scores = [
        2 * (cells @ (rejected * said)) / np.maximum(1, of_rejected + cells @ said)
        for said in (before, after)
    ]
    changed: np.ndarray = scores[1] - scores[0]
    return changed
