"""Guess the language of a text; the guess is only a label and never disables a word list."""

import re
from array import array
from collections.abc import Collection, Sequence
from functools import cache
from mmap import ACCESS_READ, MADV_DONTNEED, mmap
from tempfile import TemporaryFile
from typing import Any

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


def language_of(folded: str, languages: Collection[str]) -> str:
    """Return one of the languages for a folded text; "und" if its words do not show which."""
    words = WORD.findall(folded[:1_000])[:MAX_WORDS]
    if ROMAN_URDU_TAG in languages:
        known = _function_words()
        telling = [known[word] for word in words if word in known]
        if any(telling) and len(telling) * WORDS_PER_FUNCTION_WORD >= len(words):
            return ROMAN_URDU_TAG
    by_code = {tag.split("-")[0]: tag for tag in sorted(languages) if tag != ROMAN_URDU_TAG}
    identifier = identifier_of(frozenset(by_code))
    if not words or identifier is None:
        # One language alone is not to be told from others.
        return next(iter(by_code.values())) if words and len(by_code) == 1 else UNDETERMINED
    code, probability = identifier.classify(" ".join(words))
    return by_code.get(code, UNDETERMINED) if probability >= SURE else UNDETERMINED


def has_roman_urdu(folded: str, but: str) -> bool:
    """Say whether a folded text has a function word of Roman Urdu besides the given word."""
    known = _function_words()
    return any(known.get(word) for word in WORD.findall(folded) if word != but)


@cache
def _function_words() -> dict[str, bool]:
    """Return Roman Urdu's function words; False for those that are English or Spanish too."""
    return {word: is_telling == "yes" for word, is_telling in rows("roman_urdu.tsv")}


@cache
def identifier_of(codes: frozenset[str]) -> LanguageIdentifier | None:
    """Return an identifier limited to these languages; None if it knows fewer than two."""
    full, weights = _full_identifier()
    known = codes & set(full.labels)
    if len(known) < 2:
        return None
    limited = _with_tables(full, full.nb_ptc, full.tk_nextmove)
    limited.set_languages(sorted(known))
    if weights is not None:
        weights.madvise(MADV_DONTNEED)  # It copied its columns: the rest need not stay in memory.
    return limited


@cache
def _full_identifier() -> tuple[LanguageIdentifier, mmap | None]:
    """Return an identifier of all languages, and the file with its weights if there is one.

    Its tables, 28 and 42 MB, lie on disk where they can: chats touch a tenth of them.
    """
    full = LanguageIdentifier.from_model_file(MODEL_FILE)
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
        ),
        weights,
    )


def _with_tables(
    full: LanguageIdentifier, weights: NDArray[Any], moves: Sequence[int]
) -> LanguageIdentifier:
    return LanguageIdentifier(
        weights,
        full.nb_pc,
        full.nb_classes,
        moves,
        full.tk_output,
        norm_probs=True,
        tk_row=full.tk_row,
    )


def _on_disk(table: "array[int] | NDArray[Any]") -> mmap | None:
    """Return an unnamed file with the table, mapped; None if none can be written."""
    try:
        with TemporaryFile(prefix="gavel-") as file:
            table.tofile(file)
            file.flush()
            return mmap(file.fileno(), 0, access=ACCESS_READ)
    except OSError:
        return None
