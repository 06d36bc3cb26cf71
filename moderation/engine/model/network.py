"""The part of the bundled model that reads words in their order: a small convolutional network.

After Kim (2014, "Convolutional neural networks for sentence classification"). A word's vector joins
a pretrained one, an average over pieces of the word, and what kind of word the lists call it. Three
convolutions see up to nine words together; the strongest answer of each and four weighted means go
into a layer of 64, and that into two logits. training/network.py trains it; numpy runs it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from moderation.engine.model.features import PEOPLE, hashed, kind_of, token_hashes

Floats = NDArray[np.float32]
#: Buckets of the table of pieces of words.
PIECE_BITS = 14
#: How far the second convolution looks, in words.
DILATION = 2
KERNEL = 3
FOREMOST = 4
CACHED_WORDS = 4_096
PLAIN = ""
ZERO = np.float32(0)


def word_kind(word: str) -> str:
    """Return what the lists call a word; nothing for one that they do not name."""
    kind = kind_of(word)
    return kind if kind != word else PLAIN


def piece_places(word: str) -> list[int]:
    """Return a word's places in the table of pieces; a word for people has none."""
    return [place & ((1 << PIECE_BITS) - 1) for place in token_hashes(word)]


def vector_key(word: str) -> int:
    """Return the key of a word's pretrained vector: words are kept as hashes alone."""
    return hashed(word.replace("’", "'"))


class Network:
    """Safe to share between threads: nothing changes but a cache.

    arrays: as training/network.py exports them.
    """

    def __init__(self, arrays: Mapping[str, NDArray]) -> None:  # type: ignore[type-arg]
        self._keys: NDArray[np.uint32] = arrays["vector_keys"]
        self._vectors: NDArray[np.int8] = arrays["vectors"]
        self._pieces: NDArray[np.int8] = arrays["pieces"]
        self._piece_scale: Floats = arrays["piece_scale"].astype(np.float32)
        kinds = bytes(arrays["kind_names"]).decode().split("\n")
        self._kinds = {name: at for at, name in enumerate(kinds)}

        def floats(name: str) -> Floats:
            return arrays[name].astype(np.float32)

        self._kind_vectors = floats("kinds")
        #: The first convolution is taken apart: what a word adds to itself and its two neighbours.
        self._from_vector, self._from_pieces = floats("from_vector"), floats("from_pieces")
        self._from_kind = self._kind_vectors @ floats("from_kind")
        self._first_bias = floats("first_bias")
        self._second, self._second_bias = floats("second"), floats("second_bias")
        self._third, self._third_bias = floats("third"), floats("third_bias")
        self._attention = floats("attention")
        self._hidden, self._hidden_bias = floats("hidden"), floats("hidden_bias")
        self._out, self._out_bias = floats("out"), floats("out_bias")
        self.width = len(self._first_bias)
        #: What a word adds to the first convolution, kept.
        self.of_word = lru_cache(maxsize=CACHED_WORDS)(self._read_word)

    def logits(self, words: Sequence[str], strengths: Sequence[float]) -> Floats:
        """Return the logits of toxicity and of spam."""
        return self._run(self._added(words), strengths)

    def without_each(self, words: Sequence[str], strengths: Sequence[float]) -> Floats:
        """Return the logits of the text without its first word, without its second, and so on."""
        every = np.arange(len(words))
        texts = np.repeat(self._added(words)[np.newaxis], len(words), axis=0)
        texts[every, every] = 0.0
        return self._run(texts, strengths)

    def _added(self, words: Sequence[str]) -> Floats:
        """Return what each word adds to the first convolution: words x (neighbours x width)."""
        if not words:
            return np.zeros((0, KERNEL * self.width), dtype=np.float32)
        rows: Floats = np.array([self.of_word(word) for word in words])
        return rows

    def _run(self, added: Floats, strengths: Sequence[float]) -> Floats:
        """Return the logits of a text, words x (neighbours x width), or of several as long."""
        width, several = self.width, added.shape[:-2]
        found = np.array(strengths, dtype=np.float32)
        if several:
            found = np.tile(found, (*several, 1))
        pooled: Floats
        if added.shape[-2]:
            first = added[..., width : 2 * width] + self._first_bias
            first[..., 1:, :] += added[..., :-1, :width]
            first[..., :-1, :] += added[..., 1:, 2 * width :]
            np.maximum(first, ZERO, out=first)
            second = _convolved(first, self._second, self._second_bias, DILATION)
            second += first
            third = _convolved(second, self._third, self._third_bias, 1)
            third += second
            attention = third @ self._attention
            attention -= np.maximum.reduce(attention, axis=-2, keepdims=True)
            np.exp(attention, out=attention)
            attention /= np.add.reduce(attention, axis=-2, keepdims=True)
            means = (attention.swapaxes(-1, -2) @ third).reshape(*several, FOREMOST * width)
            pooled = np.concatenate((np.maximum.reduce(third, axis=-2), means, found), axis=-1)
        else:
            nothing = np.zeros((*several, width * (1 + FOREMOST)), dtype=np.float32)
            pooled = np.concatenate((nothing, found), axis=-1)
        hidden: Floats = pooled @ self._hidden
        hidden += self._hidden_bias
        np.maximum(hidden, ZERO, out=hidden)
        answer: Floats = hidden @ self._out
        answer += self._out_bias
        return answer

    def _read_word(self, word: str) -> Floats:
        total = self._from_kind[self._kinds.get(word_kind(word), 0)].copy()
        if word_kind(word) != PEOPLE:
            places = piece_places(word)
            if places:
                pieces = self._pieces[places].mean(axis=0, dtype=np.float32) * self._piece_scale
                total += pieces @ self._from_pieces
            key = np.uint32(vector_key(word))
            row = int(np.searchsorted(self._keys, key))
            if row < len(self._keys) and self._keys[row] == key:
                total += self._vectors[row].astype(np.float32) @ self._from_vector
        added: Floats = total
        return added


def _convolved(rows: Floats, weights: Floats, bias: Floats, distance: int) -> Floats:
    """Return what a convolution over a word and its neighbours at a distance adds."""
    *several, length, width = rows.shape
    # Side by side, so that one product does for the word and both neighbours.
    beside = np.zeros((*several, length, KERNEL * width), dtype=np.float32)
    beside[..., width : 2 * width] = rows
    if length > distance:
        beside[..., distance:, :width] = rows[..., :-distance, :]
        beside[..., :-distance, 2 * width :] = rows[..., distance:, :]
    answer: Floats = beside @ weights
    answer += bias
    return np.maximum(answer, ZERO, out=answer)
