"""Judge texts in this process, so that accuracy can be measured against labelled data.

`evaluate.py --py bench/accuracy.py:judge` prints the table of categories; run as a program on a
JSONL file with spans, this prints the one of personal data.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.matches import NOT_TOXIC, PiiType
from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.scorer import ScoreRequest

RULESET = build_ruleset()
ASKED = ScoreRequest(bundled_model())
#: Types of presidio-research that Gavel knows by another name.
TYPES = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "IBAN_CODE": "IBAN",
    **{kind.value: kind.value for kind in PiiType},
}
Span = tuple[str, int, int]


def judge(texts: list[str]) -> list[dict[str, Any]]:
    """Return the score of each text and of its categories; personal data counts as one."""
    return [judgement(text) for text in texts]


def judgement(text: str) -> dict[str, Any]:
    found = classify(text, RULESET, score_request=ASKED)
    # The verdict compares with a tolerance; evaluate.py does not.
    categories = {name.value: score + 1e-9 for name, score in found.categories.items()}
    if found.pii:
        categories["personal_info"] = 1.0
    # Below a warning the score still orders the texts, which the area under the curve needs.
    toxic = [score for name, score in categories.items() if name not in NOT_TOXIC]
    score = max([found.model_finding.score, *toxic])
    return {"score": found.score, "toxicity": score, "categories": categories}


def pii_table(path: Path) -> str:
    """Return found, false and missed spans by type; a span counts when type and place agree."""
    counts: dict[str, Counter[str]] = {kind.value: Counter() for kind in PiiType}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        expected, found = expected_spans(row), found_spans(row["text"])
        for name, spans in (
            ("found", expected & found),
            ("false", found - expected),
            ("missed", expected - found),
        ):
            for kind, _, _ in spans:
                counts[kind][name] += 1
    lines = [line_of(kind, count) for kind, count in counts.items()]
    return "\n".join([*lines, line_of("all", sum(counts.values(), Counter()))])


def expected_spans(row: dict[str, Any]) -> set[Span]:
    spans = row.get("spans", [])
    return {
        (TYPES[span["type"]], span["start"], span["end"]) for span in spans if span["type"] in TYPES
    }


def found_spans(text: str) -> set[Span]:
    return {(pii.type.value, pii.start, pii.end) for pii in classify(text, RULESET).pii}


def line_of(kind: str, count: Counter[str]) -> str:
    precision = count["found"] / max(1, count["found"] + count["false"])
    recall = count["found"] / max(1, count["found"] + count["missed"])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    numbers = " ".join(f"{name} {count[name]:4d}" for name in ("found", "false", "missed"))
    return f"{kind:12s} {numbers}   P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}"


if __name__ == "__main__":
    print(pii_table(Path(sys.argv[1])))
