"""A classifier from a folder, computed by ONNX Runtime: no torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from moderation.engine.model.detoxify.exported import session_of
from moderation.engine.model.detoxify.folder import (
    CLEAN,
    MODEL_FILE,
    TOKENIZER_FILE,
    Description,
    read_description,
)
from moderation.engine.model.detoxify.network import NetworkError, one_line, prepared

Floats = npt.NDArray[np.float64]
TOXICITY = "toxicity"


@dataclass(frozen=True)
class FolderNetwork:
    """Reads texts in one batch; safe to share between threads."""

    about: Description
    tokenizer: Any
    session: Any
    #: What the model wants to be given.
    inputs: frozenset[str]

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return each text's probabilities by Detoxify's labels, calibrated."""
        found = self.tokenizer.encode_batch(list(texts))
        given = {
            "input_ids": np.array([one.ids for one in found], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in found], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in found], dtype=np.int64),
        }
        asked = {name: array for name, array in given.items() if name in self.inputs}
        logits = np.asarray(self.session.run(None, asked)[0], dtype=np.float64)
        return [self._labelled(row) for row in self._probabilities(logits)]

    def _probabilities(self, logits: Floats) -> Floats:
        if self.about.activation == "sigmoid":
            sure: Floats = 1 / (1 + np.exp(-logits))
            return sure
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Floats = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def _labelled(self, row: Floats) -> dict[str, float]:
        scores: dict[str, float] = {}
        for label, probability in zip(self.about.outputs, row.tolist(), strict=False):
            if label is not None:
                name = TOXICITY if label == CLEAN else label
                value = 1 - probability if label == CLEAN else probability
                scores[name] = max(scores.get(name, 0.0), value)
        # Without an output of its own, a text is as toxic as its worst label.
        scores.setdefault(TOXICITY, max(scores.values()))
        return {name: self._calibrated(score) for name, score in scores.items()}

    def _calibrated(self, probability: float) -> float:
        if not self.about.calibration:
            return probability
        given, true = zip(*self.about.calibration, strict=True)
        return float(np.interp(probability, given, true))


def load_folder(folder: Path) -> FolderNetwork:
    """Return the network of a folder. Raises NetworkError."""
    about = read_description(folder)
    try:
        tokenizer = prepared(
            Tokenizer.from_file(str(folder / TOKENIZER_FILE)),
            pad_id=about.pad_id,
            pad_token=about.pad_token,
            most_tokens=about.most_tokens,
        )
        session = session_of(folder / MODEL_FILE)
        outputs = session.get_outputs()[0].shape[-1]
    except Exception as error:  # both libraries raise plain exceptions and types of their own
        raise NetworkError(f"The model in {folder} cannot be loaded: {one_line(error)}") from error
    if isinstance(outputs, int) and outputs != len(about.outputs):
        raise NetworkError(
            f"The model in {folder} has {outputs} outputs; its labels name {len(about.outputs)}."
        )
    return FolderNetwork(about, tokenizer, session, inputs_of(session))


def inputs_of(session: Any) -> frozenset[str]:
    return frozenset(one.name for one in session.get_inputs())
