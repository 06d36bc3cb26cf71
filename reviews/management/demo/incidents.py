"""What breaks the routine: a raid, waves of spam, and the story of the month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from moderation import rules
from moderation.models import BanType
from moderation.models.sanctions import WHOLE_PROJECT
from reviews.cases import BanOrder, Order
from reviews.management.demo.community import Author, Kind, community, stranger
from reviews.management.demo.desk import Desk
from reviews.management.demo.judging import note
from reviews.management.demo.script import Beat, Marks, sections, story
from reviews.management.demo.stage import Stage
from reviews.management.demo.talk import Turn, fillings
from reviews.models import Ruling

RAID_AGE = timedelta(days=9)
RAID_HOUR = timedelta(hours=20, minutes=5)
RAID_LENGTH = timedelta(minutes=20)
RAIDERS = 24
RAID_LINES = 72
#: Minutes after its beginning at which noor clears what has come in.
RAID_SWEEPS = (13, 18, 23, 31)
RAID_CHANNELS = ("lobby", "lobby", "lobby", "ranked", "help")

RUDE = Marks("!")
PERMANENT = BanOrder(BanType.PERMANENT, channel_id=WHOLE_PROJECT)
LIFTED = ("diego", timedelta(days=6, hours=4), "Apologised in private.")
BANNED = ("market_marv", "trade", timedelta(days=3, hours=6), "Account trading, told twice.")


@dataclass(frozen=True)
class Wave:
    """Spam of one sort by some accounts; `words` go on the blacklist when it is cleared."""

    section: str
    age: timedelta
    accounts: tuple[str, ...]
    count: int
    minutes: float
    #: Minutes until somebody clears it; 0 means that it still lies there.
    cleared_after: float = 0
    cleared_by: str = "teo"
    words: tuple[str, ...] = ()


WAVES = (
    Wave(
        section="coins",
        age=timedelta(days=24, hours=2),
        accounts=("coinqueen88", "coinking31", "lucky_purse", "goldrain7"),
        count=18,
        minutes=9,
        cleared_after=34,
        cleared_by="noor",
        words=("coinrush", "coinrush.example"),
    ),
    Wave(
        section="boost",
        age=timedelta(days=13, hours=5),
        accounts=("rankrocket1", "rankrocket2", "fastclimb", "up_up_up", "ladderman"),
        count=22,
        minutes=12,
        cleared_after=26,
        words=("rankrocket", "rankrocket.example"),
    ),
    Wave(
        section="giveaway",
        age=timedelta(days=4, hours=3),
        accounts=("owl_prizes", "owl_events", "mount4you", "claim_desk"),
        count=16,
        minutes=8,
        cleared_after=41,
        cleared_by="noor",
        words=("owlprize.example",),
    ),
    Wave(
        section="giveaway",
        age=timedelta(hours=3, minutes=5),
        accounts=("owl_prizes_2", "owl_luck"),
        count=5,
        minutes=6,
    ),
)


def plan_incidents(stage: Stage, desk: Desk) -> None:
    """Put all of them on the stage."""
    _plan_raid(stage, desk)
    for wave in WAVES:
        _plan_wave(wave, stage, desk)
    for beat in story():
        stage.at(stage.until - beat.age, partial(_say_beat, stage, beat))
    user_id, age, reason = LIFTED
    stage.at(stage.until - age, partial(desk.lift, "teo", user_id, reason))
    user_id, channel, age, reason = BANNED
    stage.at(stage.until - age, partial(desk.ban, "admin", user_id, channel, reason))


def _say_beat(stage: Stage, beat: Beat, now: datetime) -> None:
    author = community()[beat.line.speaker]
    slots = {**fillings(author.language, stage.rng), "B": stranger(author, stage.rng).name}
    text, edit = beat.line.text.format(**slots), beat.line.edit.format(**slots)
    stage.say(Turn(author, beat.channel, text, beat.line.marks, edit), [], now)


# --- The raid


def _plan_raid(stage: Stage, desk: Desk) -> None:
    rng = stage.rng
    midnight = stage.until.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - RAID_AGE + RAID_HOUR
    raiders = [_raider(rng, number) for number in range(RAIDERS)]
    for _ in range(RAID_LINES):
        # They come one after the other and all talk until the end.
        share = rng.random()
        author = raiders[rng.randrange(1 + int(share * (RAIDERS - 1)))]
        moment = start + RAID_LENGTH * share
        say = _saying(stage, "raid", author, rng.choice(RAID_CHANNELS), RUDE)
        stage.at(moment, say)
    _plan_bystanders(stage, start)
    names = [raider.user_id for raider in raiders]
    for minutes in RAID_SWEEPS:
        order = Order(Ruling.REJECT, "harassment", note("raid", rng), strike=False, ban=PERMANENT)
        sweep = partial(desk.clear, "noor", names, order)
        stage.at(start + timedelta(minutes=minutes), sweep)


def _raider(rng: Random, number: int) -> Author:
    name = f"{rng.choice(('honk', 'goose', 'gander', 'nightgoose'))}_{rng.randint(100, 999)}"
    return Author(f"{name}{number}", name, "en", Kind.TROLL)


def _plan_bystanders(stage: Stage, start: datetime) -> None:
    """Let regulars wonder while it lasts, and breathe again when it is over."""
    for section, count, first, last in (("bystanders", 9, 3, 19), ("calm", 5, 24, 40)):
        for text in stage.rng.sample(sections("incidents.txt")[section], count):
            moment = start + timedelta(minutes=stage.rng.uniform(first, last))
            author = stranger(community()["ana"], stage.rng)
            turn = Turn(author, "lobby", text)
            stage.at(moment, partial(stage.say, turn, []))


# --- Spam


def _plan_wave(wave: Wave, stage: Stage, desk: Desk) -> None:
    rng, start = stage.rng, stage.until - wave.age
    authors = [Author(name, name, "en", Kind.TROLL) for name in wave.accounts]
    for _ in range(wave.count):
        channel = rng.choice(("trade", "trade", "lobby", "plaza", "adda"))
        say = _saying(stage, wave.section, rng.choice(authors), channel, RUDE)
        stage.at(start + timedelta(minutes=rng.uniform(0, wave.minutes)), say)
    if not wave.cleared_after:
        return
    order = Order(Ruling.REJECT, "spam", note("spam", rng), strike=False, ban=PERMANENT)
    cleared_at = start + timedelta(minutes=wave.cleared_after)
    stage.at(cleared_at, partial(desk.clear, wave.cleared_by, wave.accounts, order))
    stage.at(cleared_at, partial(_list_words, stage, wave))


def _list_words(stage: Stage, wave: Wave, now: datetime) -> None:
    """Put what the spammers sell on the blacklist."""
    for word in wave.words:
        fields = {"word": word, "category": "spam", "severity": "high"}
        notes = "Spam wave, see the log of that hour."
        rules.add_word(stage.project, wave.cleared_by, {**fields, "notes": notes}, now)


def _saying(
    stage: Stage, section: str, author: Author, channel: str, marks: Marks
) -> Callable[[datetime], None]:
    """Return the act of saying one of the section's lines."""
    slots = fillings("en", stage.rng)
    text = stage.rng.choice(sections("incidents.txt")[section]).format(**slots)
    return partial(stage.say, Turn(author, channel, text, marks), [])
