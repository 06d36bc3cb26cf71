"""How well a model tells unseen texts apart, and whether that may be chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reviews.evaluation.learning.shapes import Change, WayFigures

RESAMPLES = 1_000
DIGITS = 4


@dataclass(frozen=True)
class Prediction:
    """One held-out text: the moderators' decision, and whether each way of checking warns."""

    is_rejected: bool
    #: The models alone, at the policy's threshold for a warning.
    bundled: bool
    fitted: bool
    #: Rules and model together.
    with_bundled: bool
    with_fitted: bool


WAYS = ("bundled", "fitted", "with_bundled", "with_fitted")


def figures_of(predictions: Sequence[Prediction]) -> dict[str, WayFigures]:
    """Return the figures of each way; false alarms are a share of the approved texts."""
    figures = {}
    for way in WAYS:
        pairs = [(one.is_rejected, getattr(one, way)) for one in predictions]
        hits, alarms = pairs.count((True, True)), pairs.count((False, True))
        missed, quiet = pairs.count((True, False)), pairs.count((False, False))
        figures[way] = WayFigures(
            precision=round(hits / max(1, hits + alarms), DIGITS),
            recall=round(hits / max(1, hits + missed), DIGITS),
            f1=round(2 * hits / max(1, 2 * hits + alarms + missed), DIGITS),
            false_alarms=round(alarms / max(1, alarms + quiet), DIGITS),
        )
    return figures


def is_worse(figures: Mapping[str, WayFigures]) -> bool:
    """Say whether the fitted model's F1 is lower with the rules or, if equal there, alone."""
    before = figures["with_bundled"]["f1"], figures["bundled"]["f1"]
    return (figures["with_fitted"]["f1"], figures["fitted"]["f1"]) < before


def change_of(predictions: Sequence[Prediction]) -> Change:
    """Return the change of F1 with the rules, with the middle 95 % of its resamples.

    Efron (1979), "Bootstrap methods": the texts are drawn again many times, with a fixed seed.
    """
    cells = np.zeros(8)
    for one in predictions:
        cells[4 * one.is_rejected + 2 * one.with_bundled + one.with_fitted] += 1
    resamples = np.random.default_rng(0).multinomial(
        len(predictions), cells / cells.sum(), RESAMPLES
    )
    changes = _change(resamples)
    return {
        "f1": round(float(_change(cells[None, :])[0]), DIGITS),
        "low": round(float(np.quantile(changes, 0.025)), DIGITS),
        "high": round(float(np.quantile(changes, 0.975)), DIGITS),
    }


def _change(cells: np.ndarray) -> np.ndarray:
    """Return F1 with the fitted minus F1 with the bundled model, for each row of counts."""
    rejected, before, after = (np.array([at >> bit & 1 for at in range(8)]) for bit in (2, 1, 0))
    of_rejected = cells @ rejected
    scores = [
        2 * (cells @ (rejected * said)) / np.maximum(1, of_rejected + cells @ said)
        for said in (before, after)
    ]
    changed: np.ndarray = scores[1] - scores[0]
    return changed
