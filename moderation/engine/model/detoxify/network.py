"""A network with its tokenizer and its labels, whichever library computes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Tokens = npt.NDArray[np.int64]
Logits = npt.NDArray[np.float32]

#: All of Detoxify's bases read so many tokens; what comes after is cut off.
MOST_TOKENS = 512
LONGEST_REASON = 300
#: What Detoxify's checkpoints call the six labels, and the seventh, which speaks of obscenity.
LABELS: Mapping[str, str] = {
    "toxic": "toxicity",
    "toxicity": "toxicity",
    "severe_toxic": "severe_toxicity",
    "severe_toxicity": "severe_toxicity",
    "obscene": "obscene",
    "sexual_explicit": "obscene",
    "threat": "threat",
    "insult": "insult",
    "identity_hate": "identity_hate",
    "identity_attack": "identity_hate",
}


class NetworkError(Exception):
    """The network cannot be had; the text is one line that says why and what to do."""


def one_line(error: Exception) -> str:
    """Return what the libraries say on many lines."""
    return " ".join(str(error).split())[:LONGEST_REASON]


@dataclass(frozen=True)
class Network:
    """Reads texts in one batch; safe to share between threads."""

    #: As the checkpoint names its first outputs; further outputs are not looked at.
    classes: tuple[str, ...]
    #: A tokenizers.Tokenizer that truncates and pads.
    tokenizer: Any
    #: Token ids and attention mask, both (texts, tokens) → (texts, outputs).
    logits: Callable[[Tokens, Tokens], Logits]

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return each text's probabilities by Detoxify's six labels.

        The texts hold no lone surrogates.
        """
        found = self.tokenizer.encode_batch(list(texts))
        ids = np.array([encoding.ids for encoding in found], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in found], dtype=np.int64)
        probabilities = 1 / (1 + np.exp(-self.logits(ids, mask).astype(np.float64)))
        return [self._labelled(row) for row in probabilities.tolist()]

    def _labelled(self, row: Sequence[float]) -> dict[str, float]:
        scores: dict[str, float] = {}
        for name, probability in zip(self.classes, row, strict=False):
            if label := LABELS.get(name):
                scores[label] = max(scores.get(label, 0.0), probability)
        return scores


def prepared(tokenizer: Any, *, pad_id: int, pad_token: str, most_tokens: int) -> Any:
    """Let a tokenizers.Tokenizer cut long texts off and fill short ones up to the longest."""
    tokenizer.enable_truncation(max_length=min(most_tokens, MOST_TOKENS))
    tokenizer.enable_padding(pad_id=pad_id, pad_token=pad_token)
    return tokenizer
