"""Which texts must stay together when a model is tested on texts it has not seen.

Texts of one template, and near copies, form a group; a group lies in one fold. So no text is judged
by a model that saw its template with another word for people, another spelling, or another link.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

FOLDS = 5
#: Names and people of tweets, links and numbers say nothing of what a text is.
MASKED = re.compile(r"@\w+|https?:\S+|www\.\S+|\brt\b|\d+")
SPACES = re.compile(r"\s+")
#: From this cosine of letter groups on, two texts are copies of each other.
SAME = 0.65
BLOCK = 512


def groups_of(texts: Sequence[str], people: Iterable[str], same: float = SAME) -> np.ndarray:
    """Return the number of each text's group: texts linked by a chain of near copies.

    people: words that a template swaps; they are left out of the comparison.
    """
    masked = masked_texts(texts, people)
    parents = np.arange(len(texts))
    first: dict[str, int] = {}
    for at, text in enumerate(masked):
        _join(parents, first.setdefault(text, at), at)
    distinct = np.array(sorted(first.values()))
    if len(distinct) > 1:
        vectors = _vectors([masked[at] for at in distinct])
        for left, right in _pairs(vectors, same):
            _join(parents, int(distinct[left]), int(distinct[right]))
    return np.array([_root(parents, at) for at in range(len(texts))])


def masked_texts(texts: Sequence[str], people: Iterable[str]) -> list[str]:
    """Return the texts in lower case, without people, handles, links and numbers."""
    words = sorted(people, key=len, reverse=True)
    swapped = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b") if words else None
    masked = []
    for text in texts:
        plain = MASKED.sub(" ", text.lower())
        plain = swapped.sub(" ", plain) if swapped else plain
        masked.append(SPACES.sub(" ", plain).strip())
    return masked


def fold_of(name: str) -> int:
    """Return the fold, 0 to FOLDS - 1, of the group that is called by a name."""
    return sha256(name.encode()).digest()[0] % FOLDS


def _vectors(texts: Sequence[str]) -> sparse.csr_matrix:
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, min_df=1)
    try:
        return letters.fit_transform(texts).tocsr()
    except ValueError:  # nothing but masked words
        return sparse.csr_matrix((len(texts), 1))


def _pairs(vectors: sparse.csr_matrix, same: float) -> Iterable[tuple[int, int]]:
    turned = vectors.T.tocsc()
    for start in range(0, vectors.shape[0], BLOCK):
        close = (vectors[start : start + BLOCK] @ turned).tocoo()
        are_same = (close.data >= same) & (start + close.row < close.col)
        yield from zip(
            (start + close.row[are_same]).tolist(), close.col[are_same].tolist(), strict=True
        )


def _root(parents: np.ndarray, at: int) -> int:
    while parents[at] != at:
        parents[at] = parents[parents[at]]
        at = int(parents[at])
    return at


def _join(parents: np.ndarray, one: int, other: int) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first
