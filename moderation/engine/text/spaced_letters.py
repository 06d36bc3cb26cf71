"""Find letters written one by one: "k i l l  y o u", "f.u.c.k", "s - h - i - t"."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

SPACED = re.compile(r"(?<![^\W_])(?<![^\W_]')[^\W_](?:[\W_]{1,4}[^\W_]){2,}(?![^\W_])")
#: Formulas, arrows and tables: "f = u + c + k", "| f | u | c | k |", "f, u, c, k".
NO_JOINT = re.compile(r"[=|→]|->|\s[+*/]\s|,\s")
BLANK = re.compile(r"\s")
SEPARATOR = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class SpacedRun:
    """A run of single letters; gaps: the places where one word ends and the next begins."""

    start: int
    end: int
    gaps: frozenset[int]

    def words(self, text: str) -> Iterator[list[int]]:
        """Yield the places of each word's letters."""
        for start, end in pairwise((self.start, *sorted(self.gaps), self.end)):
            yield [place for place in range(start, end) if text[place].isalnum()]


def spaced_runs(text: str) -> Iterator[SpacedRun]:
    """Yield the runs of single letters in a folded text.

    The commonest separator joins the letters of a word; any other separator with a blank is a gap.
    """
    for run in SPACED.finditer(text):
        separators = list(SEPARATOR.finditer(text, run.start(), run.end()))
        joint = Counter(separator[0] for separator in separators).most_common(1)[0][0]
        if NO_JOINT.search(joint):
            continue
        gaps = frozenset(
            separator.start()
            for separator in separators
            if separator[0] != joint and BLANK.search(separator[0])
        )
        yield SpacedRun(run.start(), run.end(), gaps)
