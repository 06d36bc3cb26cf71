"""Undo disguises: read a text in views, each of which knows where its letters came from.

fold   look-alikes, accents, invisible marks and case are gone
plain  on top of it: leet signs, spaced letters, signs inside words and stretched letters
"""

import re
from dataclasses import dataclass

from moderation.engine.normalization import View, fold
from moderation.engine.spaced import SpacedRun, spaced_runs

# A sign inside a word; the endings after an apostrophe are English: "he'll", "they're", "don't".
SIGN_IN_WORD = re.compile(
    r"(?<=[^\W\d_])(?:[.\-_*~\u00b7]|'(?!(?:ll|re|ve|s|m)\b|(?<=n')t\b|(?<!\w{5}')d\b))(?=[^\W\d_])"
)
STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
LEET_SIGN = re.compile(r"[0134579@$!|+(8]")
LEET_WORD = re.compile(r"[a-z0-9@$!|+(]{3,}")
LEET = str.maketrans("0134579@$!|+(8", "oieastgasiitcb")
FEWEST_LETTERS = 2
#: Shorter runs of single letters hold one word at most.
FEWEST_SPELT = 4
#: So far behind an opening bracket its closing one is looked for.
BRACKETED = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the matchers read it."""

    #: The fold, and the plain view where it differs.
    views: tuple[View, ...]
    #: Letters that stand one by one, without what stands between them.
    spelt: tuple[View, ...] = ()

    @property
    def folded(self) -> View:
        return self.views[0]


def read(text: str) -> Reading:
    """Return the views of a text without lone surrogates."""
    folded = fold(text)
    runs = spaced_runs(folded.text)
    plainer = _plain(folded, runs)
    views = (folded,) if plainer is folded else (folded, plainer)
    return Reading(views, tuple(_spelt(folded, runs)))


def plain(folded: View) -> View:
    """Return the view with spaced letters joined, leet read and stretched letters shortened."""
    return _plain(folded, spaced_runs(folded.text))


def _plain(folded: View, runs: tuple[SpacedRun, ...]) -> View:
    text = folded.text
    dropped = {found.start() for found in SIGN_IN_WORD.finditer(text)}
    changed: dict[int, str] = {}
    for run in runs:
        _join_spaced(text, run, dropped, changed)
    if LEET_SIGN.search(text):
        _read_leet(text, changed)
    for found in STRETCHED.finditer(text):
        dropped.update(range(found.start() + 1, found.end()))
    if not dropped and not changed:
        return folded
    kept = [place for place in range(len(text)) if place not in dropped]
    letters = "".join(changed.get(place, text[place]) for place in kept)
    return View(letters, [folded.origin[place] for place in kept])


def _join_spaced(text: str, run: SpacedRun, dropped: set[int], changed: dict[int, str]) -> None:
    for place in range(run.start, run.end):
        if place in run.gaps:
            changed[place] = " "
        elif not text[place].isalnum():
            dropped.add(place)
    # What the run hangs on to is another word: "city-i_d_i_o_t".
    dropped.difference_update((run.start - 1, run.end))


def _spelt(folded: View, runs: tuple[SpacedRun, ...]) -> list[View]:
    words = (places for run in runs for places in run.words(folded.text))
    return [
        View(
            "".join(folded.text[place] for place in places),
            [folded.origin[place] for place in places],
        )
        for places in words
        if len(places) > FEWEST_SPELT
    ]


def _read_leet(text: str, changed: dict[int, str]) -> None:
    for found in LEET_WORD.finditer(text):
        # Signs at the end of a word close the sentence: "shit!" is no "shiti".
        word = found[0].rstrip("!|(")
        signs = [found.start() + sign.start() for sign in LEET_SIGN.finditer(word)]
        if opens_bracket(found):
            signs = signs[1:]
        if signs and len(word) - len(signs) >= FEWEST_LETTERS:
            changed.update((place, _letter_at(text, place)) for place in signs)


def opens_bracket(found: re.Match[str]) -> bool:
    """Say whether a word begins with a bracket that closes later, and so is no letter."""
    end = found.end()
    rest = found.string[end : end + BRACKETED].partition("\n")[0]
    return found[0][0] == "(" and ")" in rest


def _letter_at(text: str, place: int) -> str:
    """Return the letter a sign stands for; a pair of ones is a double l, as in "ki11"."""
    if "11" in text[max(0, place - 1) : place + 2]:
        return "l"
    return text[place].translate(LEET)
