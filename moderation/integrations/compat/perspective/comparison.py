"""Compare recorded scores of Perspective with ours, and find the mapping between them.

Ours and theirs are scores, 0-1, of the same texts in the same order.
"""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Ours → theirs, rising; between two points the mapping is a straight line.
Points = list[tuple[float, float]]

DIGITS = 4
MOST_POINTS = 200
#: How near to every pair of scores the mapping comes, if so many points suffice.
CLOSE = 0.002
#: A mapping helps from this rank correlation on, and only if chance hardly ever reaches it.
LEAST_CORRELATION = 0.2
DEVIATIONS = 3.0
#: Fewer texts say nothing.
FEWEST_TEXTS = 20
QUANTILES = tuple(number / 20 for number in range(21))


class ThresholdRow(TypedDict):
    """One threshold of the site. A comment is held from its threshold on."""

    theirs: float
    #: The share of comments that Perspective holds.
    share: float
    #: The share of comments on which both agree if ours has the same threshold.
    agreement: float
    #: The threshold of ours that holds the same share, and the agreement there.
    ours_for_same_share: float
    agreement_for_same_share: float
    #: The lowest threshold of ours with at least their precision; None without decisions.
    ours_for_same_precision: float | None


class QuantileRow(TypedDict):
    quantile: float
    ours: float
    theirs: float


class Comparison(TypedDict):
    texts: int
    #: Spearman's; None if one side always answered the same.
    rank_correlation: float | None
    #: Whether a mapping makes ours more like theirs than chance would.
    helps: bool
    thresholds: list[ThresholdRow]
    quantiles: list[QuantileRow]
    mapping: Points


def compare(
    ours: Sequence[float],
    theirs: Sequence[float],
    thresholds: Sequence[float],
    rejected: Sequence[bool] = (),
) -> Comparison:
    """Return how far two lists of scores agree.

    rejected: what moderators decided about each text; empty if nobody knows.
    """
    mine, other = np.array(ours, dtype=float), np.array(theirs, dtype=float)
    correlation = rank_correlation(mine, other)
    least = max(LEAST_CORRELATION, DEVIATIONS / max(1, len(mine) - 1) ** 0.5)
    helps = len(mine) >= FEWEST_TEXTS and correlation is not None and correlation > least
    decided = np.array(rejected, dtype=bool)
    return {
        "texts": len(mine),
        "rank_correlation": None if correlation is None else round(correlation, DIGITS),
        "helps": helps,
        "thresholds": [_threshold_row(mine, other, one, decided) for one in thresholds],
        "quantiles": [
            {
                "quantile": share,
                "ours": round(float(np.quantile(mine, share)), DIGITS),
                "theirs": round(float(np.quantile(other, share)), DIGITS),
            }
            for share in QUANTILES
        ],
        "mapping": quantile_mapping(mine, other) if helps else [],
    }


def rank_correlation(ours: Floats, theirs: Floats) -> float | None:
    """Return Spearman's rank correlation; None if it does not exist."""
    mine, other = _ranks(ours), _ranks(theirs)
    if len(ours) < 2 or mine.std() == 0 or other.std() == 0:
        return None
    return float(np.corrcoef(mine, other)[0, 1])


def _ranks(values: Floats) -> Floats:
    """Return each value's rank; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means: Floats = ends - (counts - 1) / 2
    return means[place]


def quantile_mapping(ours: Floats, theirs: Floats) -> Points:
    """Return the rising mapping that gives ours the distribution of theirs."""
    values, counts = np.unique(ours, return_counts=True)
    ends = np.cumsum(counts)
    sums = np.concatenate([[0.0], np.cumsum(np.sort(theirs))])
    # Where ours are equal, they get the mean of the theirs at the same places.
    means = (sums[ends] - sums[ends - counts]) / counts
    places = _telling_places(values, means)
    points = [(round(float(values[at]), 6), round(float(means[at]), 6)) for at in places]
    # What lies outside of the log must map somewhere, too.
    before = [(0.0, 0.0)] if points[0][0] > 0 else []
    after = [(1.0, 1.0)] if points[-1][0] < 1 else []
    return [*before, *points, *after]


def _telling_places(values: Floats, means: Floats) -> list[int]:
    """Return the places of the points between which straight lines come close to all others."""
    places = sorted({0, len(values) - 1})
    while len(places) < MOST_POINTS:
        misses = np.abs(np.interp(values, values[places], means[places]) - means)
        worst = int(misses.argmax())
        if misses[worst] <= CLOSE:
            break
        places = sorted({*places, worst})
    return places


def _threshold_row(
    ours: Floats, theirs: Floats, least: float, rejected: NDArray[np.bool_]
) -> ThresholdRow:
    held = theirs >= least
    same_share = _threshold_for_share(ours, float(held.mean()))
    precision = None
    if len(rejected) and held.any():
        precision = _threshold_for_precision(ours, rejected, float(rejected[held].mean()))
    return {
        "theirs": least,
        "share": round(float(held.mean()), DIGITS),
        "agreement": round(float(((ours >= least) == held).mean()), DIGITS),
        "ours_for_same_share": same_share,
        "agreement_for_same_share": round(float(((ours >= same_share) == held).mean()), DIGITS),
        "ours_for_same_precision": precision,
    }


def _threshold_for_share(ours: Floats, share: float) -> float:
    """Return the score from which on nearest to this share of the comments lies."""
    values, counts = np.unique(ours, return_counts=True)
    shares = counts[::-1].cumsum()[::-1] / len(ours)
    # Above the highest score nothing is held.
    candidates = np.append(values, min(1.0, values[-1] + 10**-DIGITS))
    best = int(np.abs(np.append(shares, 0.0) - share).argmin())
    return round(float(candidates[best]), DIGITS)


def _threshold_for_precision(
    ours: Floats, rejected: NDArray[np.bool_], precision: float
) -> float | None:
    """Return the lowest score from which on at least this share was rejected, or None."""
    for value in np.unique(ours):
        if rejected[ours >= value].mean() + 1e-9 >= precision:
            return round(float(value), DIGITS)
    return None
