"""The bundled model: two parts whose logits are added, both scored with numpy alone.

A logistic regression over hashed features knows words, pieces of words and neighbours. Its weights
are bytes, companded (a byte b stands for sign(b) (b/127)^2 times its head's scale): most weights
are small, and so they keep their precision. A small network (network.py) reads the words in their
order. `make train-model` writes the file.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from math import exp
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from moderation.engine.matches import Category
from moderation.engine.model.features import (
    CACHED_TOKENS,
    PEOPLE,
    Features,
    features_of,
    kind_of,
    token_hashes,
)
from moderation.engine.model.network import Network
from moderation.engine.model.scorer import (
    Explanation,
    Levels,
    ScorerInput,
    Scores,
    Span,
    State,
)

FILE = "bundled_model.npz"
#: The first two heads are probabilities of their own, to which the network adds its logits; the
#: others are shares of the toxicity.
HEADS = ("toxicity", "spam", "identity_hate", "threat", "insult", "obscene")
SPAM = 1
#: What the network's arrays are called by in the file.
NETWORK = "network."
USUAL_SHARE, FEWEST_FEATURES = 4, 10
#: The words that explain a score, at most; the least share of the heaviest one's weight, and of all
#: the evidence, that a word must have.
MOST_SPANS = 3
SPAN_SHARE, EVIDENCE_SHARE = 0.4, 0.15
#: Of longer texts the network is not asked word by word: that takes time squared.
LONGEST_ASKED = 40
Floats = NDArray[np.float32]
#: The heads that a project's own model may move, the first ones.
CORRECTED = 2
#: A logit below the negative of this one is as good as it.
MOST_CERTAIN = 30.0


class Correcting(Protocol):
    """What a project's own model adds for each corrected head: engine/correction.py."""

    def logits(self, features: Features) -> Floats: ...
    def by_token(self, features: Features) -> Floats: ...


class BundledModel:
    """Safe to share between threads: nothing changes but caches."""

    name = "Bundled model"
    state = State.READY
    may = "flag"

    def __init__(self, file: Any) -> None:
        with np.load(file) as data:
            self._weights: NDArray[np.uint8] = data["weights"].view(np.uint8)
            self._scales: Floats = data["scales"]
            self._bias: Floats = data["bias"]
            self.levels = Levels(*map(float, data["levels"]))
            self.spam_levels = Levels(*map(float, data["spam_levels"]))
            arrays = {name: data[name] for name in data.files if name.startswith(NETWORK)}
        self._network = Network({name[len(NETWORK) :]: array for name, array in arrays.items()})
        self._hate_warn = self.levels.of(Category.HATE_SPEECH).warn
        self._mask = len(self._weights) - 1
        byte = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32) / 127
        self._values: Floats = (byte * np.abs(byte)).astype(np.float32)
        #: What a token weighs for each head, kept.
        self.of_token = lru_cache(maxsize=CACHED_TOKENS)(self._weigh_token)

    def score(self, seen: ScorerInput, _wait: float = 0.0) -> Scores:
        return self.scores_of(features_of(seen))

    def scores_of(self, features: Features, correction: "Correcting | None" = None) -> Scores:
        """Return the scores of a text by its features, as a project's own model corrects them."""
        tokens, groups, logits = self._weighed(features)
        read = self._network.logits(features.words, features.strengths)
        logits[:CORRECTED] += read
        if correction:
            logits[:CORRECTED] += correction.logits(features)
        if features.tokens and all(kind_of(token) == PEOPLE for token in features.tokens):
            # A text is neither good nor bad because of the people it is about.
            logits[0] = -MOST_CERTAIN
        shares = [1 / (1 + exp(-max(-MOST_CERTAIN, logit))) for logit in logits.tolist()]
        toxicity, spam = shares[0], shares[SPAM]
        labels = {"toxicity": round(toxicity, 4)}
        labels |= {
            name: round(toxicity * shares[at], 4) for at, name in enumerate(HEADS) if at > SPAM
        }
        if labels["toxicity"] < self._hate_warn and spam < self.spam_levels.warn:
            return Scores(labels, spam, _unexplained)

        def explain() -> Explanation:
            weighed = (_by_token(tokens, groups, features) * self._scales)[:, :CORRECTED]
            if correction:
                weighed += correction.by_token(features)
            evidence = self._by_word(weighed, read, features)
            places = [place for place, _ in evidence]
            weights = np.array([weight for _, weight in evidence], dtype=np.float32)
            return Explanation(_spans(weights[:, 0], places), _spans(weights[:, SPAM], places))

        return Scores(labels, spam, explain)

    def logits_of(self, features: Features) -> Floats:
        """Return each head's logit, in the order of HEADS."""
        logits = self._weighed(features)[2]
        logits[:CORRECTED] += self._network.logits(features.words, features.strengths)
        return logits

    def _weighed(self, features: Features) -> tuple[list[Floats], Floats, Floats]:
        """Return what tokens and groups weigh for each head, and the linear logits of the whole."""
        kept = [self.of_token(token) for token in features.tokens]
        tokens = [weighed for weighed, _ in kept]
        count = sum(number for _, number in kept) + len(features.groups)
        others = self._weigh([*features.groups, *features.whole])
        groups, whole = others[: len(features.groups)], others[len(features.groups) :]
        of_words = np.add.reduce(groups)
        if tokens:
            of_words = np.add.reduce(tokens) + of_words
        logits = (_share(count) * of_words + np.add.reduce(whole)) * self._scales + self._bias
        return tokens, groups, logits

    def _by_word(
        self, weighed: Floats, read: Floats, features: Features
    ) -> list[tuple[tuple[int, int], Floats]]:
        """Return where each word stands and what both parts make of it.

        weighed: of the linear part's tokens; read: the network's logits of the whole text.
        """
        places = features.token_spans()
        found = dict(zip(places, share_of(features) * weighed, strict=True))
        if 0 < len(features.words) <= LONGEST_ASKED:
            without = self._network.without_each(features.words, features.strengths)
            starts = {start: (start, end) for start, end in places}
            for (start, _), lost in zip(features.word_spans(), read - without, strict=True):
                if start in starts:
                    found[starts[start]] = found[starts[start]] + lost
        return list(found.items()) or [((0, 0), np.zeros(CORRECTED, dtype=np.float32))]

    def _weigh_token(self, token: str) -> tuple[Floats, int]:
        """Return what a token weighs for each head, and how many features it has."""
        hashes = token_hashes(token)
        total: Floats = np.add.reduce(self._weigh(hashes))
        return total, len(hashes)

    def _weigh(self, hashes: Sequence[int]) -> Floats:
        places = np.array(hashes, dtype=np.int64) & self._mask
        weighed: Floats = self._values.take(self._weights.take(places, axis=0))
        return weighed


def _unexplained() -> Explanation:
    return Explanation((), ())


@cache
def bundled_model() -> BundledModel:
    """Return the model, read from its file once per process."""
    data = resources.files("moderation.engine.data").joinpath(FILE).read_bytes()
    return BundledModel(BytesIO(data))


def share_of(features: Features) -> float:
    """Return what one feature counts: in a longer text less."""
    count = sum(len(token_hashes(token)) for token in features.tokens) + len(features.groups)
    return _share(count)


def _share(count: int) -> float:
    return float(USUAL_SHARE / max(FEWEST_FEATURES, count) ** 0.5)


def _by_token(tokens: Sequence[Floats], groups: Floats, features: Features) -> Floats:
    """Return what each token weighs, with the groups that it begins."""
    weighed: Floats = np.array(tokens, dtype=np.float32).reshape(len(tokens), len(HEADS))
    rows = {token: row for row, token in enumerate(features.tokens)}
    for group, first in zip(groups, features.groups.values(), strict=True):
        if first:
            weighed[rows[first]] += group
    return weighed


def _spans(weights: Floats, places: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    """Return the heaviest words; none where the evidence is spread too thin to name any."""
    evidence = float(np.maximum(weights, 0).sum())
    heaviest = np.argsort(-weights, kind="stable")[:MOST_SPANS].tolist()
    least = max(SPAN_SHARE * float(weights[heaviest[0]]), EVIDENCE_SHARE * evidence)
    return tuple(
        Span(places[at][0], places[at][1], float(weights[at]))
        for at in heaviest
        if weights[at] >= least and weights[at] > 0
    )
