"""Find listed words and phrases in the views of a text, whole and disguised."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from operator import add

import ahocorasick_rs

from moderation.engine.giving_way import give_way
from moderation.engine.text.fold import TextView, exact_form
from moderation.engine.text.ordinary import is_ordinary
from moderation.engine.text.phonetic import SHORTEST_KEY, phonetic_key, sounds_like
from moderation.engine.text.tokens import GAP, Tokens, tokens_of, words_of
from moderation.engine.text.views import TextViews, opens_bracket
from moderation.engine.words.asterisk_context import AsteriskContext
from moderation.engine.words.censored import ASTERISK, CensoredWords
from moderation.engine.words.entries import KINDS, UNDISGUISED, Entry, Form, Hit, normal_form
from moderation.engine.words.evidence import Evidence
from moderation.engine.words.glued import glued_word
from moderation.engine.words.leetspeak import is_leetspeak_for, skeleton
from moderation.engine.words.misspelled import Misspellings
from moderation.engine.words.sound_spelling import spellings_of
from moderation.engine.words.spelled_out import SHORTEST, STRONG, spelled_out_words

SIGN = re.compile(r"[@$|+(]|!\w|\d[a-z]{1,12}!")
CENSOR_SIGN = re.compile(r"[*#@$%&\u2022_]")
SIGNED = re.compile(r"[a-z0-9@$!|+(]{3,}")
CLOSERS = "!|("
#: Signs across which a word may be written; all of SIGN and CENSOR_SIGN.
ANY_SIGN = re.compile(r"[@$|+(!*#%&\u2022_]")
CACHED_TOKENS = 16_384
ROMAN_URDU = "ur-Latn"
#: A misspelled word is a little less certain: the strongest flag, the mildest still warn.
MISSPELLING_DISCOUNT = 0.1
LEFTMOST_LONGEST = ahocorasick_rs.MATCHKIND_LEFTMOST_LONGEST


#: Scripts that put no blank between words, and Korean, which hangs endings on them.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
)
TRAILING_DIGITS = re.compile(r"(?<=[^\W\d_])\d{1,4}$")
SHORTEST_WITH_DIGITS = 3
SHORTEST_SPLIT = 4
#: What splits a word in two, if not a blank.
SPLITTER = re.compile(r"[;:|$&%^#]")
CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{1,3}")
APOSTROPHES = frozenset("'’")
PLURAL = "s"
#: No word of more than two letters begins with two of these: "ggot", "tty".
DOUBLED_FIRST = re.compile(r"([bcdfghjkmnpqrtvwxz])\1")
#: Who is called something, or how it is called out, and what may stand before the word.
READERS = frozenset(("you", "u", "ur", "youre", "eres", "sos", "tum", "tu", "what", "que", "vaya"))
SUCH = "such"
CALLED = frozenset(
    ("are", "re", "r", "such", "a", "an", "the", "fucking", "stupid", "dumb", "ugly", "little",
     "absolute", "total", "complete", "un", "una", "tan", "muy", "maldito", "puto", "ek", "kitna")
)  # fmt: skip
MOST_BEFORE = 5


class Wordlist:
    """An immutable list of words; a look-up costs the same however long the list is."""

    def __init__(
        self,
        entries: Iterable[Entry],
        innocent: frozenset[str] = frozenset(),
        usual_masks: Mapping[str, str] | None = None,
        *,
        with_misspellings: bool = False,
    ) -> None:
        """Compile the list; with_misspellings needs a good innocent list."""
        self._innocent = innocent
        self._words: dict[str, Entry] = {}
        #: Words by skeleton. Those that share one are in one string, separated by blanks, which
        #: the garbage collector skips.
        self._skeletons: dict[str, str] = {}
        #: Words by phonetic key, likewise.
        self._sounds: dict[str, str] = {}
        #: Words with accents or of another script as they are written.
        self._written: dict[str, Entry] = {}
        self._censored = CensoredWords(usual_masks, innocent)
        self._phrases: dict[str, Entry] = {}
        self._symbols: dict[str, Entry] = {}
        self._stems: dict[str, Entry] = {}
        # Of equally strong words the stem names a hit best: "f*ck" is "fuck", not "fck".
        for entry in sorted(entries, key=lambda entry: KINDS.index(entry.kind)):
            give_way()
            self._add(entry)
        self._beginnings = frozenset(word[:SHORTEST] for word in self._words)
        self._phrase_finder = _finder(self._phrases)
        self._symbol_finder = _finder(self._symbols)
        self._stem_finder = _finder(self._stems)
        self._misspellings: Misspellings | None = None
        #: Words by how they are also written.
        self._spellings: dict[str, str] = {}
        if with_misspellings:
            # If two words share a spelling, the stronger is meant.
            for word, entry in sorted(self._words.items(), key=lambda item: item[1].score):
                give_way()
                if entry.score >= STRONG and may_be_misspelled(word, entry):
                    spellings = spellings_of(word, entry.language)
                    self._spellings.update(dict.fromkeys(spellings, word))
            words = self._words.items()
            self._misspellings = Misspellings(
                (word, entry.score) for word, entry in words if entry.kind not in UNDISGUISED
            )
        #: Words that a blank may split in two.
        self._splittable = {
            word: entry for word, entry in self._words.items() if may_be_split(entry)
        }
        #: What folded words were read as: most texts have no word but those that are none.
        self._others: set[str] = set()
        self._readings: dict[str, tuple[Entry, Form]] = {}

    def read(self, token: str) -> tuple[Entry, Form] | None:
        """Return the entry that a folded word is or is meant to be, with its form, if any."""
        if token in self._others:
            return None
        reading = self._readings.get(token) or self._read(token)
        if len(self._others) + len(self._readings) >= CACHED_TOKENS:
            self.forget_readings()
        if reading:
            self._readings[token] = reading
        else:
            self._others.add(token)
        return reading

    def forget_readings(self) -> None:
        self._others.clear()
        self._readings.clear()

    def look_up(self, token: str) -> Entry | None:
        """Return the entry that a folded word is or is meant to be, if any."""
        reading = self.read(token)
        return reading[0] if reading else None

    def knows_nothing_in(self, text: str) -> bool:
        """Say whether a folded text has no sign and only words that were read in vain before."""
        return self._others.issuperset(tokens_of(text).words) and not ANY_SIGN.search(text)

    def __bool__(self) -> bool:
        return bool(self._words or self._phrases or self._symbols)

    def _add(self, entry: Entry) -> None:
        word = normal_form(entry.word)
        parts = words_of(word)
        if exact_form(entry.word) != word:
            self._written[exact_form(entry.word)] = entry
        if UNSPACED.search(word):
            _add_stronger(self._symbols, word, entry)
        elif parts == [word]:
            self._add_word(word, entry)
        elif parts and len(word) == sum(map(len, parts)) + len(parts) - 1:
            _add_stronger(self._phrases, f" {GAP.join(parts)} ", entry)
        elif word:
            _add_stronger(self._symbols, word, entry)

    def _add_word(self, word: str, entry: Entry) -> None:
        is_known = word in self._words
        _add_stronger(self._words, word, entry)
        if entry.kind in UNDISGUISED:
            return
        if not is_known:
            _add_to(self._skeletons, skeleton(word), word)
            self._censored.add(word)
            key = phonetic_key(word) if entry.language == ROMAN_URDU else ""
            if len(key) >= SHORTEST_KEY:
                _add_to(self._sounds, key, word)
        if entry.kind in {"stem", "part"}:
            _add_stronger(self._stems, word, entry)

    def find(self, views: TextViews) -> Iterator[tuple[TextView, Hit]]:
        """Yield the listed words of a text, each with the view that contains it."""
        if not self:
            return
        evidence = Evidence(views, self._written, self._words)
        for view, hit in self._candidates(views):
            if evident := evidence.weigh(view, hit):
                yield view, evident

    def _candidates(self, views: TextViews) -> Iterator[tuple[TextView, Hit]]:
        folded = views.folded
        # Censored words come first, because of equal hits the first counts.
        for hit in self._find_across_signs(folded.text):
            yield folded, hit
        context = None
        if self._innocent and ASTERISK in folded.text:
            context = AsteriskContext(folded, self._censored)
        for view, find in (
            *((view, self._find_whole) for view in views.main),
            *((run, self._find_spelled_out) for run in views.spelled_out),
        ):
            for hit in find(view):
                if not context or context.allow(view, hit):
                    yield view, hit

    def _find_whole(self, view: TextView) -> Iterator[Hit]:
        tokens = tokens_of(view.text)
        if self._words and not self._others.issuperset(tokens.words):
            for word, span in zip(tokens.words, tokens.spans, strict=True):
                if reading := self.read(word):
                    yield Hit(*span, *reading)
        if self._splittable:
            yield from self._find_split(view.text, tokens)
        if self._phrases and len(tokens.words) > 1:
            spaced = tokens.spaced
            for _, start, end in self._phrase_finder.find_matches_as_indexes(spaced.text):
                phrase = self._phrases[spaced.text[start:end]]
                yield Hit(*spaced.span_of(start, end), phrase)
        if self._symbols:
            yield from self._find_symbols(view.text)

    def _find_split(self, text: str, tokens: Tokens) -> Iterator[Hit]:
        """Yield words that one sign splits in two, where a piece is no word: "fu ck", "bi;tch"."""
        if self._splittable.keys().isdisjoint(map(add, tokens.words, tokens.words[1:])):
            return
        for at, (first, second) in enumerate(pairwise(tokens.words)):
            entry = self._splittable.get(first + second)
            if entry is None or {first, second} & self._words.keys():
                continue
            (start, middle), (after, end) = tokens.spans[at : at + 2]
            is_ending = start and text[start - 1] in APOSTROPHES
            is_broken = is_piece(first) or is_piece(second) or _is_name_calling(tokens, at, text)
            # "bitche's" is a plural with an apostrophe too much.
            is_plural = second == PLURAL and text[middle:after] in APOSTROPHES
            is_split = text[middle:after] == " " or _is_lone(text, start, middle, after, end)
            if (is_split or is_plural) and not is_ending and is_broken:
                yield Hit(start, end, entry, Form.DISGUISED)

    def _find_symbols(self, text: str) -> Iterator[Hit]:
        for _, start, end in self._symbol_finder.find_matches_as_indexes(text):
            if UNSPACED.match(text, start) or _is_whole(text, start, end):
                yield Hit(start, end, self._symbols[text[start:end]])

    def _find_spelled_out(self, run: TextView) -> Iterator[Hit]:
        if self._skeletons and run.text not in self._innocent:
            for found in spelled_out_words(run.text, self._words, self._beginnings):
                yield Hit(*found)

    def _read(self, token: str) -> tuple[Entry, Form] | None:
        if token in self._words:
            return self._words[token], Form.WRITTEN
        disguise = self.disguise(token)
        if disguise and disguise[0].kind != "part" and is_ordinary(token):
            return None
        return disguise

    def disguise(self, token: str) -> tuple[Entry, Form] | None:
        """Return the entry that an unlisted folded word can be read as, even an ordinary word."""
        if token in self._innocent:
            return None
        if self._skeletons:
            if entry := self._leetspeak(token):
                return entry, Form.DISGUISED
            if entry := self._among_others(token):
                return entry, Form.DISGUISED
        for word in self._sounds.get(phonetic_key(token), "").split() if token.isalpha() else ():
            if sounds_like(word, token):
                return self._words[word], Form.SOUND_ALIKE
        if entry := self._inside(token):
            return entry, Form.DISGUISED
        return None

    def _among_others(self, token: str) -> Entry | None:
        """Return the word that digits or other words are hung on: "noob123", "stupidbitch"."""
        bare = TRAILING_DIGITS.sub("", token)
        if SHORTEST_WITH_DIGITS <= len(bare) < len(token) and bare in self._words:
            return self._words[bare]
        return glued_word(bare, self._splittable)

    def _inside(self, token: str) -> Entry | None:
        """Return the strongest stem in a token, or the word that it misspells."""
        if self._stems:
            stems = self._stem_finder.find_matches_as_indexes(token)
            entries = [self._stems[token[start:end]] for _, start, end in stems]
            if entries:
                return max(entries, key=lambda entry: entry.score)
        word = self._misspellings.read(token) if self._misspellings else None
        word = word or self._spellings.get(token)
        if not word:
            return None
        entry = self._words[word]
        return replace(entry, score=round(entry.score - MISSPELLING_DISCOUNT, 2))

    def _leetspeak(self, token: str) -> Entry | None:
        words = self._skeletons.get(skeleton(token), "").split()
        meant = (self._words[word] for word in words if is_leetspeak_for(word, token))
        return next(meant, None)

    def _find_across_signs(self, text: str) -> Iterator[Hit]:
        """Yield words with signs that split a token: "8!+(h", "f*ck"."""
        if not self._skeletons:
            return
        for found in SIGNED.finditer(text) if SIGN.search(text) else ():
            start = found.start() + opens_bracket(found)
            end = start + len(text[start : found.end()].rstrip(CLOSERS))
            # A last sign is a letter only if there are others: "r@nd!", but not "rand!".
            for last in dict.fromkeys((end, found.end())):
                written = text[start:last]
                if written in self._innocent or written.rstrip(CLOSERS).isalpha():
                    continue
                if entry := self._leetspeak(written):
                    yield Hit(start, last, entry, Form.DISGUISED)
                    break
        for start, end, word in self._censored.find(text) if CENSOR_SIGN.search(text) else ():
            if word in self._words:
                yield Hit(start, end, self._words[word], Form.DISGUISED)


def may_be_misspelled(word: str, entry: Entry) -> bool:
    return word.isalpha() and word.isascii() and entry.kind not in UNDISGUISED


def may_be_split(entry: Entry) -> bool:
    is_strong = entry.score >= STRONG and len(entry.word) >= SHORTEST_SPLIT
    return is_strong and entry.entry_id is None and entry.kind not in UNDISGUISED


def is_piece(token: str) -> bool:
    """Say whether a token is no word that anybody writes: "tch", "uck", "f"."""
    if CONSONANTS.fullmatch(token) or DOUBLED_FIRST.match(token):
        return True
    return len(token) > 1 and not is_ordinary(token)


def _is_lone(text: str, start: int, middle: int, after: int, end: int) -> bool:
    """Say whether one sign splits text[start:end], and none stands beside it, as in code."""
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return bool(SPLITTER.fullmatch(text, middle, after)) and not around.strip(" \n.!?")


def _is_name_calling(tokens: Tokens, at: int, text: str) -> bool:
    """Say whether two pieces of a word end what the reader is called: "you are an id iot!"."""
    end = tokens.spans[at + 1][1]
    if text[end : end + 1].strip(".,!?") and not text[end].isspace():
        return False
    is_last = at + 2 == len(tokens.words) or not text[end : tokens.spans[at + 2][0]].isspace()
    before = list(tokens.words[max(0, at - MOST_BEFORE) : at])
    is_such = False
    while before and before[-1] in CALLED:
        is_such |= before.pop() == SUCH
    return is_last and (is_such or (bool(before) and before[-1] in READERS))


def _finder(patterns: Mapping[str, Entry]) -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(list(patterns), matchkind=LEFTMOST_LONGEST)


def _add_stronger(entries: dict[str, Entry], key: str, entry: Entry) -> None:
    if key not in entries or entries[key].score < entry.score:
        entries[key] = entry


def _add_to(words: dict[str, str], key: str, word: str) -> None:
    """Add a word to those of a key, which stand in one string."""
    others = words.get(key)
    words[key] = f"{others} {word}" if others else word


def _is_whole(text: str, start: int, end: int) -> bool:
    """Say whether no word continues beyond an edge that is a letter or digit."""
    joins_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    joins_after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not joins_before and not joins_after
