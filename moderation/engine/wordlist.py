"""Find listed words and phrases in the views of a text, whole and in disguise."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick_rs

from moderation.engine.matches import Category
from moderation.engine.normalization import View, fold, is_disguise_of, merged_signs, runs_of
from moderation.engine.phonetic import SHORTEST_KEY, phonetic_key
from moderation.engine.tokens import GAP, WORD, Tokens, tokens_of

MASKED = re.compile(r"(?<![^\W_])[a-z]{1,12}[*#@$%&\u2022_]{1,10}[a-z]{0,12}(?![^\W_])")
MASK = re.compile(r"[^a-z]")
#: Words this short look like too many others once masked, doubled or spelt by ear.
SHORTEST_MASKED = 4
CACHED_TOKENS = 32_768
ROMAN_URDU = "ur-Latn"
LEFTMOST_LONGEST = ahocorasick_rs.MATCHKIND_LEFTMOST_LONGEST


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

    def __init__(self, entries: Iterable[Entry], innocent: frozenset[str] = frozenset()) -> None:
        self._innocent = innocent
        self._words: dict[str, Entry] = {}
        self._skeletons: dict[str, list[tuple[str, Entry]]] = {}
        self._sounds: dict[str, Entry] = {}
        self._masks: dict[str, Entry] = {}
        self._phrases: dict[str, Entry] = {}
        self._symbols: dict[str, Entry] = {}
        self._stems: dict[str, Entry] = {}
        # Of equally strong words the stem names a hit best: "f*ck" is "fuck", not "fck".
        for entry in sorted(entries, key=lambda entry: entry.kind != "stem"):
            self._add(entry)
        self._phrase_finder = _finder(self._phrases)
        self._symbol_finder = _finder(self._symbols)
        self._stem_finder = _finder(self._stems)
        self._entry_of = lru_cache(maxsize=CACHED_TOKENS)(self._judge)

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
        _keep_stronger(self._words, word, entry)
        if entry.kind == "exact":
            return
        self._skeletons.setdefault(_skeleton(word), []).append((word, entry))
        if entry.kind == "stem":
            _keep_stronger(self._stems, word, entry)
        if entry.language == ROMAN_URDU and len(phonetic_key(word)) >= SHORTEST_KEY:
            _keep_stronger(self._sounds, phonetic_key(word), entry)
        for mask in _masks_of(word):
            _keep_stronger(self._masks, mask, entry)

    def find(self, view: View) -> Iterator[Hit]:
        """Yield the listed words of a view, with their places in that view."""
        tokens = tokens_of(view.text)
        for word, span in zip(tokens.words, tokens.spans, strict=True):
            if entry := self._entry_of(word):
                yield Hit(*span, entry)
        yield from self._find_phrases(tokens)
        yield from self._find_symbols(view.text)
        yield from self._find_masked(view.text)

    def _judge(self, token: str) -> Entry | None:
        if token in self._words:
            return self._words[token]
        if token in self._innocent:
            return None
        return self._disguised(token) or self._heard(token) or self._inside(token)

    def _disguised(self, token: str) -> Entry | None:
        for word, entry in self._skeletons.get(_skeleton(token), ()):
            if is_disguise_of(word, token):
                return entry
        return None

    def _heard(self, token: str) -> Entry | None:
        if not self._sounds or len(token) < SHORTEST_KEY or not token.isalpha():
            return None
        return self._sounds.get(phonetic_key(token))

    def _inside(self, token: str) -> Entry | None:
        if not self._stems:
            return None
        found = self._stem_finder.find_matches_as_indexes(token)
        entries = [self._stems[token[start:end]] for _, start, end in found]
        return max(entries, key=lambda entry: entry.score, default=None)

    def _find_phrases(self, tokens: Tokens) -> Iterator[Hit]:
        if not self._phrases or len(tokens.words) < 2:
            return
        text = tokens.spaced
        for _, start, end in self._phrase_finder.find_matches_as_indexes(text):
            yield Hit(*tokens.span_of(start, end), self._phrases[text[start:end]])

    def _find_symbols(self, text: str) -> Iterator[Hit]:
        if not self._symbols:
            return
        for _, start, end in self._symbol_finder.find_matches_as_indexes(text):
            if _stands_alone(text, start, end):
                yield Hit(start, end, self._symbols[text[start:end]])

    def _find_masked(self, text: str) -> Iterator[Hit]:
        if not self._masks:
            return
        for found in MASKED.finditer(text):
            if entry := self._masks.get(MASK.sub("*", found[0])):
                yield Hit(*found.span(), entry)


def _finder(patterns: Mapping[str, Entry]) -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(list(patterns), matchkind=LEFTMOST_LONGEST)


def _keep_stronger(entries: dict[str, Entry], key: str, entry: Entry) -> None:
    if key not in entries or entries[key].score < entry.score:
        entries[key] = entry


@lru_cache(maxsize=CACHED_TOKENS)
def _skeleton(word: str) -> str:
    return "".join(
        sign if sign.isalpha() else sign * size for sign, size in runs_of(merged_signs(word))
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether no word goes on at an edge that is a letter or digit."""
    joins_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    joins_after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not joins_before and not joins_after


def _masks_of(word: str) -> Iterator[str]:
    """Yield the word with inner letters starred, as people do to slip past a filter."""
    if len(word) < SHORTEST_MASKED or not word.isalpha() or not word.isascii():
        return
    for place in range(1, len(word)):
        yield word[:place] + "*" + word[place + 1 :]
        yield word[:place] + "*" * (len(word) - place - 1) + word[-1]
    yield re.sub("(?<=.)[aeiou]", "*", word)
    for place in range(1, len(word) - 2):
        yield f"{word[:place]}**{word[place + 2 :]}"
