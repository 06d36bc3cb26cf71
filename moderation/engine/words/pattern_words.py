"""Read a text for patterns once more, with disguised and glued words as they are meant.

Words of the lists are found in every disguise, but a pattern reads words as they stand, and one
star was enough to pass: "k*ll yourself", "I will kil you", "#KillAllMuslims".
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from moderation.engine.data import rows
from moderation.engine.matches import Category
from moderation.engine.text.fold import TextView
from moderation.engine.text.ordinary import is_ordinary
from moderation.engine.text.views import TextViews
from moderation.engine.words.entries import Entry
from moderation.engine.words.lexicon import innocent_words
from moderation.engine.words.wordlist import Wordlist

#: Where a word begins inside another: "KillAll".
HUMP = re.compile(r"[^\W\d_A-Z](?=[A-Z][^\W\d_A-Z])")
#: Words of what people glue together in names and tags, without capitals: "killallmuslims".
GLUED_WORDS = (
    "i|im|ill|you|u|ur|your|we|they|are|will|should|must|to|the|all|every|my|of|and|is|go|back"
    "|kill|killed|gas|rape|hate|hates|fuck|burn|hang|shoot|death|die|deserve|ban|deport"
    "|yourself|urself|them|him|her|jews|jew|muslims|muslim|blacks|whites|gays|women|indians"
    "|mexicans|immigrants|christians|hindus|arabs|asians|trannies|suck|lick|dick|cock"
)
TOKEN = re.compile(r"(?<![^\W_])[a-z]{9,40}(?![^\W_])")
GLUED = re.compile(f"(?:{GLUED_WORDS}){{3,}}")
#: As strong words are: short ones that lose a letter are read as well.
SCORE = 0.9


def meant_views(views: TextViews) -> tuple[TextView, ...]:
    """Return the view that patterns read besides the usual ones; nothing if it says the same."""
    plain = views.main[-1]
    view = _with_meant_words(TextViews(views.text, (_split(plain, views.text),)))
    return () if view is plain else (view,)


def _split(view: TextView, text: str) -> TextView:
    """Return the view with blanks before the capitals inside words of the text as sent."""
    starts = {hump.end() for hump in HUMP.finditer(text)}
    starts.update(view.origin[start] for start in _glued_starts(view.text))
    if not starts:
        return view
    letters: list[str] = []
    origin: list[int] = []
    for letter, place in zip(view.text, view.origin, strict=True):
        if place in starts:
            letters.append(" ")
            origin.append(place)
        letters.append(letter)
        origin.append(place)
    return TextView("".join(letters), origin)


def _glued_starts(text: str) -> Iterator[int]:
    """Yield where words begin inside a token that is made of nothing else."""
    for token in TOKEN.finditer(text):
        if GLUED.fullmatch(token[0]) and not is_ordinary(token[0]):
            rest = _pieces(token[0])
            yield from (token.start() + sum(map(len, rest[:at])) for at in range(1, len(rest)))


@lru_cache(maxsize=1_024)
def _pieces(token: str) -> tuple[str, ...]:
    """Return the words that a token is made of, the longest first words that fit."""
    for word in sorted(GLUED_WORDS.split("|"), key=len, reverse=True):
        if token == word:
            return (word,)
        if token.startswith(word) and (rest := _pieces(token[len(word) :])):
            return (word, *rest)
    return ()


def _with_meant_words(views: TextViews) -> TextView:
    view = views.folded
    if _pattern_words().knows_nothing_in(view.text):
        return view
    letters: list[str] = []
    origin: list[int] = []
    end = 0
    for found, hit in _pattern_words().find(views):
        word = _meant().get(hit.entry.word, hit.entry.word)
        if found is not view or hit.start < end or view.text[hit.start : hit.end] == word:
            continue
        letters += [view.text[end : hit.start], word]
        last = view.origin[hit.end - 1]
        origin += [*view.origin[end : hit.start], *[view.origin[hit.start]] * (len(word) - 1), last]
        end = hit.end
    if not end:
        return view
    return TextView("".join((*letters, view.text[end:])), [*origin, *view.origin[end:]])


@cache
def _meant() -> dict[str, str]:
    """Return the words of patterns by how they are also written."""
    return {other: word for word, also, *_ in rows("pattern_words.tsv") for other in also.split()}


@cache
def _pattern_words() -> Wordlist:
    words = (word for word, *_ in rows("pattern_words.tsv"))
    entries = (Entry(word, Category.OTHER, SCORE) for word in (*words, *_meant()))
    return Wordlist(entries, innocent_words(), with_misspellings=True)
