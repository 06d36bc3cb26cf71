"""Undo disguises: build views of a text that record where each of their letters came from.

fold   without look-alikes, accents, invisible marks and capitals
plain  the fold with leet signs read as letters, spaced letters joined, signs inside words removed
       and stretched letters shortened
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import compress

from moderation.engine.text.drawn_letters import drawn_letters
from moderation.engine.text.fold import TextView, fold
from moderation.engine.text.markup import EMPHASIS_SIGN, emphasis_signs, markup
from moderation.engine.text.spaced_letters import SpacedRun, spaced_runs

# Signs inside a word; the endings after an apostrophe are English: "he'll", "they're", "don't".
SIGN_IN_WORD = re.compile(
    r"(?<=[^\W\d_])(?:\.{1,3}|[\-*\u00b7]|[_~`]{1,3}|'(?!(?:ll|re|ve|s|m)\b|(?<=n')t\b|(?<!\w{5}')d\b))"
    r"(?=[^\W\d_])"
)
#: A search for one of these signs costs a tenth of a search for one that stands in a word.
MAY_BE_IN_WORD = re.compile(r"[.\-*\u00b7_~`']")
#: Signs that nobody puts between the letters of a word: dashes, dots, arrows, emojis.
JOINING = r"[\u2010-\u2017\u2020-\u2027\u2030-\u205e\u2190-\u2bff\U0001f000-\U0001faff+=^]"
MAY_JOIN = re.compile(JOINING)
JOINING_SIGN = re.compile(rf"(?<=[^\W\d_]){JOINING}{{1,3}}(?=[^\W\d_])")
STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
LEET_SIGN = re.compile(r"[0134579@$!|+(8]")
LEET_WORD = re.compile(r"[a-z0-9@$!|+(]{3,}")
LEET = str.maketrans("0134579@$!|+(8", "oieastgasiitcb")
FEWEST_LETTERS = 2
#: Runs of so few single letters hold at most one word.
FEWEST_SPELLED_OUT = 4
#: How many characters may stand between an opening bracket and its closing one.
BRACKETED = 200


@dataclass(frozen=True, slots=True)
class TextViews:
    """A text as the matchers read it."""

    #: As it was sent.
    text: str
    #: The fold, and the plain view if it differs.
    main: tuple[TextView, ...]
    #: Letters written one by one, without the signs between them.
    spelled_out: tuple[TextView, ...] = ()

    @property
    def folded(self) -> TextView:
        return self.main[0]


def views_of(text: str) -> TextViews:
    """Return the views of a text without lone surrogates."""
    folded = fold(text)
    if EMPHASIS_SIGN.search(folded.text):
        folded = _without(folded, set(emphasis_signs(folded.text)), {})
    unmarked = _without_markup(folded)
    runs = list(spaced_runs(unmarked.text))
    plain = plain_view(unmarked, runs)
    spelled_out = (
        TextView(
            "".join(unmarked.text[place] for place in places),
            [unmarked.origin[place] for place in places],
        )
        for run in runs
        for places in run.words(unmarked.text)
        if len(places) > FEWEST_SPELLED_OUT
    )
    return TextViews(text, (folded,) if plain is folded else (folded, plain), tuple(spelled_out))


def plain_view(folded: TextView, runs: Iterable[SpacedRun]) -> TextView:
    """Return the plain view of a fold; the fold itself if nothing changes."""
    text = folded.text
    dropped = set(_places_of(SIGN_IN_WORD, text, likely=MAY_BE_IN_WORD))
    changed: dict[int, str] = {}
    for run in runs:
        for place in range(run.start, run.end):
            if place in run.gaps:
                changed[place] = " "
            elif not text[place].isalnum():
                dropped.add(place)
        # A run can hang on another word: "city-i_d_i_o_t".
        dropped.difference_update((run.start - 1, run.end))
    dropped.update(_places_of(JOINING_SIGN, text, likely=MAY_JOIN))
    if LEET_SIGN.search(text):
        _read_leet(text, changed)
    for stretch in STRETCHED.finditer(text):
        dropped.update(range(stretch.start() + 1, stretch.end()))
    return _without(folded, dropped, changed)


def _places_of(sign: re.Pattern[str], text: str, *, likely: re.Pattern[str]) -> Iterator[int]:
    if likely.search(text):
        for found in sign.finditer(text):
            yield from range(*found.span())


def _without_markup(folded: TextView) -> TextView:
    dropped: set[int] = set()
    changed: dict[int, str] = {}
    for start, end, seen in (*markup(folded.text), *drawn_letters(folded.text)):
        dropped.update(range(start + len(seen), end))
        changed.update(zip(range(start, end), seen, strict=False))
    return _without(folded, dropped, changed)


def _without(view: TextView, dropped: set[int], changed: Mapping[int, str]) -> TextView:
    """Return the view without the dropped places and with the changed letters."""
    if not dropped and not changed:
        return view
    letters = list(view.text)
    for place, letter in changed.items():
        letters[place] = letter
    if not dropped:
        return TextView("".join(letters), view.origin)
    is_kept = bytearray(b"\x01") * len(letters)
    for place in dropped:
        is_kept[place] = 0
    return TextView("".join(compress(letters, is_kept)), [*compress(view.origin, is_kept)])


def _read_leet(text: str, changed: dict[int, str]) -> None:
    for written in LEET_WORD.finditer(text):
        # Signs at the end of a word end the sentence: "shit!" is not "shiti".
        word = written[0].rstrip("!|(")
        signs = [written.start() + sign.start() for sign in LEET_SIGN.finditer(word)]
        if opens_bracket(written):
            signs = signs[1:]
        if signs and len(word) - len(signs) >= FEWEST_LETTERS:
            for place in signs:
                # A pair of ones is a double l: "ki11".
                is_pair = "11" in text[max(0, place - 1) : place + 2]
                changed[place] = "l" if is_pair else text[place].translate(LEET)


def opens_bracket(written: re.Match[str]) -> bool:
    """Say whether a word begins with a bracket that closes later, and so is not a letter."""
    end = written.end()
    rest = written.string[end : end + BRACKETED].partition("\n")[0]
    return written[0][0] == "(" and ")" in rest
