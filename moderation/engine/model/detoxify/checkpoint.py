"""Read Detoxify's checkpoints without running anything that is in them."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from moderation.engine.model.detoxify.network import NetworkError


@dataclass(frozen=True)
class Checkpoint:
    classes: tuple[str, ...]
    #: The base it was trained on, as the hub names it, e.g. bert-base-uncased.
    base: str
    model_name: str
    tokenizer_name: str
    outputs: int
    #: Tensors by their name in the model.
    state: Mapping[str, Any]


def read_checkpoint(path: Path) -> Checkpoint:
    """Return what a checkpoint in Detoxify's format holds.

    {"config": {"arch": {"args": {model_type, model_name, tokenizer_name, num_classes}},
    "dataset": {"args": {"classes": […]}}}, "state_dict": …}. Raises NetworkError.
    """
    found = _loaded(path)
    try:
        arch = found["config"]["arch"]["args"]
        return Checkpoint(
            classes=tuple(str(name) for name in found["config"]["dataset"]["args"]["classes"]),
            base=str(arch["model_type"]),
            model_name=str(arch["model_name"]),
            tokenizer_name=str(arch["tokenizer_name"]),
            outputs=int(arch["num_classes"]),
            state=dict(found["state_dict"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NetworkError(f"{path} is no checkpoint of Detoxify ({error!r}).") from error


def _loaded(path: Path) -> Any:
    """Read the file by torch's own unpickler, which makes tensors and plain values only.

    Detoxify itself reads with weights_only=False: there a checkpoint may run any code.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise NetworkError(
            f"{path} holds more than tensors and plain values, which could run code: not read."
        ) from error
    except OSError as error:
        raise NetworkError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (RuntimeError, EOFError, ValueError) as error:
        raise NetworkError(f"{path} is no checkpoint of torch.") from error
