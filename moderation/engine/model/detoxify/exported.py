"""An exported network, computed by ONNX Runtime: no torch, a fifth of the memory."""

import json
from pathlib import Path
from typing import Any, cast

import onnxruntime
from tokenizers import Tokenizer

from moderation.engine.model.detoxify.network import (
    Logits,
    Network,
    NetworkError,
    Tokens,
    one_line,
    prepared,
)

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
#: {"format", "classes", "pad_id", "pad_token", "most_tokens", …}
DESCRIPTION_FILE = "detoxify.json"
FORMAT = 1
ONLY_ERRORS = 3


def load_exported(folder: Path) -> Network:
    """Return the network that `export_detoxify` wrote into the folder. Raises NetworkError."""
    about = _description(folder)
    try:
        tokenizer = prepared(
            Tokenizer.from_file(str(folder / TOKENIZER_FILE)),
            pad_id=about["pad_id"],
            pad_token=about["pad_token"],
            most_tokens=about["most_tokens"],
        )
        session = session_of(folder / MODEL_FILE)
    except Exception as error:  # both libraries raise plain exceptions and types of their own
        reason = one_line(error)
        raise NetworkError(f"The export in {folder} cannot be loaded: {reason}") from error

    def logits(ids: Tokens, mask: Tokens) -> Logits:
        found = session.run(None, {"input_ids": ids, "attention_mask": mask})
        return cast("Logits", found[0])

    return Network(tuple(about["classes"]), tokenizer, logits)


def _description(folder: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((folder / DESCRIPTION_FILE).read_text(encoding="utf-8"))
        if about["format"] == FORMAT:
            return about
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NetworkError(f"{folder} holds no export of a network ({error}).") from error
    raise NetworkError(f"{folder} was exported by another version: export it again.")


def session_of(file: Path) -> onnxruntime.InferenceSession:
    """Return a model ready to run; onnxruntime raises errors of its own."""
    return onnxruntime.InferenceSession(str(file), _options(), providers=["CPUExecutionProvider"])


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    # Under load a second thread slows both: the checks need the other processors.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ONLY_ERRORS
    return options
