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
  toxigen_demos          MIT         github.com/microsoft/TOXIGEN (demonstration sentences)
  convabuse              CC-BY-4.0   github.com/amandacurry/convabuse
  sms_spam, youtube_spam CC-BY-4.0   archive.ics.uci.edu (SMS Spam Collection, YouTube Spam)
  pii_presidio           MIT         github.com/microsoft/presidio-research

Six models are trained: one on everything, which ships, and one without each fold, which `make
accuracy` judges by. What is done lies in the work folder; a second run goes on from there.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from moderation.engine.model.bundled import FILE
from training.combining import Part, combined
from training.fit import heads_of, linear_logits, matrix_of, tasks_of
from training.groups import FOLDS
from training.made import examples_of
from training.network import Lessons, exported, logits_of, sequences_of, texts_of, trained
from training.packing import packed
from training.teacher import teacher_vectors
from training.texts import Example
from training.vectors import word_vectors

BITS = 17
SEED = 1
#: The part that sees every row.
WHOLE = FOLDS
ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "moderation" / "engine" / "data" / FILE
WORK = ROOT / "var" / "training"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="the folder of the sets")
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--work", type=Path, default=WORK, help="where parts are kept")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--parts", help="train these only, such as 0,2,5, and stop")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.work.mkdir(parents=True, exist_ok=True)
    examples = examples_of(options.data, options.seed)
    wanted = map(int, options.parts.split(",")) if options.parts else range(WHOLE + 1)
    train_parts(examples, list(wanted), options.work, options.seed)
    if options.parts:
        return
    parts = [Part.read(part_file(options.work, number)) for number in range(WHOLE + 1)]
    models = combined(examples, parts)
    for fold, model in enumerate(models[:-1]):
        (options.work / f"without-{fold}.npz").write_bytes(packed(model))
    write_folds(options.work / "folds.json", examples)
    options.out.write_bytes(packed(models[-1]))
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


def part_file(work: Path, number: int) -> Path:
    return work / f"part-{number}.npz"


def train_parts(examples: Sequence[Example], wanted: list[int], work: Path, seed: int) -> None:
    missing = [number for number in wanted if not part_file(work, number).exists()]
    if not missing:
        return
    matrix, tasks = matrix_of(examples, BITS), tasks_of(examples)
    known = word_vectors(sequences_of(examples))
    texts = texts_of(examples, known)
    lessons = Lessons(tasks, teacher_vectors(examples, work / "teacher.npz"))
    folds = np.array([example.fold for example in examples])
    print(f"{len(examples):,} texts, {len(known.words):,} words with vectors", flush=True)
    for number in missing:
        heads = heads_of(matrix, tasks, folds != number)
        network = trained(texts, lessons, folds != number, seed + number)
        unseen = np.flatnonzero(folds == number)
        part = Part(
            heads,
            exported(network, known),
            unseen,
            linear_logits(matrix[unseen], heads),
            logits_of(network, unseen),
        )
        part.write(part_file(work, number))
        print(f"part {number}: {len(unseen)} texts not seen", flush=True)


def write_folds(path: Path, examples: Sequence[Example]) -> None:
    """Write which fold each text is in, by the SHA-256 of the text: the file holds no text."""
    folds = {sha256(example.text.encode()).hexdigest(): example.fold for example in examples}
    path.write_text(json.dumps(folds), encoding="utf-8")


if __name__ == "__main__":
    main()
