"""A network of random numbers, for tests of how networks are stored and run."""

import numpy as np

from moderation.engine.model.features import CATEGORIES
from moderation.engine.model.network import FOREMOST, KERNEL, PIECE_BITS, Network, vector_key

WIDTH, SIZE, PIECES, KINDS, HIDDEN = 5, 6, 4, 3, 7
KNOWN = ("zebra", "don't", "horse")


def arrays(*, out=1.0):
    """Return the arrays of a network whose last layer is multiplied by `out`."""
    random = np.random.default_rng(7)

    def some(*shape):
        return random.normal(size=shape).astype(np.float16)

    keys = np.array(sorted(vector_key(word) for word in KNOWN), dtype=np.uint32)
    return {
        "vector_keys": keys,
        "vectors": random.integers(-127, 127, (len(keys), SIZE)).astype(np.int8),
        "pieces": random.integers(-127, 127, (1 << PIECE_BITS, PIECES)).astype(np.int8),
        "piece_scale": np.full(PIECES, 0.01, dtype=np.float32),
        "kind_names": np.frombuffer(b"\n<people>\n<profanity0.4>", dtype=np.uint8),
        "kinds": some(3, KINDS),
        "from_vector": some(SIZE, KERNEL * WIDTH) * np.float16(0.01),
        "from_pieces": some(PIECES, KERNEL * WIDTH),
        "from_kind": some(KINDS, KERNEL * WIDTH),
        "first_bias": some(WIDTH),
        "second": some(KERNEL * WIDTH, WIDTH),
        "second_bias": some(WIDTH),
        "third": some(KERNEL * WIDTH, WIDTH),
        "third_bias": some(WIDTH),
        "attention": some(WIDTH, FOREMOST),
        "hidden": some(WIDTH * (1 + FOREMOST) + len(CATEGORIES), HIDDEN),
        "hidden_bias": some(HIDDEN),
        "out": some(HIDDEN, 2) * np.float16(out),
        "out_bias": some(2) * np.float16(out),
    }


def network():
    return Network(arrays())
