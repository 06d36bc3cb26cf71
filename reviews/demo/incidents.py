"""What breaks the routine: a raid, waves of spam, and the month's story."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from moderation import rules
from moderation.models import BanType
from moderation.models.author import WHOLE_PROJECT
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.demo.community import Author, Kind, community, stranger
from reviews.demo.decisions import note
from reviews.demo.moderators import Moderators
from reviews.demo.script import Marks, StoryLine, sections, story
from reviews.demo.stage import Stage
from reviews.demo.talk import Turn, fillings
from reviews.models import DecisionKind

RAID_AGE = timedelta(days=9)
RAID_HOUR = timedelta(hours=20, minutes=5)
RAID_LENGTH = timedelta(minutes=20)
RAIDERS = 24
RAID_LINES = 72
#: Minutes after its start at which noor clears what has come in.
RAID_SWEEPS = (13, 18, 23, 31)
RAID_CHANNELS = ("lobby", "lobby", "lobby", "ranked", "help")

RUDE = Marks("!")
PERMANENT = BanRequest(BanType.PERMANENT, channel_id=WHOLE_PROJECT)
LIFTED = ("diego", timedelta(days=6, hours=4), "Apologised in private.")
BANNED = ("market_marv", "trade", timedelta(days=3, hours=6), "Account trading, told twice.")


@dataclass(frozen=True)
class Wave:
    """Spam of one kind from some accounts; `words` go on the blacklist when it is cleared."""

    section: str
    age: timedelta
    accounts: tuple[str, ...]
    count: int
    minutes: float
    #: Minutes until somebody clears it; 0 means that nobody does.
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


def plan_incidents(stage: Stage, moderators: Moderators) -> None:
    """Plan all incidents."""
    _plan_raid(stage, moderators)
    for wave in WAVES:
        _plan_wave(wave, stage, moderators)
    for planned in story():
        stage.at(stage.until - planned.age, partial(_say_line, stage, planned))
    user_id, age, reason = LIFTED
    stage.at(stage.until - age, partial(moderators.lift, "teo", user_id, reason))
    user_id, channel, age, reason = BANNED
    stage.at(stage.until - age, partial(moderators.ban, "admin", user_id, channel, reason))


def _say_line(stage: Stage, planned: StoryLine, now: datetime) -> None:
    author = community()[planned.line.speaker]
    slots = {**fillings(author.language, stage.rng), "B": stranger(author, stage.rng).name}
    text, edit = planned.line.text.format(**slots), planned.line.edit.format(**slots)
    stage.say(Turn(author, planned.channel, text, planned.line.marks, edit), [], now)


# --- The raid


def _plan_raid(stage: Stage, moderators: Moderators) -> None:
    rng = stage.rng
    midnight = stage.until.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - RAID_AGE + RAID_HOUR
    raiders = []
    for number in range(RAIDERS):
        name = f"{rng.choice(('honk', 'goose', 'gander', 'nightgoose'))}_{rng.randint(100, 999)}"
        raiders.append(Author(f"{name}{number}", name, "en", Kind.TROLL))
    for _ in range(RAID_LINES):
        # They join one after the other and all talk until the end.
        share = rng.random()
        author = raiders[rng.randrange(1 + int(share * (RAIDERS - 1)))]
        moment = start + RAID_LENGTH * share
        say = _saying(stage, "raid", author, rng.choice(RAID_CHANNELS), RUDE)
        stage.at(moment, say)
    # Regulars wonder while it lasts and are relieved when it is over.
    for section, count, first, last in (("bystanders", 9, 3, 19), ("calm", 5, 24, 40)):
        for text in rng.sample(sections("incidents.txt")[section], count):
            moment = start + timedelta(minutes=rng.uniform(first, last))
            turn = Turn(stranger(community()["ana"], rng), "lobby", text)
            stage.at(moment, partial(stage.say, turn, []))
    names = [raider.user_id for raider in raiders]
    for minutes in RAID_SWEEPS:
        request = DecisionRequest(
            DecisionKind.REJECT, "harassment", note("raid", rng), strike=False, ban=PERMANENT
        )
        sweep = partial(moderators.clear, "noor", names, request)
        stage.at(start + timedelta(minutes=minutes), sweep)


# --- Spam


def _plan_wave(wave: Wave, stage: Stage, moderators: Moderators) -> None:
    rng, start = stage.rng, stage.until - wave.age
    authors = [Author(name, name, "en", Kind.TROLL) for name in wave.accounts]
    for _ in range(wave.count):
        channel = rng.choice(("trade", "trade", "lobby", "plaza", "adda"))
        say = _saying(stage, wave.section, rng.choice(authors), channel, RUDE)
        stage.at(start + timedelta(minutes=rng.uniform(0, wave.minutes)), say)
    if not wave.cleared_after:
        return
    request = DecisionRequest(
        DecisionKind.REJECT, "spam", note("spam", rng), strike=False, ban=PERMANENT
    )
    cleared_at = start + timedelta(minutes=wave.cleared_after)
    stage.at(cleared_at, partial(moderators.clear, wave.cleared_by, wave.accounts, request))
    stage.at(cleared_at, partial(_list_words, stage, wave))


def _list_words(stage: Stage, wave: Wave, now: datetime) -> None:
    """Put what the spammers advertise on the blacklist."""
    for word in wave.words:
        fields = {"word": word, "category": "spam", "severity": "high"}
        notes = "Spam wave, see the log of that hour."
        rules.add_word(stage.project, wave.cleared_by, {**fields, "notes": notes}, now)


def _saying(
    stage: Stage, section: str, author: Author, channel: str, marks: Marks
) -> Callable[[datetime], None]:
    """Return an act in which the author says one of the section's lines."""
    slots = fillings("en", stage.rng)
    text = stage.rng.choice(sections("incidents.txt")[section]).format(**slots)
    return partial(stage.say, Turn(author, channel, text, marks), [])
