"""What a project's moderators taught: hashed weights that are added to the bundled model's logits.

One byte for each weight, companded as the bundled model's are. A feature is a place in the table,
which holds no text and cannot be turned back into one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moderation.engine.model.bundled import CORRECTED, Floats, share_of
from moderation.engine.model.features import Features, token_hashes

BITS = 16
MASK = (1 << BITS) - 1
#: Bytes: for each head a scale and a shift, then the weights.
HEAD_SIZE = 8 * CORRECTED
SIZE = HEAD_SIZE + (CORRECTED << BITS)
#: A correction changes the odds by a factor of 20 at most: few decisions must not turn the model.
LIMIT = 3.0
_BYTES = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32) / 127
VALUES: Floats = (_BYTES * np.abs(_BYTES)).astype(np.float32)


class Correction:
    """Reads its bytes where they lie; safe to share between threads.

    Raises ValueError where the bytes are no correction.
    """

    def __init__(self, packed: bytes) -> None:
        if len(packed) != SIZE:
            raise ValueError(f"a correction has {SIZE} bytes, not {len(packed)}")
        self._scales, self._shifts = np.frombuffer(packed, "<f4", 2 * CORRECTED).reshape(2, -1)
        self._weights = np.frombuffer(packed, np.int8, offset=HEAD_SIZE).reshape(-1, CORRECTED)

    def logits(self, features: Features) -> Floats:
        """Return what it adds to the logits of toxicity and spam."""
        hashes, shared = hashes_of(features)
        weighed = self._weigh(hashes)
        total = share_of(features) * weighed[:shared].sum(axis=0) + weighed[shared:].sum(axis=0)
        limited: Floats = np.clip(total * self._scales + self._shifts, -LIMIT, LIMIT)
        return limited

    def by_token(self, features: Features) -> Floats:
        """Return what each token adds, with the groups that it begins."""
        weighed = [self._weigh(token_hashes(token)).sum(axis=0) for token in features.tokens]
        added: Floats = np.array(weighed, dtype=np.float32).reshape(-1, CORRECTED)
        rows = {token: row for row, token in enumerate(features.tokens)}
        groups = self._weigh(list(features.groups))
        for group, first in zip(groups, features.groups.values(), strict=True):
            if first:
                added[rows[first]] += group
        scaled: Floats = added * self._scales
        return scaled

    def _weigh(self, hashes: Sequence[int]) -> Floats:
        places = np.array(hashes, dtype=np.int64) & MASK
        weighed: Floats = VALUES[self._weights[places].view(np.uint8)]
        return weighed


def hashes_of(features: Features) -> tuple[list[int], int]:
    """Return all features, those first that count by their share, and how many these are."""
    hashes = [place for token in features.tokens for place in token_hashes(token)]
    hashes += features.groups
    return [*hashes, *features.whole], len(hashes)


def packed(weights: NDArray[np.float64], shifts: Sequence[float]) -> bytes:
    """Return a correction's bytes; weights: one row for each place, one column for each head.

    shifts: what each head's logit is raised by in every text.
    """
    scales = np.abs(weights).max(axis=0)
    scales[scales == 0] = 1.0
    shares = weights / scales
    companded = np.rint(np.sign(shares) * np.sqrt(np.abs(shares)) * 127).astype(np.int8)
    head = np.stack([scales, np.array(shifts)]).astype("<f4")
    return bytes(head.tobytes() + companded.tobytes())
