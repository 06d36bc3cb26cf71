"""Read the demo's texts: conversations, incidents, the month's story, the authors."""

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
    """What the script says about a line, for the demo's moderators and reporters."""

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
    #: Its text after an edit a little later; "" if it is not edited.
    edit: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    channel: str
    language: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A line of the story, and how long before the load its author says it."""

    age: timedelta
    channel: str
    line: Line


@cache
def scenes() -> dict[str, tuple[Scene, ...]]:
    """Return the conversations by language."""
    by_language: dict[str, list[Scene]] = defaultdict(list)
    for name in SCENES:
        for block in _text(name).split("\n\n"):
            head, *lines = block.strip().splitlines()
            channel, language = head.split()
            by_language[language].append(Scene(channel, language, tuple(map(_line, lines))))
    return {language: tuple(rows) for language, rows in by_language.items()}


@cache
def sections(name: str) -> dict[str, tuple[str, ...]]:
    """Return the lines of a file by section."""
    lines: dict[str, list[str]] = defaultdict(list)
    section = ""
    for row in _rows(name):
        if row.startswith("@ "):
            section = row.removeprefix("@ ")
        else:
            lines[section].append(row)
    return {section: tuple(rows) for section, rows in lines.items()}


@cache
def story() -> tuple[StoryLine, ...]:
    """Return the story, in the order of the file."""
    lines = []
    for row in _rows("story.txt"):
        age, channel, rest = row.split(" ", 2)
        match = AGE.fullmatch(age)
        assert match, f"not an age: {age}"
        days, hours, minutes = (int(part or 0) for part in match.groups())
        before = timedelta(days=days, hours=hours, minutes=minutes)
        lines.append(StoryLine(before, channel, _line(rest)))
    return tuple(lines)


@cache
def author_rows() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(_text("authors.tsv").splitlines(), delimiter="\t"))


def _line(row: str) -> Line:
    match = LINE.fullmatch(row)
    assert match, f"not a line of a scene: {row}"
    speaker, signs, text = match.groups()
    text, _, edit = text.partition(EDITED)
    return Line(speaker, text, Marks(signs), edit)


def _rows(name: str) -> Iterator[str]:
    return (row for row in _text(name).splitlines() if row.strip())


def _text(name: str) -> str:
    """Return a file without its comments."""
    rows = (HERE / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(row for row in rows if not row.startswith("#")).strip()
