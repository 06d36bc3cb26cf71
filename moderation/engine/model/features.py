"""What the bundled model sees of a text: pieces of words, pairs of words, rules' hits, shape.

Hashing stands for a vocabulary (Weinberger et al. 2009, "Feature hashing for large scale multitask
learning"): a feature is a row of the weights' table. The model is a sum over features, so what a
word contributes can be kept, and told.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_letters, ascii_uppercase, digits
from typing import NamedTuple, TypeVar
from zlib import crc32

from moderation.engine.matches import Category, Match, Source
from moderation.engine.model.scorer import ScorerInput
from moderation.engine.text.fold import TextView
from moderation.engine.text.people import is_people
from moderation.engine.words.entries import normal_form
from moderation.engine.words.lexicon import lexicon
from moderation.engine.words.misspelled import RARE

#: Signs that say nothing of a text: inverted marks, bullets, arrows, rulers, blocks, dots.
MUTE = "¡¿·•\u2190-\u25ff\u2800-\u28ff\ufffd"
#: Words, and signs that are no punctuation: emoji.
TOKEN = re.compile(rf"[^\W_]+|[^\w\s\x00-\x7f‘’“”…–—´«»{MUTE}]")
#: For what reads words in order: with what follows an apostrophe, and every other sign by itself.
WORD = re.compile(rf"[^\W_]+(?:['’][^\W_]+)*|[^\w\s{MUTE}]")
LINK = re.compile(r"https?:|www\.|\.com\b|\.ly\b|youtu", re.IGNORECASE)
#: So many words are looked at from the beginning, and as many from the end.
MOST_TOKENS = 240
LONGEST_TOKEN = 24
PIECES = (3, 4, 5)
CACHED_TOKENS = 16_384
#: Each has about twenty; what they weigh is remembered elsewhere.
CACHED_HASHES = 1_024
#: What the names of pairs, of pairs with a word between, and of triples begin with.
GROUPS = (b"b", b"s", b"t")
#: Stand before the first word and after the last.
FIRST, LAST = "^", "$"
PEOPLE = "<people>"
#: What is hung on a word and changes nothing of what it means: "xxbitchxx", "bitch22".
DECORATION = RARE | set(digits)
CATEGORIES = tuple(Category)
NO_STRENGTHS = (0.0,) * len(CATEGORIES)
LETTERS, CAPITALS, DIGITS = ascii_letters.encode(), ascii_uppercase.encode(), digits.encode()
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Features:
    """A text's features; each counts once, however often it is there."""

    #: The different words.
    tokens: tuple[str, ...]
    #: The hashes of pairs and triples of neighbours, with their first word.
    groups: Mapping[int, str]
    #: What speaks of the whole text.
    whole: tuple[int, ...]
    #: What the network reads: all words and signs in order, and the rules' strongest matches.
    words: tuple[str, ...] = ()
    strengths: tuple[float, ...] = ()
    #: The view that the words are of, to say where they stand.
    view: TextView | None = None

    def token_spans(self) -> list[tuple[int, int]]:
        """Return where each of the tokens stands first in the text as sent."""
        if self.view is None:
            return []
        first: dict[str, tuple[int, int]] = {}
        for found in _both_ends(list(TOKEN.finditer(self.view.text))):
            first.setdefault(found[0][:LONGEST_TOKEN], found.span())
        return [self.view.span(*first[token]) for token in self.tokens]

    def word_spans(self) -> list[tuple[int, int]]:
        """Return where each of the words stands in the text as sent."""
        if self.view is None:
            return []
        found = _both_ends(list(WORD.finditer(self.view.text)))
        return [self.view.span(*word.span()) for word in found]


def features_of(seen: ScorerInput) -> Features:
    # "Te mato de risa": an innocent phrase is not read.
    view = seen.views.main[-1].without(seen.excused)
    view = _with_meant_words(view, seen.matches)
    # Only where a score needs evidence is it asked where they stand.
    tokens = [found[:LONGEST_TOKEN] for found in _both_ends(TOKEN.findall(view.text))]
    return Features(
        tokens=tuple(dict.fromkeys(tokens)),
        groups=_groups(tokens),
        whole=(*_of_rules(seen.matches), *_of_shape(seen.text, len(tokens))),
        words=words_of(view.text),
        strengths=strengths_of(seen.matches),
        view=view,
    )


def _with_meant_words(view: TextView, matches: Sequence[Match]) -> TextView:
    """Return the view with the listed words that disguised ones mean: "b*tch", "xxbitchxx".

    So a disguise changes nothing of what the model makes of a word. Of a flood of them only those
    at both ends are read, where the model looks: each takes as long as the text is.
    """
    meant = [(match, word) for match in matches if (word := meant_word(match))]
    if len(meant) > 2 * MOST_TOKENS:
        meant.sort(key=lambda one: one[0].start)
    for match, word in _both_ends(meant):
        # Places never go back in a view.
        start, end = (bisect_left(view.origin, edge) for edge in (match.start, match.end))
        if start == end:
            continue
        before, after = view.text[:start], view.text[end:]
        # Letters that were spelled out may have been joined to their neighbours: "as tu pid".
        is_joined = before[-1:].isalnum() or after[:1].isalnum()
        if is_joined or is_disguise_of(word, view.text[start:end]):
            origin = [*view.origin[:start], *[view.origin[start]] * (len(word) + 2)]
            view = TextView(f"{before} {word} {after}", [*origin, *view.origin[end:]])
    return view


def meant_word(match: Match) -> str:
    """Return the listed word of a match; empty if it is a phrase, or of other letters."""
    if match.source is not Source.LEXICON or match.text.lower() == match.word:
        return ""
    word = normal_form(match.word)
    return word if word.isascii() and word.isalpha() else ""


def is_disguise_of(word: str, written: str) -> bool:
    """Say whether letters of a view are a listed word with signs, or with something around it."""
    if word in written:
        return written != word and DECORATION.issuperset(written.replace(word, "", 1))
    if any(map(str.isspace, written)):
        return "".join(written.split()) == word
    return True


def words_of(text: str) -> tuple[str, ...]:
    """Return the words and signs of a view of a text, in order."""
    return tuple(found[:LONGEST_TOKEN] for found in _both_ends(WORD.findall(text)))


def _both_ends(found: list[Found]) -> list[Found]:
    """Return what is looked at: of a long text its beginning and its end."""
    return found if len(found) <= 2 * MOST_TOKENS else found[:MOST_TOKENS] + found[-MOST_TOKENS:]


def strengths_of(matches: Sequence[Match]) -> tuple[float, ...]:
    """Return how strong the rules' strongest match of each category is, 0 to 1.

    A project's own words say nothing that the model could have learnt.
    """
    if not matches:
        return NO_STRENGTHS
    strongest = dict.fromkeys(CATEGORIES, 0.0)
    for match in matches:
        if match.source is not Source.BLACKLIST:
            strongest[match.category] = max(strongest[match.category], match.score)
    return tuple(strongest.values())


def hashed(feature: str) -> int:
    return crc32(feature.encode("utf-8", "replace"))


@lru_cache(maxsize=CACHED_HASHES)
def token_hashes(token: str) -> tuple[int, ...]:
    """Return the features of one token: itself, its pieces, and what it is listed as.

    Words for people all count as one: a text is neither bad nor good because of who it is about.
    """
    if kind_of(token) == PEOPLE:
        return (hashed(PEOPLE),)
    names = [f"w{token}"]
    if token.isalnum():
        if kind_of(token) != token:
            names.append(f"L{kind_of(token)}")
        framed = f"<{token}>"
        names += [
            f"c{framed[start : start + size]}"
            for size in PIECES
            for start in range(len(framed) - size + 1)
        ]
    return tuple(hashed(name) for name in names)


@lru_cache(maxsize=CACHED_TOKENS)
def kind_of(token: str) -> str:
    """Return what a token counts as among its neighbours: what it is listed as, or itself."""
    entry = lexicon().look_up(token) if token.isalpha() else None
    if entry:
        return f"<{entry.category}{entry.score:.1f}>"
    return PEOPLE if is_people(token) else token


class _Neighbour(NamedTuple):
    """A token as its neighbours see it, with the checksums that groups begin with.

    A checksum goes on where another ended: so no group's name has to be put together.
    """

    name: bytes
    paired: int
    skipped: int
    tripled: int
    is_listed: bool


@lru_cache(maxsize=CACHED_TOKENS)
def _neighbour(token: str) -> _Neighbour:
    return _neighbour_called(kind_of(token))


def _neighbour_called(kind: str) -> _Neighbour:
    name = kind.encode("utf-8", "replace")
    paired, skipped, tripled = (crc32(b"%b%b " % (group, name)) for group in GROUPS)
    return _Neighbour(name, paired, skipped, tripled, kind[0] == "<")


_FIRST, _LAST = _neighbour_called(FIRST), _neighbour_called(LAST)


def _groups(tokens: Sequence[str]) -> dict[int, str]:
    """Return the hashes of pairs and triples of neighbours, with their first word."""
    neighbours = [_FIRST, *map(_neighbour, tokens), _LAST]
    words = ["", *tokens]
    groups: dict[int, str] = {}
    for word, first, second in zip(words, neighbours, neighbours[1:], strict=False):
        groups[crc32(second.name, first.paired)] = word
    rows = zip(words, neighbours, neighbours[1:], neighbours[2:], strict=False)
    for word, first, second, third in rows:
        groups[crc32(third.name, first.skipped)] = word
        if first.is_listed or second.is_listed or third.is_listed:
            groups[crc32(b"%b %b" % (second.name, third.name), first.tripled)] = word
    return groups


def _of_rules(matches: Sequence[Match]) -> Iterator[int]:
    # A project's own words say nothing that the model could have learnt.
    known = [match for match in matches if match.source is not Source.BLACKLIST]
    for name in sorted({f"R{match.category}{match.score:.1f}" for match in known}):
        yield hashed(name)
    yield hashed(f"K{min(3, sum(match.category is not Category.SPAM for match in known))}")


def _of_shape(text: str, words: int) -> tuple[int, ...]:
    letters, capitals, figures = _counts(text)
    names = [
        f"n{min(8, (words + 1).bit_length())}",
        f"C{4 * capitals // max(1, letters)}",
        f"D{min(5, (figures + 1).bit_length())}",
        f"E{min(3, text.count('!'))}",
    ]
    marks = (("U", _has_link(text)), ("Q", '"' in text), ("@", "@" in text), ("?", "?" in text))
    names += [name for name, is_there in marks if is_there]
    return _all_hashed(tuple(names))


@lru_cache(maxsize=4_096)
def _all_hashed(names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(map(hashed, names))


def _has_link(text: str) -> bool:
    may_have = "." in text or ":" in text or "youtu" in text.lower()
    return may_have and LINK.search(text) is not None


def _counts(text: str) -> tuple[int, int, int]:
    """Return how many letters, capitals and digits a text has."""
    if text.isascii():  # Most texts are, and bytes are counted in a third of the time.
        sent = text.encode()
        return (
            len(sent) - len(sent.translate(None, LETTERS)),
            len(sent) - len(sent.translate(None, CAPITALS)),
            len(sent) - len(sent.translate(None, DIGITS)),
        )
    return (
        sum(map(str.isalpha, text)),
        sum(map(str.isupper, text)),
        sum(map(str.isdigit, text)),
    )
