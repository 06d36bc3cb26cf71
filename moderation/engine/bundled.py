"""The bundled model: logistic regression over hashed features, scored with numpy alone.

Weights are bytes, companded (a byte b stands for sign(b) (b/127)^2 times its head's scale): most
weights are small, and so they keep their precision. `make train-model` writes the file.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from math import log2
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from moderation.engine.features import CACHED_TOKENS, Features, features_of, token_hashes
from moderation.engine.toxicity import Levels, Scores, Seen, Span, State

FILE = "bundled_model.npz"
#: The first two heads are probabilities of their own; the others are shares of the toxicity.
HEADS = ("toxicity", "spam", "identity_hate", "threat", "insult", "obscene")
SPAM = 1
#: Different words; longer texts are toxic as a whole less often.
USUAL_WORDS = 16
#: So many different words are looked at together, too, in a text of more.
STRETCH = 24
USUAL_SHARE, FEWEST_FEATURES = 4, 10
#: The words that explain a score, at most, and the least share of the heaviest one's weight.
MOST_SPANS = 3
SPAN_SHARE = 0.4
Floats = NDArray[np.float32]
#: The heads that a project's own model may move, the first ones.
CORRECTED = 2


class Correcting(Protocol):
    """What a project's own model adds for each corrected head: engine/correction.py."""

    def logits(self, features: Features) -> Floats: ...
    def by_token(self, features: Features) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Offsets:
    """What is added to the logit of toxicity beside the words: training/levels.py says why."""

    #: For each doubling of the length, for each unit by which a stretch is worse than the whole,
    #: for the layout of a discussion, for a colon, and for capitals throughout.
    length: float
    stretch: float
    thread: float
    colon: float
    capitals: float

    def of(self, features: Features) -> float:
        """Return all but the stretch's part, which depends on the weights."""
        thread, colon, capitals = features.layout
        return (
            self.length * excess_length(features)
            + self.thread * thread
            + self.colon * colon
            + self.capitals * capitals
        )


class BundledModel:
    """Safe to share between threads: nothing changes but caches."""

    name = "Bundled model"
    state = State.READY

    def __init__(self, file: Any) -> None:
        with np.load(file) as data:
            self._weights: NDArray[np.int8] = data["weights"]
            self._scales: Floats = data["scales"]
            self._bias: Floats = data["bias"]
            self._offsets = Offsets(*map(float, data["offsets"]))
            self.levels = Levels(*map(float, data["levels"]))
            self.spam_levels = Levels(*map(float, data["spam_levels"]))
        self._mask = len(self._weights) - 1
        byte = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32) / 127
        self._values: Floats = (byte * np.abs(byte)).astype(np.float32)
        #: What a token weighs for each head, kept.
        self.of_token = lru_cache(maxsize=CACHED_TOKENS)(self._weigh_token)

    def score(self, seen: Seen, wait: float = 0.0) -> Scores:
        return self.scores_of(features_of(seen))

    def scores_of(self, features: Features, correction: "Correcting | None" = None) -> Scores:
        """Return the scores of a text by its features, as a project's own model corrects them."""
        tokens, groups, logits = self._weighed(features)
        if correction:
            logits[:CORRECTED] += correction.logits(features)
        shares = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        labels = _labels(shares.tolist())
        spam = float(shares[SPAM])
        least = min(self.levels.warn, self.levels.many_words)
        if labels["toxicity"] < least and spam < self.spam_levels.warn:
            return Scores(labels, spam)
        weighed = _by_token(tokens, groups, features) * self._scales
        if correction:
            weighed[:, :CORRECTED] += correction.by_token(features)
        places = list(features.tokens.values())
        return Scores(labels, spam, _spans(weighed[:, 0], places), _spans(weighed[:, SPAM], places))

    def logits_of(self, features: Features) -> Floats:
        """Return each head's logit, in the order of HEADS."""
        return self._weighed(features)[2]

    def _weighed(self, features: Features) -> tuple[list[Floats], Floats, Floats]:
        """Return what tokens and groups weigh for each head, and the logits of the whole."""
        tokens = [self.of_token(token) for token in features.tokens]
        groups = self._weigh(list(features.groups))
        of_words = share_of(features) * (_sum(tokens) + groups.sum(axis=0))
        logits = (of_words + self._weigh(features.whole).sum(axis=0)) * self._scales + self._bias
        logits[0] += self._offsets.of(features)
        if len(features.tokens) > STRETCH:
            weights = _by_token(tokens, groups, features)[:, 0]
            excess = stretch_excess(weights, features, float(of_words[0]))
            logits[0] += self._offsets.stretch * float(self._scales[0]) * excess
        return tokens, groups, logits

    def _weigh_token(self, token: str) -> Floats:
        total: Floats = self._weigh(token_hashes(token)).sum(axis=0)
        return total

    def _weigh(self, hashes: Sequence[int]) -> Floats:
        places = np.array(hashes, dtype=np.int64) & self._mask
        weighed: Floats = self._values[self._weights[places].view(np.uint8)]
        return weighed


@cache
def bundled_model() -> BundledModel:
    """Return the model, read from its file once per process."""
    data = resources.files("moderation.engine.data").joinpath(FILE).read_bytes()
    return BundledModel(BytesIO(data))


def share_of(features: Features) -> float:
    """Return what one feature counts: in a longer text less."""
    count = sum(len(token_hashes(token)) for token in features.tokens) + len(features.groups)
    return float(USUAL_SHARE / max(FEWEST_FEATURES, count) ** 0.5)


def excess_length(features: Features) -> float:
    """Return by how many doublings a text is longer than a usual message."""
    return max(0.0, log2((len(features.tokens) + 1) / USUAL_WORDS))


def stretch_excess(weights: Floats, features: Features, whole: float) -> float:
    """Return by how much the worst stretch of words weighs more than the whole text.

    weights: of the different words, each with the groups that it begins.
    """
    if len(weights) <= STRETCH:
        return 0.0
    begun = Counter(features.groups.values())
    counts = [len(token_hashes(token)) + begun[token] for token in features.tokens]
    counted, summed = (np.concatenate(([0.0], np.cumsum(row))) for row in (counts, weights))
    sizes = np.maximum(FEWEST_FEATURES, counted[STRETCH:] - counted[:-STRETCH])
    worst = ((summed[STRETCH:] - summed[:-STRETCH]) * USUAL_SHARE / np.sqrt(sizes)).max()
    return max(0.0, float(worst) - whole)


def _sum(tokens: Sequence[Floats]) -> Floats:
    zero: Floats = np.zeros(len(HEADS), dtype=np.float32)
    return np.sum(tokens, axis=0) if tokens else zero


def _labels(shares: Sequence[float]) -> dict[str, float]:
    toxicity = shares[0]
    finer = {name: toxicity * shares[at] for at, name in enumerate(HEADS) if at > SPAM}
    return {name: round(share, 4) for name, share in {"toxicity": toxicity, **finer}.items()}


def _by_token(tokens: Sequence[Floats], groups: Floats, features: Features) -> Floats:
    """Return what each token weighs, with the groups that it begins."""
    weighed: Floats = np.array(tokens, dtype=np.float32).reshape(len(tokens), len(HEADS))
    rows = {token: row for row, token in enumerate(features.tokens)}
    for group, first in zip(groups, features.groups.values(), strict=True):
        if first:
            weighed[rows[first]] += group
    return weighed


def _spans(weights: Floats, places: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    heaviest = np.argsort(-weights, kind="stable")[:MOST_SPANS].tolist()
    if not heaviest or weights[heaviest[0]] <= 0:
        return ()
    least = SPAN_SHARE * float(weights[heaviest[0]])
    return tuple(
        Span(places[at][0], places[at][1], float(weights[at]))
        for at in heaviest
        if weights[at] >= least
    )
