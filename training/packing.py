"""Write heads as the file that moderation/engine/model/bundled.py reads."""

import io
import zipfile
from dataclasses import astuple, dataclass

import numpy as np

from training.levels import LEVELS, SPAM_LEVELS

#: No clock in the file: the same weights are the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Head:
    weights: np.ndarray
    bias: float


@dataclass(frozen=True)
class Model:
    heads: list[Head]
    #: As training/network.py exports it.
    network: dict[str, np.ndarray]


def packed(model: Model) -> bytes:
    """Return the model's file: companded bytes, as bundled.py reads them."""
    heads = model.heads
    weights = np.stack([head.weights for head in heads], axis=1)
    scales = np.abs(weights).max(axis=0)
    scales[scales == 0] = 1.0
    shares = weights / scales
    companded = np.rint(np.sign(shares) * np.sqrt(np.abs(shares)) * 127).astype(np.int8)
    arrays = {
        "weights": companded,
        "scales": scales.astype(np.float32),
        "bias": np.array([head.bias for head in heads], dtype=np.float32),
        "levels": np.array(astuple(LEVELS), dtype=np.float32),
        "spam_levels": np.array(astuple(SPAM_LEVELS), dtype=np.float32),
    } | {f"network.{name}": array for name, array in model.network.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", EPOCH), content.getvalue(), zipfile.ZIP_DEFLATED, 9
            )
    return file.getvalue()
