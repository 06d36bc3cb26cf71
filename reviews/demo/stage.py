"""The demo's clock: it plays planned acts in order of time, through the real services."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from moderation.management.base import show_progress
from moderation.models import Ban, Project
from moderation.models.author import WHOLE_PROJECT
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import Submission
from moderation.sanctions.bans import expire_sanctions
from reviews.appeals.reports import NewReport, report
from reviews.demo.community import Author, community, stranger
from reviews.demo.rhythm import DAYS
from reviews.demo.script import Marks, sections
from reviews.demo.talk import REPORTED_RATIO, Turn

Act = Callable[[datetime], None]
FOREVER = timedelta(days=36_500)
#: How often a banned author keeps trying and the app passes the message on to the check.
TRIES_OF_BANNED = 0.15
#: Minutes until somebody reports a message.
REPORT_MINUTES = (1.0, 25.0)
EDIT_SECONDS = (20.0, 150.0)
#: A running server's sweep notices the end of a ban within 30 seconds.
SWEEP = timedelta(seconds=11)
FERRET = "grumpy_ferret"


class Stage:
    """Holds the planned acts, the bans, and the script's marks of each message."""

    def __init__(self, project: Project, rng: Random, until: datetime) -> None:
        self.project, self.rng, self.until = project, rng, until
        self.marks: dict[str, Marks] = {}
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._messages = count(1)
        self._banned: dict[tuple[str, str], datetime] = {}

    def at(self, moment: datetime, act: Act) -> None:
        """Plan an act; acts after the load never happen."""
        if moment <= self.until:
            heappush(self._waiting, (moment, next(self._order), act))

    def run(self) -> None:
        """Play all acts; on a terminal, show the day."""
        first, shown = self.until - timedelta(days=DAYS), 0
        while self._waiting:
            moment, _, act = heappop(self._waiting)
            if (day := (moment - first).days) > shown:
                shown = day
                show_progress(min(day, DAYS - 1), DAYS)
            act(moment)
        show_progress(DAYS, DAYS)

    def age(self, moment: datetime) -> float:
        """Return the days between a moment and the load."""
        return (self.until - moment) / timedelta(days=1)

    # --- Messages

    def play(self, turns: Sequence[Turn], start: datetime) -> None:
        """Plan a conversation; a line may answer the one before."""
        thread: list[str] = []
        moment = start
        for turn in turns:
            self.at(moment, partial(self.say, turn, thread))
            moment += turn.pause

    def say(self, turn: Turn, thread: list[str], now: datetime) -> None:
        """Send a message and plan its edit and its reports."""
        if self.is_out(turn.author, turn.channel, now) and self.rng.random() > TRIES_OF_BANNED:
            return
        message_id = f"demo-{next(self._messages)}"
        is_answer = bool(thread) and self.rng.random() < 0.3
        self._send(turn, turn.text, message_id, thread[-1] if is_answer else "", now)
        thread.append(message_id)
        self.marks[message_id] = turn.marks
        if turn.edit:
            edited_at = now + timedelta(seconds=self.rng.uniform(*EDIT_SECONDS))
            self.at(edited_at, partial(self._send, turn, turn.edit, message_id, ""))
        marks = turn.marks
        if marks.is_reported_falsely:
            self._plan_report(community()[FERRET], message_id, "report_false", now)
        if marks.is_reported or (marks.is_rude and self.rng.random() < REPORTED_RATIO):
            kind = "report_worry" if marks.is_harmless else "report"
            for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
                self._plan_report(stranger(turn.author, self.rng), message_id, kind, now)

    def _send(self, turn: Turn, text: str, message_id: str, reply_to: str, now: datetime) -> None:
        author = turn.author
        submission = Submission(
            project=self.project,
            message_id=message_id,
            user_id=author.user_id,
            channel_id=turn.channel,
            content=text,
            username=author.name,
            reply_to=reply_to,
            metadata={"source": author.client},
        )
        self.note_ban(moderate(submission, now).ban, now)

    # --- Reports

    def _plan_report(self, who: Author, message_id: str, kind: str, now: datetime) -> None:
        """Plan a report some minutes later, but before the load."""
        minutes = self.rng.uniform(*REPORT_MINUTES)
        moment = now + timedelta(minutes=minutes)
        if moment > self.until:
            moment = now + (self.until - now) * self.rng.random()
        self.at(moment, partial(self._report, who, message_id, kind))

    def _report(self, who: Author, message_id: str, kind: str, now: datetime) -> None:
        reason, _, note = self.rng.choice(sections("moderators.txt")[kind]).partition(" |")
        report(self.project, NewReport(message_id, who.user_id, reason, note.strip()), now=now)

    # --- Bans

    def is_out(self, author: Author, channel: str, now: datetime) -> bool:
        """Say whether the author is banned there, as far as the stage knows."""
        places = ((author.user_id, channel), (author.user_id, WHOLE_PROJECT))
        return any(self._banned.get(place, now) > now for place in places)

    def note_ban(self, ban: Ban | None, now: datetime) -> None:
        """Remember a ban and plan the sweep that ends it."""
        if ban is None:
            return
        ends_at = ban.expires_at
        self._banned[ban.user_id, ban.channel_id] = ends_at or now + FOREVER
        if ends_at:
            self.at(ends_at + SWEEP, self._sweep)

    def forget_ban(self, ban: Ban) -> None:
        self._banned.pop((ban.user_id, ban.channel_id), None)

    def _sweep(self, now: datetime) -> None:
        expire_sanctions(now, self.project)
