"""Read the demo's texts: conversations, incidents, the story of the month, its authors."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SCENES = ("scenes_en.txt", "scenes_es.txt", "scenes_ur.txt")
LINE = re.compile(r"(\w+) ?([!?^*~]*): (.+)")
AGE = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")
EDITED = " => "


@dataclass(frozen=True, slots=True)
class Marks:
    """What the script says of a line, for those who judge it: the demo's moderators and authors."""

    signs: str = ""

    @property
    def is_rude(self) -> bool:
        return "!" in self.signs

    @property
    def is_vicious(self) -> bool:
        return "!!" in self.signs

    @property
    def is_harmless(self) -> bool:
        return "?" in self.signs

    @property
    def is_reported(self) -> bool:
        return "^" in self.signs

    @property
    def is_reported_falsely(self) -> bool:
        return "~" in self.signs

    @property
    def is_for_admins(self) -> bool:
        return "*" in self.signs


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Line:
    speaker: str
    text: str
    marks: Marks = NO_MARKS
    #: What its author makes of it a little later; empty means that it stays.
    edit: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    channel: str
    language: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Beat:
    """A line of the story, and how long before the load it is said; the speaker is an author."""

    age: timedelta
    channel: str
    line: Line


@cache
def scenes() -> dict[str, tuple[Scene, ...]]:
    """Return the conversations by language."""
    found: dict[str, list[Scene]] = defaultdict(list)
    for name in SCENES:
        for block in _text(name).split("\n\n"):
            head, *lines = block.strip().splitlines()
            channel, language = head.split()
            found[language].append(Scene(channel, language, tuple(map(_line, lines))))
    return {language: tuple(rows) for language, rows in found.items()}


@cache
def sections(name: str) -> dict[str, tuple[str, ...]]:
    """Return the lines of a file under the names of their sections."""
    found: dict[str, list[str]] = defaultdict(list)
    section = ""
    for row in _rows(name):
        if row.startswith("@ "):
            section = row.removeprefix("@ ")
        else:
            found[section].append(row)
    return {section: tuple(rows) for section, rows in found.items()}


@cache
def story() -> tuple[Beat, ...]:
    """Return the story, in the order of the file."""
    beats = []
    for row in _rows("story.txt"):
        age, channel, rest = row.split(" ", 2)
        beats.append(Beat(_age(age), channel, _line(rest)))
    return tuple(beats)


@cache
def author_rows() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(_text("authors.tsv").splitlines(), delimiter="\t"))


def _line(row: str) -> Line:
    found = LINE.fullmatch(row)
    assert found, f"no line of a scene: {row}"
    speaker, signs, text = found.groups()
    text, _, edit = text.partition(EDITED)
    return Line(speaker, text, Marks(signs), edit)


def _age(text: str) -> timedelta:
    found = AGE.fullmatch(text)
    assert found, f"no age: {text}"
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _rows(name: str) -> Iterator[str]:
    return (row for row in _text(name).splitlines() if row.strip())


def _text(name: str) -> str:
    """Return a file without its comments."""
    rows = (HERE / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(row for row in rows if not row.startswith("#")).strip()
