"""Find listed words and phrases in the views of a text, whole and in disguise."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import ahocorasick_rs

from moderation.engine.disguise import is_disguise_of, skeleton
from moderation.engine.masks import STAR, Masks
from moderation.engine.matches import Category
from moderation.engine.normalization import View, fold
from moderation.engine.phonetic import SHORTEST_KEY, phonetic_key
from moderation.engine.reading import Reading, opens_bracket
from moderation.engine.slips import Slips
from moderation.engine.spelt import SHORTEST, words_spelt
from moderation.engine.stars import Stars
from moderation.engine.tokens import GAP, WORD, Tokens, tokens_of

SIGN = re.compile(r"[@$|+(]|!\w|\d[a-z]{1,12}!")
MASK_SIGN = re.compile(r"[*#@$%&\u2022_]")
SIGNED = re.compile(r"[a-z0-9@$!|+(]{3,}")
CLOSERS = "!|("
CACHED_TOKENS = 32_768
ROMAN_URDU = "ur-Latn"
#: A misspelt word is a little less certain: the strongest flag, the mildest still warn.
SLIP = 0.1
LEFTMOST_LONGEST = ahocorasick_rs.MATCHKIND_LEFTMOST_LONGEST


KINDS = ("stem", "word", "exact")


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed word; kind: word, stem (also inside other words) or exact (as written)."""

    word: str
    category: Category
    score: float
    language: str = "*"
    kind: str = "word"
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    start: int
    end: int
    entry: Entry


def normal_form(word: str) -> str:
    """Return a listed word as it is looked up; nothing if no visible sign is left."""
    return " ".join(fold(word).text.split())


class Wordlist:
    """An immutable list of words; a look-up costs the same however long the list is."""

    def __init__(
        self,
        entries: Iterable[Entry],
        innocent: frozenset[str] = frozenset(),
        usual_masks: Mapping[str, str] | None = None,
        *,
        reads_slips: bool = False,
    ) -> None:
        """Compile the list; reads_slips: also misspelt words, which needs a good innocent list."""
        self._innocent = innocent
        self._words: dict[str, Entry] = {}
        #: Words by skeleton, those that share one in one text: see masks.py for why.
        self._skeletons: dict[str, str] = {}
        self._sounds: dict[str, Entry] = {}
        self.masks = Masks(usual_masks, innocent)
        self._phrases: dict[str, Entry] = {}
        self._symbols: dict[str, Entry] = {}
        self._stems: dict[str, Entry] = {}
        # Of equally strong words the stem names a hit best: "f*ck" is "fuck", not "fck".
        for entry in sorted(entries, key=lambda entry: KINDS.index(entry.kind)):
            self._add(entry)
        self._beginnings = frozenset(word[:SHORTEST] for word in self._words)
        self._phrase_finder = _finder(self._phrases)
        self._symbol_finder = _finder(self._symbols)
        self._stem_finder = _finder(self._stems)
        self._slips = self._slips_read() if reads_slips else None
        #: The entry that a folded word is or is meant to be, if any.
        self.look_up = lru_cache(maxsize=CACHED_TOKENS)(self._judge)

    def __bool__(self) -> bool:
        return bool(self._words or self._phrases or self._symbols)

    def _add(self, entry: Entry) -> None:
        word = normal_form(entry.word)
        parts = WORD.findall(word)
        if parts == [word]:
            self._add_word(word, entry)
        elif parts and len(word) == sum(map(len, parts)) + len(parts) - 1:
            _keep_stronger(self._phrases, f" {GAP.join(parts)} ", entry)
        elif word:
            _keep_stronger(self._symbols, word, entry)

    def _add_word(self, word: str, entry: Entry) -> None:
        is_known = word in self._words
        _keep_stronger(self._words, word, entry)
        if entry.kind == "exact":
            return
        if not is_known:
            self._add_disguises(word)
        if entry.kind == "stem":
            _keep_stronger(self._stems, word, entry)
        if entry.language == ROMAN_URDU and len(phonetic_key(word)) >= SHORTEST_KEY:
            _keep_stronger(self._sounds, phonetic_key(word), entry)

    def _add_disguises(self, word: str) -> None:
        key = skeleton(word)
        others = self._skeletons.get(key)
        self._skeletons[key] = f"{others} {word}" if others else word
        self.masks.add(word)

    def find(self, reading: Reading) -> Iterator[tuple[View, Hit]]:
        """Yield the listed words of a text, each with the view in which it stands."""
        if not self:
            return
        # Masks come first: of equal hits the first stays, and "f*ck" is "fuck", not "fck".
        for hit in self._find_masked(reading.folded.text):
            yield reading.folded, hit
        folded = reading.folded
        stars = Stars(folded, self.masks) if self._innocent and STAR in folded.text else None
        for view, find in (
            *((view, self._find_whole) for view in reading.views),
            *((run, self._find_spelt) for run in reading.spelt),
        ):
            for hit in find(view):
                if not stars or stars.allow(view, hit):
                    yield view, hit

    def _find_whole(self, view: View) -> Iterator[Hit]:
        tokens = tokens_of(view.text)
        if self._words:
            for word, span in zip(tokens.words, tokens.spans, strict=True):
                if entry := self.look_up(word):
                    yield Hit(*span, entry)
        yield from self._find_phrases(tokens)
        yield from self._find_symbols(view.text)

    def _find_masked(self, text: str) -> Iterator[Hit]:
        if not self._skeletons:
            return
        if SIGN.search(text):
            yield from self._find_signed(text)
        if MASK_SIGN.search(text):
            for start, end, word in self.masks.find(text):
                if entry := self._words.get(word):
                    yield Hit(start, end, entry)

    def _find_spelt(self, run: View) -> Iterator[Hit]:
        """Yield the words in a run of single letters that may be more than one word."""
        if self._skeletons and run.text not in self._innocent:
            yield from (
                Hit(*found) for found in words_spelt(run.text, self._words, self._beginnings)
            )

    def _judge(self, token: str) -> Entry | None:
        if token in self._words:
            return self._words[token]
        if token in self._innocent:
            return None
        if not self._skeletons:
            return None
        return (
            self._disguised(token)
            or (self._heard(token) if self._sounds else None)
            or (self._inside(token) if self._stems else None)
            or (self._slipped(token) if self._slips else None)
        )

    def _slips_read(self) -> Slips:
        words = ((word, entry.score) for word, entry in self._words.items())
        return Slips((word, score) for word, score in words if self._words[word].kind != "exact")

    def _slipped(self, token: str) -> Entry | None:
        word = self._slips.read(token) if self._slips else None
        if not word:
            return None
        entry = self._words[word]
        return replace(entry, score=round(entry.score - SLIP, 2))

    def _disguised(self, token: str) -> Entry | None:
        words = self._skeletons.get(skeleton(token))
        if not words:
            return None
        meant = (self._words[word] for word in words.split() if is_disguise_of(word, token))
        return next(meant, None)

    def _heard(self, token: str) -> Entry | None:
        if len(token) < SHORTEST_KEY or not token.isalpha():
            return None
        return self._sounds.get(phonetic_key(token))

    def _inside(self, token: str) -> Entry | None:
        found = self._stem_finder.find_matches_as_indexes(token)
        entries = [self._stems[token[start:end]] for _, start, end in found]
        return max(entries, key=lambda entry: entry.score, default=None)

    def _find_phrases(self, tokens: Tokens) -> Iterator[Hit]:
        if not self._phrases or len(tokens.words) < 2:
            return
        spaced = tokens.spaced
        for _, start, end in self._phrase_finder.find_matches_as_indexes(spaced.text):
            yield Hit(*spaced.span_of(start, end), self._phrases[spaced.text[start:end]])

    def _find_symbols(self, text: str) -> Iterator[Hit]:
        if not self._symbols:
            return
        for _, start, end in self._symbol_finder.find_matches_as_indexes(text):
            if _stands_alone(text, start, end):
                yield Hit(start, end, self._symbols[text[start:end]])

    def _find_signed(self, text: str) -> Iterator[Hit]:
        """Yield words written with signs at which a token would be cut: "8!+(h"."""
        for found in SIGNED.finditer(text):
            start = found.start() + opens_bracket(found)
            end = start + len(text[start : found.end()].rstrip(CLOSERS))
            # A last sign is a letter only if there are others: "r@nd!", but not "rand!".
            for last in dict.fromkeys((end, found.end())):
                if last > start and (entry := self._entry_of_signed(text[start:last])):
                    yield Hit(start, last, entry)
                    break

    def _entry_of_signed(self, written: str) -> Entry | None:
        if written in self._innocent or written.rstrip(CLOSERS).isalpha():
            return None
        return self._disguised(written)


def _finder(patterns: Mapping[str, Entry]) -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(list(patterns), matchkind=LEFTMOST_LONGEST)


def _keep_stronger(entries: dict[str, Entry], key: str, entry: Entry) -> None:
    if key not in entries or entries[key].score < entry.score:
        entries[key] = entry


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether no word goes on at an edge that is a letter or digit."""
    joins_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    joins_after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not joins_before and not joins_after
