"""Find letters that stand one by one: "k i l l  y o u", "f.u.c.k", "s - h - i - t"."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

SPACED = re.compile(r"(?<![^\W_])(?<![^\W_]')[^\W_](?:[ .\-_*'~,/|]{1,3}[^\W_]){2,}(?![^\W_])")
BLANK = re.compile(r"\s")
SEPARATOR = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class SpacedRun:
    """A run of single letters; gaps: the places where one word ends and another begins."""

    start: int
    end: int
    gaps: frozenset[int]

    def words(self, text: str) -> Iterator[list[int]]:
        """Yield the places of the letters of each word."""
        for start, end in pairwise((self.start, *sorted(self.gaps), self.end)):
            yield [place for place in range(start, end) if text[place].isalnum()]


def spaced_runs(text: str) -> tuple[SpacedRun, ...]:
    """Return the runs of single letters in a folded text."""
    runs = SPACED.finditer(text)
    return tuple(SpacedRun(found.start(), found.end(), _gaps(found)) for found in runs)


def _gaps(run: re.Match[str]) -> frozenset[int]:
    """What stands between most letters joins them; any other blank is a gap."""
    separators = list(SEPARATOR.finditer(run.string, run.start(), run.end()))
    joint = Counter(found[0] for found in separators).most_common(1)[0][0]
    others = (found for found in separators if found[0] != joint)
    return frozenset(found.start() for found in others if BLANK.search(found[0]))
