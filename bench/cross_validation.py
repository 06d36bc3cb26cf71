"""Judge labelled texts twice, at the level *flag*: `python bench/cross_validation.py SETS MODELS`.

SETS is a folder of JSON lines, one file a set. MODELS is what `make train-model` leaves behind: a
model without each fold, and which text is in which fold. *Trained* is the shipped model, which has
seen most of these texts; *cross-validated* judges each text by a model that has seen neither it nor
its template nor a near copy of it. Sets that no model was trained on have one column only.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.matches import NOT_TOXIC
from moderation.engine.model.bundled import BundledModel, bundled_model
from moderation.engine.model.scorer import FLAG, ScoreRequest

RULESET = build_ruleset()
TOLERANCE = 1e-9
#: What is looked for in a set; in any other it is toxicity.
SPAM_SETS = ("sms_spam", "youtube_spam")
BINS = 10
CALIBRATED = ("surge_toxicity", "wiki_toxicity", "convabuse")
FUNCTIONAL = ("hatecheck_en", "mhc_es")
HARMLESS = "_nh"


@dataclass(frozen=True)
class Judgement:
    """What one model makes of one text."""

    label: bool
    group: str
    is_flagged: bool
    #: Orders the texts also below a flag.
    score: float
    probability: float

    @property
    def is_right(self) -> bool:
        return self.is_flagged == self.label


Judgements = Sequence[Judgement]


@dataclass(frozen=True)
class Folds:
    """The models that were trained without a fold each."""

    models: Sequence[BundledModel]
    #: The fold of a text, by its SHA-256.
    of_text: dict[str, int]

    @classmethod
    def read(cls, folder: Path) -> "Folds":
        folds = json.loads((folder / "folds.json").read_text(encoding="utf-8"))
        count = max(folds.values()) + 1
        models = [BundledModel(folder / f"without-{fold}.npz") for fold in range(count)]
        return cls(models, folds)

    def model_for(self, text: str) -> BundledModel | None:
        """Return the model that has not seen the text; None where no model has."""
        fold = self.of_text.get(sha256(text.encode()).hexdigest())
        return None if fold is None else self.models[fold]


def judged(row: dict[str, Any], model: BundledModel, *, is_spam: bool) -> Judgement:
    found = classify(row["text"], RULESET, score_request=ScoreRequest(model))
    kinds = [name for name in found.categories if (name == "spam") is is_spam]
    if not is_spam:
        kinds = [name for name in kinds if name not in NOT_TOXIC]
    strongest = max((found.categories[name] for name in kinds), default=0.0)
    probability = found.model_finding.labels.get("toxicity", 0.0)
    return Judgement(
        bool(row["label"]),
        row.get("group") or "",
        strongest + TOLERANCE >= FLAG,
        strongest + probability,
        probability,
    )


def rows_of(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def columns_of(path: Path, folds: Folds) -> tuple[Judgements, Judgements | None]:
    """Return a set's judgements by the shipped model, and by models that have not seen them."""
    is_spam = path.stem in SPAM_SETS
    rows = rows_of(path)
    shipped = [judged(row, bundled_model(), is_spam=is_spam) for row in rows]
    models = [folds.model_for(row["text"]) for row in rows]
    if not any(models):
        return shipped, None
    unseen = [
        judged(row, model, is_spam=is_spam) if model else seen
        for row, model, seen in zip(rows, models, shipped, strict=True)
    ]
    return shipped, unseen


def figures(rows: Judgements) -> str:
    """Return F1, macro-F1, false alarms and the area under the curve, as cells of a table."""
    pairs = [(row.label, row.is_flagged) for row in rows]
    true, false = pairs.count((True, True)), pairs.count((False, True))
    missed, clean = pairs.count((True, False)), pairs.count((False, False))
    toxic = ratio(2 * true, 2 * true + false + missed)
    harmless = ratio(2 * clean, 2 * clean + false + missed)
    area = area_under_curve(rows)
    has_toxic, has_clean = true + missed > 0, false + clean > 0
    cells = [
        f"{toxic:.3f}" if has_toxic else "–",
        f"{(toxic + harmless) / 2:.3f}" if has_toxic and has_clean else "–",
        f"{ratio(false, false + clean):.3f}" if has_clean else "–",
        "–" if area is None else f"{area:.3f}",
    ]
    return " | ".join(cells)


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def area_under_curve(rows: Judgements) -> float | None:
    """Return the chance that a toxic text scores higher than a harmless one; ties count half."""
    ranks: dict[float, int] = {}
    counts = Counter(row.score for row in rows)
    below = 0
    for score in sorted(counts):
        ranks[score] = below
        below += counts[score]
    toxic = [row for row in rows if row.label]
    harmless = len(rows) - len(toxic)
    if not toxic or not harmless:
        return None
    total = sum(ranks[row.score] + (counts[row.score] - 1) / 2 for row in toxic)
    return (total - len(toxic) * (len(toxic) - 1) / 2) / (len(toxic) * harmless)


def calibration_error(rows: Judgements) -> float:
    """Return the expected calibration error in ten bins of equal width (Naeini et al. 2015)."""
    bins = defaultdict(list)
    for row in rows:
        bins[min(BINS - 1, int(row.probability * BINS))].append(row)
    return sum(
        abs(sum(row.probability - row.label for row in group)) for group in bins.values()
    ) / len(rows)


def function_lines(trained: Judgements, unseen: Judgements) -> Iterator[str]:
    yield "| function | texts | trained | cross-validated |"
    yield "|---|---:|---:|---:|"
    parts = [("all harmless ones", lambda name: name.endswith(HARMLESS))]
    parts += [(name, name.__eq__) for name in sorted({row.group for row in trained})]
    for name, belongs in parts:
        pairs = [(a, b) for a, b in zip(trained, unseen, strict=True) if belongs(a.group)]
        right = [
            ratio(sum(row.is_right for row in side), len(pairs))
            for side in zip(*pairs, strict=True)
        ]
        yield f"| {name} | {len(pairs)} | {right[0]:.3f} | {right[1]:.3f} |"


def report(paths: Iterable[Path], folds: Folds, say: Callable[[str], None]) -> None:
    measures = "F1 | macro-F1 | false alarms | AUC"
    say(f"| set | texts | trained: {measures} | cross-validated: {measures} |")
    say("|---|---:|" + "---:|" * 8)
    columns = {}
    for path in paths:
        trained, unseen = columns_of(path, folds)
        columns[path.stem] = trained, unseen
        seen = figures(trained) if unseen else "– | – | – | –"
        say(f"| {path.stem} | {len(trained):,} | {seen} | {figures(unseen or trained)} |")
    for name in CALIBRATED:
        if name in columns:
            trained, unseen = columns[name]
            error = calibration_error(unseen or trained)
            say(f"\nExpected calibration error, {name}, not seen: {error:.3f}")
    for name in FUNCTIONAL:
        trained, unseen = columns.get(name, ((), None))
        if unseen:
            say(f"\n### {name}\n")
            say("\n".join(function_lines(trained, unseen)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", type=Path)
    parser.add_argument("models", type=Path)
    options = parser.parse_args()
    if not (options.models / "folds.json").exists():
        raise SystemExit(
            f"There are no models of the folds in {options.models}. "
            "`make train-model DATA=FOLDER` leaves them there."
        )
    report(sorted(options.sets.glob("*.jsonl")), Folds.read(options.models), print)


if __name__ == "__main__":
    main()
