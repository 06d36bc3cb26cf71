"""Join the linear model and the network, and turn their logits into probabilities.

What joins them is a handful of numbers, fitted on logits for texts that a part has not seen.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from moderation.engine.model.bundled import HEADS
from training.fit import tasks_of
from training.levels import CALIBRATION_WEIGHTS
from training.packing import Head, Model
from training.texts import Example

#: The heads that both parts have.
JOINED = HEADS[:2]


@dataclass(frozen=True)
class Part:
    """A linear model and a network that were trained on the same rows."""

    heads: list[Head]
    network: dict[str, np.ndarray]
    #: The rows that they have not seen, and what they say of them: one column for each head.
    unseen: np.ndarray
    linear: np.ndarray
    sequence: np.ndarray

    def write(self, path: Path) -> None:
        arrays = {f"network.{name}": array for name, array in self.network.items()}
        arrays["weights"] = np.stack([head.weights for head in self.heads])
        arrays["bias"] = np.array([head.bias for head in self.heads])
        arrays |= {"unseen": self.unseen, "linear": self.linear, "sequence": self.sequence}
        np.savez(path, **arrays)

    @classmethod
    def read(cls, path: Path) -> "Part":
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        heads = [
            Head(weights, float(bias))
            for weights, bias in zip(arrays["weights"], arrays["bias"], strict=True)
        ]
        network = {
            name.partition(".")[2]: array
            for name, array in arrays.items()
            if name.startswith("network.")
        }
        return cls(heads, network, arrays["unseen"], arrays["linear"], arrays["sequence"])


@dataclass(frozen=True)
class Joint:
    """What the logits of the two parts are multiplied by, and what is added to their sum."""

    linear: float
    network: float
    shift: float


def combined(examples: Sequence[Example], parts: Sequence[Part]) -> list[Model]:
    """Return the models of the parts, joined and calibrated alike."""
    joints = [joint_of(examples, parts, head) for head in range(len(JOINED))]
    for name, joint in zip(JOINED, joints, strict=True):
        print(f"{name}: {json.dumps(joint.__dict__)}")
    return [_model(part, joints) for part in parts]


def joint_of(examples: Sequence[Example], parts: Sequence[Part], head: int) -> Joint:
    """Fit how much each part counts on all texts, then slope and shift on what a chat is like."""
    logits = unseen_logits(parts, len(examples), head)
    task = tasks_of(examples)[JOINED[head]]
    counted = LogisticRegression(C=1e3).fit(logits, task.truth, sample_weight=task.weight)
    share = counted.coef_[0]
    joined = logits @ share
    sets = CALIBRATION_WEIGHTS[JOINED[head]]
    weight = np.array([sets.get(example.set, 0.0) for example in examples])
    chosen = weight > 0
    slope = LogisticRegression(C=1e3).fit(
        joined[chosen, None], task.truth[chosen], sample_weight=weight[chosen]
    )
    factor = float(slope.coef_[0, 0])
    return Joint(float(share[0]) * factor, float(share[1]) * factor, float(slope.intercept_[0]))


def unseen_logits(parts: Sequence[Part], count: int, head: int) -> np.ndarray:
    """Return the logits of the linear model and of the network, each for texts it has not seen."""
    logits = np.zeros((count, 2))
    for part in parts:
        logits[part.unseen, 0] = part.linear[:, head]
        logits[part.unseen, 1] = part.sequence[:, head]
    return logits


def _model(part: Part, joints: Sequence[Joint]) -> Model:
    heads = list(part.heads)
    network = dict(part.network)
    for at, joint in enumerate(joints):
        heads[at] = Head(
            heads[at].weights * joint.linear, heads[at].bias * joint.linear + joint.shift
        )
    factors = np.array([joint.network for joint in joints], dtype=np.float32)
    for name in ("out", "out_bias"):
        network[name] = (network[name] * factors).astype(np.float16)
    return Model(heads, network)
