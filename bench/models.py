"""Models for the benchmarks' server: one that answers at once, and hangs from a certain text on."""

import threading
from collections.abc import Sequence

from moderation.engine.model.detoxify.scorer import Detoxify

HANGS = "From now on the model hangs"


class Hanging:
    """Takes the place of a network."""

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        if any(HANGS in text for text in texts):
            threading.Event().wait()
        return [{} for _ in texts]


def hanging() -> Detoxify:
    return Detoxify(Hanging)
