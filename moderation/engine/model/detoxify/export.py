"""Write a network as ONNX with 8-bit weights, and see how far its scores move."""

import json
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from moderation.engine.model.detoxify.exported import (
    DESCRIPTION_FILE,
    FORMAT,
    MODEL_FILE,
    TOKENIZER_FILE,
    load_exported,
)
from moderation.engine.model.detoxify.folder import LABELS_FILE
from moderation.engine.model.detoxify.network import LABELS, Network, NetworkError
from moderation.engine.model.detoxify.scorer import LANGUAGES, LEVELS
from moderation.engine.model.detoxify.transformer import load_model

#: An export whose scores move further than this is refused.
MOST_DRIFT = 0.02
OPSET = 17
#: How many outputs the published checkpoints have, where it is more than the labels.
OUTPUTS = {"unbiased": 16}
INPUTS = ["input_ids", "attention_mask"]
#: Texts of many lengths and kinds, on which the drift is measured.
SAMPLES = (
    "Hi",
    "gg wp, see you all tomorrow",
    "You are a wonderful person and I am glad that you are here.",
    "you are an idiot",
    "Shut up, nobody asked you, you stupid loser.",
    "I will find you and I will hurt you",
    "go back to your country, you people are all the same",
    "This is damn good!!!",
    "I disagree with the article; its second half cites no source at all.",
    "Eres un idiota y nadie te quiere.",
    "¿A qué hora empieza la partida mañana?",
    "chup kar bewakoof, tu kuch nahi jaanta",
    "kya haal hai bhai, sab theek?",
    "Mein Bruder hat gestern das beste Tor des Jahres geschossen.",
    "Ta gueule, espèce d'imbécile.",
    "0 1 2 3 4 5 6 7 8 9 ... http://example.org/a?b=c",
    "The match was boring for an hour. " * 12,
    "Nobody wants you here, just leave. " * 12,
)


@dataclass(frozen=True)
class Exported:
    bytes: int
    #: The furthest that a probability moved, 0-1.
    drift: float
    texts: int


def export(
    name: str,
    checkpoint: Path | None,
    config_dir: Path | None,
    folder: Path,
    texts: Sequence[str] = SAMPLES,
) -> Exported:
    """Export the network into a new folder, which appears only once all is well.

    Raises NetworkError, also where the scores of the texts move by more than MOST_DRIFT.
    """
    if folder.exists():
        raise NetworkError(f"{folder} exists already: name a new folder.")
    exact, model = load_model(name, checkpoint, config_dir)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as temporary:
        made = Path(temporary, "made")
        made.mkdir()
        _write_model(model, Path(temporary, "exact.onnx"), made / MODEL_FILE)
        exact.tokenizer.save(str(made / TOKENIZER_FILE))
        about = _description(name, exact)
        (made / DESCRIPTION_FILE).write_text(json.dumps(about))
        (made / LABELS_FILE).write_text(json.dumps(_labels(name, exact, about)))
        drift = drift_between(exact, load_exported(made), texts)
        if drift > MOST_DRIFT:
            raise NetworkError(
                f"A score moved by {drift:.3f}, more than {MOST_DRIFT}: nothing was written. "
                "Serve the checkpoint with torch."
            )
        size = sum(file.stat().st_size for file in made.iterdir())
        made.rename(folder)
    return Exported(size, drift, len(texts))


def drift_between(exact: Network, near: Network, texts: Sequence[str]) -> float:
    """Return the furthest that a label's probability lies from the exact one."""
    pairs = [(exact.score([text])[0], near.score([text])[0]) for text in texts]
    return max(abs(one[label] - other[label]) for one, other in pairs for label in one)


def _write_model(model: torch.nn.Module, exact: Path, small: Path) -> None:
    example = torch.ones((2, 8), dtype=torch.long)
    axes = {0: "texts", 1: "tokens"}
    with warnings.catch_warnings():
        # The exporter that torch prefers needs a further package, takes ten times as long, and
        # the quantizer refuses what it writes.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (example, example),
            exact,
            input_names=INPUTS,
            output_names=["logits"],
            dynamic_axes={**dict.fromkeys(INPUTS, axes), "logits": {0: "texts"}},
            opset_version=OPSET,
            dynamo=False,
        )
    quantize_dynamic(exact, small, weight_type=QuantType.QInt8)


def _labels(name: str, network: Network, about: dict[str, Any]) -> dict[str, Any]:
    """Return what TOXICITY_MODEL=onnx:FOLDER reads; outputs beyond the labels are not looked at."""
    outputs: list[str | None] = [LABELS.get(label) for label in network.classes]
    further = OUTPUTS.get(name, len(outputs)) - len(outputs)
    return {
        "name": "Detoxify",
        "outputs": outputs + [None] * further,
        "levels": {"warn": LEVELS.warn, "flag": LEVELS.flag, "block": LEVELS.block},
        "languages": LANGUAGES[name],
        **{field: about[field] for field in ("most_tokens", "pad_id", "pad_token")},
    }


def _description(name: str, network: Network) -> dict[str, Any]:
    padding, truncation = network.tokenizer.padding, network.tokenizer.truncation
    return {
        "format": FORMAT,
        "name": name,
        "classes": list(network.classes),
        "pad_id": padding["pad_id"],
        "pad_token": padding["pad_token"],
        "most_tokens": truncation["max_length"],
    }
