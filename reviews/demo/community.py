"""The demo's authors: who they are, how much they talk, and who plays which part of a scene."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from random import Random

from reviews.demo.script import Scene, author_rows

#: The first newcomer joins this many days before the load, the others after them.
FIRST_NEWCOMER_DAYS = 27
DAYS_BETWEEN_NEWCOMERS = 2
#: How often speakers of other languages join an English conversation.
GUEST_WEIGHT = 0.08


class Kind(StrEnum):
    REGULAR = "regular"
    CASUAL = "casual"
    NEWCOMER = "newcomer"
    HOTHEAD = "hothead"
    TROLL = "troll"
    #: Speaks only in the story.
    SCRIPTED = "scripted"


WEIGHTS = {
    Kind.REGULAR: 6.0,
    Kind.CASUAL: 2.0,
    Kind.NEWCOMER: 2.0,
    Kind.HOTHEAD: 1.0,
    Kind.TROLL: 0.2,
    Kind.SCRIPTED: 0.0,
}
#: Who plays rude parts.
HOT = {Kind.HOTHEAD: 1.0, Kind.TROLL: 1.5}


@dataclass(frozen=True, slots=True)
class Author:
    user_id: str
    name: str
    language: str
    kind: Kind
    #: How many days before the load they joined.
    joined: int = 10_000

    @property
    def client(self) -> str:
        """Return what the author writes with, always the same."""
        return ("web", "phone", "desktop")[sum(self.user_id.encode()) % 3]


IsOut = Callable[[Author, str], bool]


@cache
def community() -> dict[str, Author]:
    """Return all authors by their ids."""
    authors: dict[str, Author] = {}
    newcomers = 0
    for row in author_rows():
        kind, joined = Kind(row["kind"]), 10_000
        if kind is Kind.NEWCOMER:
            joined = max(1, FIRST_NEWCOMER_DAYS - DAYS_BETWEEN_NEWCOMERS * newcomers)
            newcomers += 1
        author = Author(row["user_id"], row["name"], row["language"], kind, joined)
        authors[author.user_id] = author
    return authors


def cast(scene: Scene, rng: Random, *, age: float, is_out: IsOut) -> dict[str, Author]:
    """Return who speaks each part; age: days before the load, is_out: who cannot speak there."""
    members = [author for author in community().values() if author.kind is not Kind.SCRIPTED]
    present = [author for author in members if author.joined >= age]
    free = [author for author in present if not is_out(author, scene.channel)]
    rude = {line.speaker for line in scene.lines if line.marks.is_rude}
    mentioned = [part for part in "ABCD" if any(f"{{{part}}}" in line.text for line in scene.lines)]
    parts: dict[str, Author] = {}
    for speaker in dict.fromkeys([*(line.speaker for line in scene.lines), *mentioned]):
        left = [author for author in free or present if author not in parts.values()]
        weights = [_weight(author, scene.language, is_rude=speaker in rude) for author in left]
        parts[speaker] = rng.choices(left, weights if any(weights) else None)[0]
    return parts


def _weight(author: Author, language: str, *, is_rude: bool) -> float:
    """Return how likely an author is to speak a part."""
    if author.language == language:
        return HOT.get(author.kind, 0.0) if is_rude else WEIGHTS[author.kind]
    if is_rude or language != "en":
        return 0.0
    return WEIGHTS[author.kind] * GUEST_WEIGHT


def stranger(author: Author, rng: Random) -> Author:
    """Return another author, a regular who speaks the same language."""
    others = [
        other
        for other in community().values()
        if other.language == author.language and other.kind is Kind.REGULAR and other != author
    ]
    return rng.choice(others)
