"""Train the bundled model: `make train-model DATA=FOLDER`.

FOLDER holds the sets as JSON lines, NAME.jsonl or NAME.jsonl.gz, each row with id, text, label
(1: toxic, or spam in the two spam sets), lang, category and, where there is one, group.

Where a user gets them:
  toxic_spans            CC0-1.0     github.com/ipavlopoulos/toxic_spans
  surge_toxicity         MIT         github.com/surge-ai/toxicity
  davidson               MIT         github.com/t-davidson/hate-speech-and-offensive-language
  ruhsold                MIT         github.com/haroonshakeel/roman_urdu_hate_speech
  hatemoji_build/_check  CC-BY-4.0   github.com/HannahKirk/Hatemoji
  hatecheck_en           CC-BY-4.0   github.com/paul-rottger/hatecheck-data
  mhc_es, mhc_hi_latn    CC-BY-4.0   github.com/rewire-online/multilingual-hatecheck
  identity_templates_*   Apache-2.0  github.com/conversationai/unintended-ml-bias-analysis
  sms_spam, youtube_spam CC-BY-4.0   archive.ics.uci.edu (SMS Spam Collection, YouTube Spam)
  pii_presidio           MIT         github.com/microsoft/presidio-research

The same data, versions and seed give the same file, byte for byte.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from moderation.engine.bundled import FILE, HEADS
from training.fit import (
    calibrated,
    fit,
    held_out,
    matrix_of,
    strength_of,
    tasks_of,
)
from training.levels import CALIBRATION_WEIGHTS, OFFSETS, SHIFT
from training.packing import Head, packed
from training.texts import Example, examples_of

BITS = 17
SEED = 1
TARGET = Path(__file__).resolve().parent.parent / "moderation" / "engine" / "data" / FILE


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="the folder of the sets")
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--held-out", type=Path, help="write each text's held-out probability here")
    options = parser.parse_args()
    examples = examples_of(options.data, options.seed)
    matrix = matrix_of(examples, BITS)
    heads, unseen = [], {}
    for name, task in tasks_of(examples).items():
        logits = held_out(examples, matrix, task, name)
        offsets = offsets_of(examples, name)
        weight = calibration_weight(examples, task.weight, name)
        slope, shift = calibrated(logits, offsets, task.truth, weight)
        shift += SHIFT if name == "toxicity" else 0.0
        head = fit(matrix, task, np.ones(len(examples), dtype=bool), strength_of(name))
        heads.append(Head(head.weights * slope, head.bias * slope + shift))
        print(f"{name}: {int((task.weight > 0).sum())} texts, slope {slope:.3f}", flush=True)
        unseen[name] = 1 / (1 + np.exp(-(logits * slope + offsets + shift)))
    options.out.write_bytes(packed(heads))
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")
    if options.held_out:
        write_held_out(options.held_out, examples, unseen)


def offsets_of(examples: Sequence[Example], name: str) -> np.ndarray:
    """Return what is added to each text's calibrated logit: OFFSETS, for toxicity alone."""
    if name != "toxicity":
        return np.zeros(len(examples))
    return np.array([OFFSETS.of(example.features) for example in examples])


def calibration_weight(examples: Sequence[Example], weight: np.ndarray, name: str) -> np.ndarray:
    if name not in {"toxicity", "spam"}:
        return weight
    return np.array([CALIBRATION_WEIGHTS[name].get(example.set, 0.0) for example in examples])


def write_held_out(path: Path, examples: Sequence[Example], unseen: dict[str, np.ndarray]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for at, example in enumerate(examples):
            row = {"set": example.set, "id": example.id}
            row |= {name: round(float(unseen[name][at]), 4) for name in HEADS[:2]}
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
