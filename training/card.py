"""Print the model card's tables: `python training/card.py DATA HELD_OUT`, both from train.py.

Each text is judged by the rules and by a model that has not seen the text's fold.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from moderation.engine.bundled import bundled_model
from moderation.engine.classify import classify
from moderation.engine.matches import NOT_TOXIC
from moderation.engine.toxicity import Asked, Scores, Seen, State
from training.texts import RULESET, SPAM_SETS, Example, read_sets

BINS = 10
BALANCED_WARN = 0.3 - 1e-9


@dataclass
class Told:
    """Says of a text what a model of other folds said."""

    toxicity: float
    spam: float
    name: str = "held out"
    state: State = State.READY
    levels = bundled_model().levels
    spam_levels = bundled_model().spam_levels

    def score(self, seen: Seen, wait: float) -> Scores:
        return Scores({"toxicity": self.toxicity}, self.spam)


@dataclass(frozen=True)
class Judged:
    example: Example
    probability: float
    is_flagged: bool
    is_spam: bool

    @property
    def is_right(self) -> bool:
        return self.is_flagged == self.example.is_toxic


def judged(folder: Path, held_out: Path) -> list[Judged]:
    told = {}
    for line in held_out.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        told[row["set"], row["id"]] = Told(row["toxicity"], row["spam"])
    return [_judged(example, told[example.set, example.id]) for example in read_sets(folder)]


def _judged(example: Example, told: Told) -> Judged:
    scores = classify(example.text, RULESET, asked=Asked(told)).categories
    toxic = any(score >= BALANCED_WARN for name, score in scores.items() if name not in NOT_TOXIC)
    return Judged(example, told.toxicity, toxic, scores.get("spam", 0.0) >= BALANCED_WARN)


def set_table(rows: Sequence[Judged]) -> str:
    lines = ["| set | language | texts | precision | recall | F1 | false alarms |"]
    lines.append("|---|---|---:|---:|---:|---:|---:|")
    for (name, language), group in _grouped(
        rows, lambda row: (row.example.set, row.example.language)
    ):
        is_spam = name in SPAM_SETS
        truth = [bool(row.example.label) if is_spam else row.example.is_toxic for row in group]
        said = [row.is_spam if is_spam else row.is_flagged for row in group]
        what = f"{name}, spam" if is_spam else name
        lines.append(f"| {what} | {language} | {len(group):,} | {_figures(truth, said)} |")
    return "\n".join(lines)


def _figures(truth: Sequence[bool], said: Sequence[bool]) -> str:
    pairs = list(zip(truth, said, strict=True))
    true, false = pairs.count((True, True)), pairs.count((False, True))
    missed, clean = pairs.count((True, False)), pairs.count((False, False))
    precision, recall = true / max(1, true + false), true / max(1, true + missed)
    f1 = 2 * true / max(1, 2 * true + false + missed)
    alarms = f"{false / (false + clean):.3f}" if false + clean else "–"
    return f"{precision:.3f} | {recall:.3f} | {f1:.3f} | {alarms}"


def function_table(rows: Sequence[Judged], name: str) -> str:
    lines = ["| function | texts | right |", "|---|---:|---:|"]
    chosen = [row for row in rows if row.example.set == name]
    for function, group in _grouped(chosen, lambda row: row.example.group):
        right = sum(row.is_right for row in group) / len(group)
        lines.append(f"| {function} | {len(group)} | {right:.2f} |")
    return "\n".join(lines)


def calibration_table(rows: Iterable[Judged]) -> str:
    lines = ["| probability | texts | mean said | toxic |", "|---|---:|---:|---:|"]
    bins = defaultdict(list)
    for row in rows:
        bins[min(BINS - 1, int(row.probability * BINS))].append(row)
    for at in sorted(bins):
        said = sum(row.probability for row in bins[at]) / len(bins[at])
        toxic = sum(row.example.is_toxic for row in bins[at]) / len(bins[at])
        span = f"{at / BINS:.1f}–{(at + 1) / BINS:.1f}"
        lines.append(f"| {span} | {len(bins[at])} | {said:.2f} | {toxic:.2f} |")
    return "\n".join(lines)


def expected_error(rows: Sequence[Judged]) -> float:
    """Return the expected calibration error in ten bins of equal width (Naeini et al. 2015)."""
    bins = defaultdict(list)
    for row in rows:
        bins[min(BINS - 1, int(row.probability * BINS))].append(row)
    return sum(
        abs(sum(row.probability - row.example.is_toxic for row in group)) for group in bins.values()
    ) / len(rows)


def _grouped(
    rows: Iterable[Judged], key: Callable[[Judged], Any]
) -> list[tuple[Any, list[Judged]]]:
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return sorted(groups.items())


def main() -> None:
    rows = judged(Path(sys.argv[1]), Path(sys.argv[2]))
    print(set_table(rows))
    for name in ("hatecheck_en", "mhc_es"):
        print(f"\n### {name}\n\n{function_table(rows, name)}")
    surge = [row for row in rows if row.example.set == "surge_toxicity"]
    print(f"\n### Calibration, surge_toxicity: {expected_error(surge):.3f}\n")
    print(calibration_table(surge))


if __name__ == "__main__":
    main()
