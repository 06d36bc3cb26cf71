"""What the bundled model sees of a text: pieces of words, pairs of words, rules' hits, shape.

Hashing stands for a vocabulary (Weinberger et al. 2009, "Feature hashing for large scale multitask
learning"): a feature is a row of the weights' table. The model is a sum over features, so what a
word contributes can be kept, and told.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from zlib import crc32

from moderation.engine.data import rows
from moderation.engine.lexicon import lexicon
from moderation.engine.matches import Category, Match, Source
from moderation.engine.toxicity import Seen

#: Words, and signs that are no punctuation: emoji.
TOKEN = re.compile(r"[^\W_]+|[^\w\s\x00-\x7f‘’“”…–—´]")
LINK = re.compile(r"https?:|www\.|\.com\b|\.ly\b|youtu", re.IGNORECASE)
#: So many words are looked at from the beginning, and as many from the end.
MOST_TOKENS = 240
LONGEST_TOKEN = 24
PIECES = (3, 4, 5)
CACHED_TOKENS = 32_768
PAIRED, SKIPPED, TRIPLE = "b", "s", "t"
PEOPLE = "<people>"


@dataclass(frozen=True, slots=True)
class Features:
    """A text's features; each counts once, however often it is there."""

    #: The different words, with where each stands first in the text as sent.
    tokens: Mapping[str, tuple[int, int]]
    #: The hashes of pairs and triples of neighbours, with their first word.
    groups: Mapping[int, str]
    #: What speaks of the whole text.
    whole: tuple[int, ...]
    #: How the text is laid out, 0-1: indented by colons or with headings as discussions are, with
    #: a colon at all, and its share of capitals.
    layout: tuple[float, float, float] = (0.0, 0.0, 0.0)


def features_of(seen: Seen) -> Features:
    view = seen.reading.views[-1]
    found = list(TOKEN.finditer(view.text))
    if len(found) > 2 * MOST_TOKENS:
        found = found[:MOST_TOKENS] + found[-MOST_TOKENS:]
    tokens = [token[0][:LONGEST_TOKEN] for token in found]
    spans = {token[0][:LONGEST_TOKEN]: token.span() for token in reversed(found)}
    return Features(
        tokens={token: view.span(*spans[token]) for token in dict.fromkeys(tokens)},
        groups=dict(_groups(tokens)),
        whole=(*_of_rules(seen.matches), *_of_shape(seen.text, len(tokens))),
        layout=_layout_of(seen.text),
    )


def hashed(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace"))


@lru_cache(maxsize=CACHED_TOKENS)
def token_hashes(token: str) -> tuple[int, ...]:
    """Return the features of one token: itself, its pieces, and what it is listed as.

    Of a word for people only that it is one: whom a text speaks of makes it neither bad nor good.
    """
    if kind_of(token) == PEOPLE:
        return (hashed(PEOPLE),)
    names = [f"w{token}"]
    if token.isalnum():
        names += _listed(token)
        framed = f"<{token}>"
        names += [
            f"c{framed[start : start + size]}"
            for size in PIECES
            for start in range(len(framed) - size + 1)
        ]
    return tuple(hashed(name) for name in names)


def _listed(token: str) -> Iterator[str]:
    kind = kind_of(token)
    if kind != token:
        yield f"L{kind}"


@lru_cache(maxsize=CACHED_TOKENS)
def kind_of(token: str) -> str:
    """Return what a token counts as among its neighbours: what it is listed as, or itself."""
    entry = lexicon().look_up(token) if token.isalpha() else None
    if entry:
        return f"<{entry.category}{entry.score:.1f}>"
    return PEOPLE if token in _people() else token


def _groups(tokens: Sequence[str]) -> Iterator[tuple[int, str]]:
    kinds = ["^", *(kind_of(token) for token in tokens), "$"]
    words = ["", *tokens, ""]
    for word, first, second in zip(words, kinds, kinds[1:], strict=False):
        yield hashed(f"{PAIRED}{first} {second}"), word
    for word, first, second, third in zip(words, kinds, kinds[1:], kinds[2:], strict=False):
        yield hashed(f"{SKIPPED}{first} {third}"), word
        if "<" in (first[0], second[0], third[0]):
            yield hashed(f"{TRIPLE}{first} {second} {third}"), word


def _of_rules(matches: Sequence[Match]) -> Iterator[int]:
    # A project's own words say nothing that the model could have learnt.
    known = [match for match in matches if match.source is not Source.BLACKLIST]
    for name in sorted({f"R{match.category}{match.score:.1f}" for match in known}):
        yield hashed(name)
    yield hashed(f"K{min(3, sum(match.category is not Category.SPAM for match in known))}")


def _of_shape(text: str, words: int) -> Iterator[int]:
    letters = sum(map(str.isalpha, text))
    capitals = sum(map(str.isupper, text))
    digits = sum(map(str.isdigit, text))
    names = [
        f"n{min(8, (words + 1).bit_length())}",
        f"C{4 * capitals // max(1, letters)}",
        f"D{min(5, (digits + 1).bit_length())}",
        f"E{min(3, text.count('!'))}",
    ]
    marks = (("U", LINK.search(text)), ("Q", '"' in text), ("@", "@" in text), ("?", "?" in text))
    names += [name for name, is_there in marks if is_there]
    return map(hashed, names)


def _layout_of(text: str) -> tuple[float, float, float]:
    capitals = sum(map(str.isupper, text)) / max(1, sum(map(str.isalpha, text)))
    return float("::" in text or "==" in text), float(":" in text), capitals


@cache
def _people() -> frozenset[str]:
    return frozenset(word for word, *_ in rows("people.tsv"))
