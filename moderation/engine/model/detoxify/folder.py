"""Any text classifier as a folder: model.onnx, tokenizer.json, and labels.json that explains it.

docs/onnx.md describes labels.json. It is read without ONNX Runtime.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moderation.engine.matches import ALL_LABELS
from moderation.engine.model.detoxify.network import MOST_TOKENS, NetworkError
from moderation.engine.model.scorer import Levels

MODEL_FILE, TOKENIZER_FILE, LABELS_FILE = "model.onnx", "tokenizer.json", "labels.json"
FILES = (MODEL_FILE, TOKENIZER_FILE, LABELS_FILE)
#: An output that says that a text is harmless: what is left of 1 is toxicity.
CLEAN = "clean"
ACTIVATIONS = ("sigmoid", "softmax")
#: From where on a model alone warns and flags, if labels.json does not say it.
USUAL_LEVELS = {"warn": 0.5, "flag": 0.7}
FIELDS = {
    "name", "outputs", "activation", "levels", "calibration", "languages", "most_tokens", "pad_id",
    "pad_token",
}  # fmt: skip


@dataclass(frozen=True)
class Description:
    """What labels.json says."""

    name: str
    #: For each output of the model one of Detoxify's labels, "clean", or None.
    outputs: tuple[str | None, ...]
    activation: str
    levels: Levels
    #: Rising points [probability of the model, true probability]; empty: they are the same.
    calibration: tuple[tuple[float, float], ...]
    languages: frozenset[str]
    most_tokens: int
    pad_id: int
    pad_token: str


def read_description(folder: Path) -> Description:
    """Return what a folder holds. Raises NetworkError with one line that says what is wrong."""
    for name in FILES:
        if not (folder / name).is_file():
            raise NetworkError(f"{folder} has no file {name}.")
    try:
        about = json.loads((folder / LABELS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NetworkError(f"{folder / LABELS_FILE} is not readable JSON: {error}.") from error
    if not isinstance(about, dict) or (unknown := sorted(set(about) - FIELDS)):
        told = (
            f"has unknown fields: {', '.join(unknown)}" if isinstance(about, dict) else "no object"
        )
        raise NetworkError(f"{folder / LABELS_FILE} is wrong: {told}.")
    try:
        return _description(about)
    except (KeyError, TypeError, ValueError) as error:
        raise NetworkError(f"{folder / LABELS_FILE} is wrong: {error}.") from error


def _description(about: Mapping[str, Any]) -> Description:
    outputs = tuple(about["outputs"])
    if not outputs or not any(outputs):
        raise ValueError("outputs must name a label for at least one output")
    for label in outputs:
        if label is not None and label not in (*ALL_LABELS, CLEAN):
            raise ValueError(f"outputs must be null, {CLEAN} or of {', '.join(ALL_LABELS)}")
    activation = about.get("activation", "sigmoid")
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}")
    levels = Levels(**{**USUAL_LEVELS, **about.get("levels", {})})
    if not 0 < levels.warn < levels.flag < levels.block:
        raise ValueError("levels must rise: 0 < warn < flag < block")
    points = tuple((float(one), float(other)) for one, other in about.get("calibration", ()))
    if points != tuple(sorted(points)) or any(not 0 <= one <= 1 for pair in points for one in pair):
        raise ValueError("calibration must be rising points from 0 to 1")
    return Description(
        name=str(about.get("name", "ONNX model")),
        outputs=outputs,
        activation=activation,
        levels=levels,
        calibration=points,
        languages=frozenset(map(str, about.get("languages", ("en",)))),
        most_tokens=min(MOST_TOKENS, int(about.get("most_tokens", MOST_TOKENS))),
        pad_id=int(about.get("pad_id", 0)),
        pad_token=str(about.get("pad_token", "[PAD]")),
    )
