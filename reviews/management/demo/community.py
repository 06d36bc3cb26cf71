"""The demo's authors: who they are, how much they talk, and who speaks which part of a scene."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from random import Random

from reviews.management.demo.script import Scene, author_rows

#: Newcomers join one after the other, so many days before the load at first.
FIRST_NEWCOMER_DAYS = 27
DAYS_BETWEEN_NEWCOMERS = 2
#: How often those who speak something else talk English.
GUEST_WEIGHT = 0.08


class Kind(StrEnum):
    REGULAR = "regular"
    CASUAL = "casual"
    NEWCOMER = "newcomer"
    HOTHEAD = "hothead"
    TROLL = "troll"
    #: Speaks only where the story says so.
    SCRIPTED = "scripted"


WEIGHTS = {
    Kind.REGULAR: 6.0,
    Kind.CASUAL: 2.0,
    Kind.NEWCOMER: 2.0,
    Kind.HOTHEAD: 1.0,
    Kind.TROLL: 0.2,
    Kind.SCRIPTED: 0.0,
}
#: Who plays the part of somebody rude.
HOT = {Kind.HOTHEAD: 1.0, Kind.TROLL: 1.5}


@dataclass(frozen=True, slots=True)
class Author:
    user_id: str
    name: str
    language: str
    kind: Kind
    #: Days before the load on which they came.
    joined: int = 10_000

    @property
    def client(self) -> str:
        """Return where they write from, always the same for one author."""
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
        found = Author(row["user_id"], row["name"], row["language"], kind, joined)
        authors[found.user_id] = found
    return authors


def cast(scene: Scene, rng: Random, *, age: float, is_out: IsOut) -> dict[str, Author]:
    """Return who speaks each part; age: days before the load, is_out: who cannot speak there."""
    everybody = [author for author in community().values() if author.kind is not Kind.SCRIPTED]
    present = [author for author in everybody if author.joined >= age]
    free = [author for author in present if not is_out(author, scene.channel)]
    rude = {line.speaker for line in scene.lines if line.marks.is_rude}
    parts: dict[str, Author] = {}
    for speaker in dict.fromkeys(_speakers(scene)):
        left = [author for author in free or present if author not in parts.values()]
        weigh = _weight_of_rude if speaker in rude else _weight
        parts[speaker] = _one(left, [weigh(author, scene.language) for author in left], rng)
    return parts


def stranger(author: Author, rng: Random) -> Author:
    """Return a regular of the same language who is somebody else."""
    others = [
        other
        for other in community().values()
        if other.language == author.language and other.kind is Kind.REGULAR and other != author
    ]
    return rng.choice(others)


def _speakers(scene: Scene) -> list[str]:
    named = [part for part in "ABCD" if any(f"{{{part}}}" in line.text for line in scene.lines)]
    return [line.speaker for line in scene.lines] + named


def _one(authors: Sequence[Author], weights: list[float], rng: Random) -> Author:
    return rng.choices(authors, weights if any(weights) else None)[0]


def _weight(author: Author, language: str) -> float:
    if author.language == language:
        return WEIGHTS[author.kind]
    return WEIGHTS[author.kind] * GUEST_WEIGHT if language == "en" else 0.0


def _weight_of_rude(author: Author, language: str) -> float:
    return HOT.get(author.kind, 0.0) if author.language == language else 0.0
