"""Guess the language of a text; the guess is only a label and never disables a word list."""

import math
import re
from array import array
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from string import ascii_lowercase
from tempfile import TemporaryFile
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from moderation.engine.data import rows

WORD = re.compile(r"[^\W\d_]+")
#: More words than this cost time and do not change the answer.
MAX_WORDS = 60
ROMAN_URDU_TAG = "ur-Latn"
#: No language: the text has too little of any (BCP 47's tag).
UNDETERMINED = "und"
#: The identifier's probability from which on its guess counts.
SURE = 0.85
#: A text is Roman Urdu if one word in so many is one of its function words.
WORDS_PER_FUNCTION_WORD = 5
#: What most folded texts are made of, and its places in a row of `Letters`.
PLAIN = f" {ascii_lowercase}".encode()
SIGNS = len(PLAIN)
CODES = bytes.maketrans(PLAIN, bytes(range(SIGNS)))
#: A step has the feature in its lower bits: together they fit into one digit of Python's numbers.
FEATURE_BITS = 16
FEATURE_MASK = (1 << FEATURE_BITS) - 1


class Letters(NamedTuple):
    """The part of the identifier's automaton that blanks and the letters a to z can reach.

    It takes 1.5 MB, where the whole takes 39, and so stays in the processor's cache.
    """

    #: For each row and letter: the next row, and the number of the feature found, 0 for none.
    steps: "array[int]"
    start: int
    #: The identifier's own numbers of the features.
    features: NDArray[np.intp]


class Identifier(LanguageIdentifier):  # type: ignore[misc] # it has no types
    """py3langid's identifier, with the same scores in a third of the time for plain letters."""

    __slots__ = ("_letters",)

    def __init__(self, *arguments: Any, letters: Letters | None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._letters = letters

    def _decide(self, text: str | bytes) -> NDArray[np.float32]:
        # Plain letters are neither capitals nor composed, which it would look for.
        plain = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        if self._letters is None or self._alias_pairs or plain.translate(None, PLAIN):
            whole: NDArray[np.float32] = super()._decide(text)
            return whole
        scores = self._plain_score(plain, self._letters)
        scores *= 1.0 / math.sqrt(len(plain) or 1)
        np.exp(scores - np.maximum.reduce(scores), out=scores)
        scores /= np.add.reduce(scores)
        return scores

    def _plain_score(self, text: bytes, letters: Letters) -> NDArray[np.float32]:
        steps, row, features = letters
        # In the order in which they come: the last bit of a sum depends on it.
        visits: dict[int, int] = {}
        for letter in text.translate(CODES):
            step = steps[row * SIGNS + letter]
            row = step >> FEATURE_BITS
            if feature := step & FEATURE_MASK:
                visits[feature] = visits.get(feature, 0) + 1
        if not visits:
            return np.zeros(len(self.nb_classes), dtype=np.float32)
        places = features.take(np.fromiter(visits, np.intp, len(visits)))
        counts = np.fromiter(visits.values(), np.float32, len(visits))
        score: NDArray[np.float32] = np.log1p(counts) @ self.nb_ptc[places] + self.nb_pc
        return score


def language_of(folded: str, languages: Collection[str]) -> str:
    """Return one of the languages for a folded text; "und" if its words do not show which."""
    words = WORD.findall(folded[:1_000])[:MAX_WORDS]
    if ROMAN_URDU_TAG in languages:
        known = _function_words()
        telling = [known[word] for word in words if word in known]
        if any(telling) and len(telling) * WORDS_PER_FUNCTION_WORD >= len(words):
            return ROMAN_URDU_TAG
    by_code, identifier = _told_apart(tuple(languages))
    if not words or identifier is None:
        # One language alone is not to be told from others.
        return next(iter(by_code.values())) if words and len(by_code) == 1 else UNDETERMINED
    code, probability = identifier.classify(" ".join(words))
    return by_code.get(code, UNDETERMINED) if probability >= SURE else UNDETERMINED


@lru_cache(maxsize=256)
def _told_apart(languages: tuple[str, ...]) -> tuple[dict[str, str], Identifier | None]:
    """Return the tags by the identifier's codes, and the identifier that tells them apart."""
    by_code = {tag.split("-")[0]: tag for tag in sorted(languages) if tag != ROMAN_URDU_TAG}
    return by_code, identifier_of(frozenset(by_code))


def has_roman_urdu(folded: str, but: str) -> bool:
    """Say whether a folded text has a function word of Roman Urdu besides the given word."""
    return any(word != but for word in _telling_words(folded))


@lru_cache(maxsize=8)
def _telling_words(folded: str) -> frozenset[str]:
    known = _function_words()
    return frozenset(word for word in WORD.findall(folded) if known.get(word))


@cache
def _function_words() -> dict[str, bool]:
    """Return Roman Urdu's function words; False for those that are English or Spanish too."""
    return {word: is_telling == "yes" for word, is_telling in rows("roman_urdu.tsv")}


@cache
def identifier_of(codes: frozenset[str]) -> Identifier | None:
    """Return an identifier limited to these languages; None if it knows fewer than two."""
    full, weights = _full_identifier()
    known = codes & set(full.labels)
    if len(known) < 2:
        return None
    limited = _with_tables(full, full.nb_ptc, full.tk_nextmove, full._letters)  # noqa: SLF001
    limited.set_languages(sorted(known))
    # Half the memory, and a label changes only where two languages are as likely.
    limited.nb_ptc = limited.nb_ptc.astype(np.float16)
    if weights is not None:
        weights.madvise(MADV_DONTNEED)  # It copied its columns: the rest need not stay in memory.
    return limited


@cache
def _full_identifier() -> tuple[Identifier, mmap | None]:
    """Return an identifier of all languages, and the file with its weights if there is one.

    Its tables, 28 and 42 MB, lie on disk where they can: only texts in other letters need them.
    """
    full = LanguageIdentifier.from_model_file(MODEL_FILE)
    letters = _letters_of(full)
    # As lists of numbers they take ten times the memory.
    full.tk_output = array("i", full.tk_output)
    full._rowbase = array("i", full._rowbase)  # noqa: SLF001
    weights, moves = _on_disk(full.nb_ptc), _on_disk(full.tk_nextmove)
    return (
        _with_tables(
            full,
            full.nb_ptc
            if weights is None
            else np.frombuffer(weights, full.nb_ptc.dtype).reshape(full.nb_ptc.shape),
            full.tk_nextmove
            if moves is None
            else memoryview(moves).cast(full.tk_nextmove.typecode),
            letters,
        ),
        weights,
    )


def _letters_of(full: LanguageIdentifier) -> Letters | None:
    """Return what plain letters reach in an identifier's automaton; None if it is too large."""
    moves = np.frombuffer(full.tk_nextmove, full.tk_nextmove.typecode).reshape(-1, 256)
    targets = moves[:, list(PLAIN)]
    row_of = np.array(full.tk_row, dtype=np.int32)
    feature_of = np.array(full.tk_output, dtype=np.int32)
    rows: NDArray[Any] = np.array([], dtype=np.intp)
    reached: NDArray[Any] = row_of[:1]
    while len(reached) > len(rows):
        rows = reached
        reached = _distinct(np.concatenate((rows, row_of[_distinct(targets[rows])])))
    states = targets[rows]
    found = feature_of[_distinct(states)]
    features = _distinct(found[found >= 0])
    if max(len(features), len(rows)) > FEATURE_MASK:
        return None
    found = np.where(feature_of[states] < 0, 0, np.searchsorted(features, feature_of[states]) + 1)
    steps = (np.searchsorted(rows, row_of[states]) << FEATURE_BITS) | found
    return Letters(
        array("I", steps.astype(np.uint32).tobytes()),
        int(np.searchsorted(rows, row_of[0])),
        np.concatenate(([0], features)),
    )


def _distinct(numbers: NDArray[Any]) -> NDArray[np.intp]:
    """Return the numbers, all 0 or more, once each and in order.

    numpy's own way reads a package that nothing else here needs, 1 MB.
    """
    return np.flatnonzero(np.bincount(numbers.ravel()))


def _with_tables(
    full: LanguageIdentifier,
    weights: NDArray[Any],
    moves: Sequence[int],
    letters: Letters | None,
) -> Identifier:
    identifier = Identifier(
        weights,
        full.nb_pc,
        full.nb_classes,
        moves,
        full.tk_output,
        norm_probs=True,
        tk_row=(),
        letters=letters,
    )
    # It would make a list of its own for each set of languages.
    identifier._rowbase = full._rowbase  # noqa: SLF001
    return identifier


def _on_disk(table: "array[int] | NDArray[Any]") -> mmap | None:
    """Return an unnamed file with the table, mapped; None if none can be written."""
    try:
        with TemporaryFile(prefix="gavel-") as file:
            table.tofile(file)
            file.flush()
            return mmap(file.fileno(), 0, access=ACCESS_READ)
    except OSError:
        return None
