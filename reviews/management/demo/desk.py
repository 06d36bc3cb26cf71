"""The demo's moderators at work: shifts, rulings, notes, undos, and a raid cleared in bulk."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from moderation import sanctions
from moderation.errors import Conflict
from moderation.identity import Caller
from moderation.models import Ban, BanType
from reviews import claims, decisions
from reviews.bulk import decide_many
from reviews.cases import Order
from reviews.management.demo.judging import answer_to, note, opposite_of, order_for
from reviews.management.demo.rhythm import DAYS
from reviews.management.demo.script import Marks
from reviews.management.demo.stage import Stage
from reviews.models import ReviewItem, ReviewItemQuerySet
from reviews.notes import add_note

#: Hour and minute (UTC) at which a shift begins, by moderator.
WEEKDAY_SHIFTS = (
    ("noor", 7, 30),
    ("noor", 12, 40),
    ("teo", 16, 10),
    ("noor", 19, 5),
    ("teo", 22, 20),
)
WEEKEND_SHIFTS = (("noor", 10, 0), ("teo", 14, 30), ("teo", 21, 0))
ADMIN_HOUR = timedelta(hours=18, minutes=30)
LONGEST_SHIFT = 40
#: What is left open in the last day, so that a fresh demo has something to do.
LAST_DAY = timedelta(hours=25)
LEFT_OPEN = 24
LAST_SHIFT = timedelta(minutes=41)
NO_SHIFT_AFTER = timedelta(minutes=75)
#: A bulk call takes so many at most.
BULK = 100
WEEK_HOURS = 168

THINKING_SECONDS = (8.0, 50.0)
PAUSE_SECONDS = (2.0, 15.0)
NOTE_RATIO = 0.2
UNDO_RATIO = 0.08
UNDO_SECONDS = (25.0, 420.0)


@dataclass
class Shift:
    caller: Caller
    left: int = LONGEST_SHIFT


class Desk:
    def __init__(self, stage: Stage, callers: dict[str, Caller]) -> None:
        self._stage, self._callers = stage, callers

    def open(self) -> None:
        """Plan all shifts, and what the two moderators hold at the end."""
        now, rng = self._stage.until, self._stage.rng
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for age in range(DAYS, -1, -1):
            day = midnight - timedelta(days=age)
            for name, hour, minute in WEEKEND_SHIFTS if day.weekday() >= 5 else WEEKDAY_SHIFTS:
                late = timedelta(minutes=rng.uniform(-15, 25))
                self._plan(name, day + timedelta(hours=hour, minutes=minute) + late)
            self._stage.at(day + ADMIN_HOUR, self._answer_escalated)
        self._stage.at(now - LAST_SHIFT, partial(self._take, Shift(self._callers["teo"])))
        for name, ago in (("noor", 95), ("teo", 40)):
            self._stage.at(now - timedelta(seconds=ago), partial(self._hold, name))

    def _plan(self, name: str, start: datetime) -> None:
        if start < self._stage.until - NO_SHIFT_AFTER:
            self._stage.at(start, partial(self._take, Shift(self._callers[name])))

    # --- A shift

    def _take(self, shift: Shift, now: datetime) -> None:
        """Claim the most urgent item and rule on it a little later, until the shift is over."""
        if not shift.left or self._is_enough(now):
            return
        item = claims.next_item(shift.caller, now=now)
        if item is None:
            return
        shift.left -= 1
        later = now + self._seconds(THINKING_SECONDS)
        self._stage.at(later, partial(self._rule, shift, item))

    def _rule(self, shift: Shift, item: ReviewItem, now: datetime) -> None:
        rng = self._stage.rng
        order = order_for(item, self._marks(item), rng)
        if rng.random() < NOTE_RATIO:
            before = now - timedelta(seconds=4)
            add_note(item.pk, note("note", rng), shift.caller, now=before)
        self._decide(item, order, shift.caller, now)
        if order.ruling in {"approve", "reject"} and rng.random() < UNDO_RATIO:
            later = now + self._seconds(UNDO_SECONDS)
            self._stage.at(later, partial(self._undo, item, order, shift.caller))
        self._stage.at(now + self._seconds(PAUSE_SECONDS), partial(self._take, shift))

    def _decide(self, item: ReviewItem, order: Order, caller: Caller, now: datetime) -> None:
        # An edit may have closed it meanwhile.
        with suppress(Conflict):
            decisions.decide(item.pk, order, caller, now=now)
        if order.ban or order.strike:
            self._heed_bans([item.log.user_id], now)

    def _undo(self, item: ReviewItem, order: Order, caller: Caller, now: datetime) -> None:
        """Take a ruling back and rule the other way, unless the content is in review again."""
        with suppress(Conflict):
            decisions.undo(item.pk, caller, now=now)
            again = opposite_of(order, item.log, self._stage.rng)
            later = now + self._seconds(THINKING_SECONDS)
            self._stage.at(later, partial(self._decide, item, again, caller))

    def _hold(self, name: str, now: datetime) -> None:
        """Leave somebody at work on an item when the demo begins."""
        caller, rng = self._callers[name], self._stage.rng
        if item := claims.next_item(caller, now=now):
            add_note(item.pk, note("note_open", rng), caller, now=now + timedelta(seconds=9))

    def _answer_escalated(self, now: datetime) -> None:
        admin = self._callers["admin"]
        if now > self._stage.until - LAST_DAY:
            return
        for item in self._open().filter(escalated=True).select_related("log"):
            answer = answer_to(item, self._marks(item), self._stage.rng)
            self._decide(item, answer, admin, now)

    # --- In bulk, and by hand

    def clear(self, name: str, accounts: Collection[str], order: Order, now: datetime) -> None:
        """Rule on all that these accounts sent, as one."""
        waiting = self._open().filter(log__user_id__in=sorted(accounts)).order_by("id")
        ids = list(waiting.values_list("pk", flat=True)[:BULK])
        decide_many(ids, order, self._callers[name], now=now)
        self._heed_bans(accounts, now)

    def lift(self, name: str, user_id: str, reason: str, now: datetime) -> None:
        """Lift an author's bans early."""
        bans = Ban.objects.of_author(self._stage.project, user_id).active(now)
        for ban in bans.select_related("project"):
            sanctions.lift_ban(ban, reason=reason, actor=name, now=now)
            self._stage.forget_ban(ban)

    def ban(self, name: str, user_id: str, channel: str, reason: str, now: datetime) -> None:
        """Ban an author from a channel for a week, on one's own account."""
        ban = sanctions.issue_ban(
            self._stage.project,
            user_id,
            channel,
            type=BanType.TEMPORARY,
            hours=WEEK_HOURS,
            reason=reason,
            actor=name,
            now=now,
        )
        self._stage.heed(ban, now)

    # --- Reads

    def _open(self) -> ReviewItemQuerySet:
        return ReviewItem.objects.open().filter(project=self._stage.project)

    def _is_enough(self, now: datetime) -> bool:
        is_last_day = now > self._stage.until - LAST_DAY
        return is_last_day and self._open().count() <= LEFT_OPEN

    def _heed_bans(self, user_ids: Collection[str], now: datetime) -> None:
        bans = Ban.objects.filter(project=self._stage.project, user_id__in=sorted(user_ids))
        for ban in bans.active(now):
            self._stage.heed(ban, now)

    def _marks(self, item: ReviewItem) -> Marks:
        return self._stage.marks[item.log.message_id]

    def _seconds(self, between: tuple[float, float]) -> timedelta:
        return timedelta(seconds=self._stage.rng.uniform(*between))
