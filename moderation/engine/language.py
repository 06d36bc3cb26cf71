"""Guess the language of a text; the guess only labels it and never hides a word list."""

import re
from array import array
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from moderation.engine.data import rows

WORD = re.compile(r"[^\W\d_]+")
#: Longer texts are judged by their beginning: the answer does not change, the time does.
MAX_WORDS = 60
ROMAN_URDU_TAG = "ur-Latn"


def language_of(folded: str, languages: Collection[str]) -> str:
    """Return one of the languages for a folded text; the first of them when nothing tells."""
    words = WORD.findall(folded[:1_000])[:MAX_WORDS]
    if ROMAN_URDU_TAG in languages and _is_roman_urdu(words):
        return ROMAN_URDU_TAG
    others = tuple(sorted(tag for tag in languages if tag != ROMAN_URDU_TAG))
    if not words or not others:
        return "en" if "en" in languages else next(iter(languages), "en")
    return _identified(" ".join(words), others)


def _is_roman_urdu(words: list[str]) -> bool:
    """Say whether enough are function words of Roman Urdu, one of them of no other language."""
    known = _function_words()
    found = [known[word] for word in words if word in known]
    return any(found) and len(found) * 5 >= len(words)


@cache
def _function_words() -> Mapping[str, bool]:
    """Return function words of Roman Urdu; False for those that English or Spanish have too."""
    return {word: is_telling == "yes" for word, is_telling in rows("roman_urdu.tsv")}


def _identified(text: str, tags: tuple[str, ...]) -> str:
    by_code = {tag.split("-")[0]: tag for tag in reversed(tags)}
    identifier = _identifier(frozenset(by_code))
    if identifier is None:
        return tags[0]
    code: str = identifier.classify(text)[0]
    return by_code.get(code, tags[0])


@cache
def _identifier(codes: frozenset[str]) -> LanguageIdentifier | None:
    """Return an identifier limited to these languages; None when it knows fewer than two."""
    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    known = codes & set(whole.labels)
    if len(known) < 2:
        return None
    whole.set_languages(sorted(known))
    # Limited, `whole` still holds the table of all languages, 28 MB.
    return LanguageIdentifier(
        whole.nb_ptc,
        whole.nb_pc,
        whole.nb_classes,
        _on_disk(whole.tk_nextmove),
        whole.tk_output,
        tk_row=whole.tk_row,
    )


def _on_disk(table: "array[int]") -> Sequence[int]:
    """Return the table in a file without a name, of which only what texts touch is in memory.

    It has 42 MB, and chats touch a tenth of it; where nothing can be written it stays as it is.
    """
    if table.typecode != "I":
        return table
    try:
        with TemporaryFile(prefix="gavel-") as file:
            table.tofile(file)
            file.flush()
            return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ)).cast("I")
    except OSError:
        return table
