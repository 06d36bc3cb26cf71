"""Turn the script's scenes into what authors say, with authors and names filled in."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from reviews.demo.community import Author, IsOut, cast
from reviews.demo.script import NO_MARKS, Marks, Scene, scenes

MAPS = (
    "Saltmarsh", "Old Foundry", "Glass Harbour", "Thornwood", "Sky Mill", "Red Quarry",
    "Lantern Bay", "Frostgate",
)  # fmt: skip
HEROES = ("warden", "tinker", "scout", "mender", "lancer", "piper", "stormcaller")
BOSSES = {
    "en": ("the Tide King", "the Clockmaker", "Mother Moth", "the Hollow Bear", "the Bell Witch"),
    "es": ("el Rey Marea", "el Relojero", "Madre Polilla", "el Oso Hueco", "la Bruja Campana"),
    "ur": ("Tide King", "Clockmaker", "Mother Moth", "Hollow Bear", "Bell Witch"),
}
ITEMS = ("brass compass", "copper cloak", "glass dagger", "tide ring", "silk glider", "moon hook")
DAYS = {
    "en": ("Friday", "Saturday", "Sunday", "Wednesday", "Thursday"),
    "es": ("viernes", "sábado", "domingo", "miércoles", "jueves"),
    "ur": ("Jumma", "Hafta", "Itwaar", "Budh", "Jumeraat"),
}
RANKS = {
    "en": ("bronze", "silver", "gold", "amber", "onyx"),
    "es": ("bronce", "plata", "oro", "ámbar", "ónice"),
    "ur": ("bronze", "silver", "gold", "amber", "onyx"),
}
#: Seconds between two lines; some authors take longer to answer.
QUICK = (7.0, 55.0)
SLOW = (60.0, 400.0)
SLOW_RATIO = 0.2
#: How often somebody reports a rude line.
REPORTED_RATIO = 0.08


@dataclass(frozen=True, slots=True)
class Turn:
    """What one author says, after the line before it."""

    author: Author
    channel: str
    text: str
    marks: Marks = NO_MARKS
    edit: str = ""
    pause: timedelta = timedelta(0)


class Talk:
    """Deals scenes from a shuffled deck for each language, so that none repeats soon."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._decks: dict[str, list[Scene]] = {}

    def scene(self, language: str, *, age: float, is_out: IsOut) -> list[Turn]:
        """Return the next conversation; age and is_out as in `cast`."""
        if not self._decks.get(language):
            deck = list(scenes()[language])
            self._rng.shuffle(deck)
            self._decks[language] = deck
        scene = self._decks[language].pop()
        parts = cast(scene, self._rng, age=age, is_out=is_out)
        names = {part: author.name for part, author in parts.items()}
        slots = {**fillings(language, self._rng), **names}
        turns = []
        for line in scene.lines:
            author = parts[line.speaker]
            seconds = self._rng.uniform(*(SLOW if self._rng.random() < SLOW_RATIO else QUICK))
            turn = Turn(
                author=author,
                channel=scene.channel,
                text=line.text.format(**slots, handle=author.user_id),
                marks=line.marks,
                edit=line.edit.format(**slots, handle=author.user_id),
                pause=timedelta(seconds=seconds),
            )
            turns.append(turn)
        return turns


def fillings(language: str, rng: Random) -> dict[str, str]:
    """Return a value for each placeholder of the script, except those that name authors."""
    hero, other_hero = rng.sample(HEROES, 2)
    return {
        "map": rng.choice(MAPS),
        "hero": hero,
        "hero2": other_hero,
        "boss": rng.choice(BOSSES[language]),
        "item": rng.choice(ITEMS),
        "day": rng.choice(DAYS[language]),
        "rank": rng.choice(RANKS[language]),
        "n": str(rng.randint(3, 9)),
        "nn": str(rng.randint(10, 99)),
        "hour": str(rng.randint(18, 22)),
    }
