"""The demo's moderators at work: shifts, decisions, notes, undos, and bulk decisions."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from moderation.accounts.callers import Caller
from moderation.lib.errors import Conflict
from moderation.models import Author, Ban, BanType
from moderation.sanctions.by_staff import issue_ban, revoke_ban
from reviews.decisions.bulk import decide_many
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.notes import add_note
from reviews.decisions.undo import undo
from reviews.demo.decisions import admin_decision, decision_on, note, opposite_of
from reviews.demo.rhythm import DAYS
from reviews.demo.script import Marks
from reviews.demo.stage import Stage
from reviews.models import ReviewItem, ReviewItemQuerySet
from reviews.queue import claims

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
#: Items that stay open on the last day, so that a fresh demo has something to do.
LAST_DAY = timedelta(hours=25)
LEFT_OPEN = 24
LAST_SHIFT = timedelta(minutes=41)
NO_SHIFT_AFTER = timedelta(minutes=75)
#: The most that one bulk decision takes.
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


class Moderators:
    def __init__(self, stage: Stage, callers: dict[str, Caller]) -> None:
        self._stage, self._callers = stage, callers

    def plan_shifts(self) -> None:
        """Plan all shifts, and what the two moderators hold at the end."""
        stage, rng = self._stage, self._stage.rng
        midnight = stage.until.replace(hour=0, minute=0, second=0, microsecond=0)
        for age in range(DAYS, -1, -1):
            day = midnight - timedelta(days=age)
            for name, hour, minute in WEEKEND_SHIFTS if day.weekday() >= 5 else WEEKDAY_SHIFTS:
                late = timedelta(minutes=rng.uniform(-15, 25))
                start = day + timedelta(hours=hour, minutes=minute) + late
                if start < stage.until - NO_SHIFT_AFTER:
                    stage.at(start, partial(self._claim_next, Shift(self._callers[name])))
            stage.at(day + ADMIN_HOUR, self._decide_escalated)
        last_shift = Shift(self._callers["teo"])
        stage.at(stage.until - LAST_SHIFT, partial(self._claim_next, last_shift))
        for name, ago in (("noor", 95), ("teo", 40)):
            stage.at(stage.until - timedelta(seconds=ago), partial(self._hold, name))

    # --- A shift

    def _claim_next(self, shift: Shift, now: datetime) -> None:
        """Claim the most urgent item and decide it a little later, until the shift is over."""
        is_last_day = now > self._stage.until - LAST_DAY
        if not shift.left or (is_last_day and self._open().count() <= LEFT_OPEN):
            return
        item = claims.next_item(shift.caller, now=now)
        if item is None:
            return
        shift.left -= 1
        later = now + self._seconds(THINKING_SECONDS)
        self._stage.at(later, partial(self._decide_claimed, shift, item))

    def _decide_claimed(self, shift: Shift, item: ReviewItem, now: datetime) -> None:
        rng = self._stage.rng
        request = decision_on(item, self._marks(item), rng)
        if rng.random() < NOTE_RATIO:
            before = now - timedelta(seconds=4)
            add_note(item.pk, note("note", rng), shift.caller, now=before)
        self._decide(item, request, shift.caller, now)
        if request.ruling in {"approve", "reject"} and rng.random() < UNDO_RATIO:
            later = now + self._seconds(UNDO_SECONDS)
            self._stage.at(later, partial(self._undo, item, request, shift.caller))
        self._stage.at(now + self._seconds(PAUSE_SECONDS), partial(self._claim_next, shift))

    def _decide(
        self, item: ReviewItem, request: DecisionRequest, caller: Caller, now: datetime
    ) -> None:
        # An edit may have closed it in the meantime.
        with suppress(Conflict):
            decide(item.pk, request, caller, now=now)
        if request.ban or request.strike:
            self._note_bans([item.log.user_id], now)

    def _undo(
        self, item: ReviewItem, request: DecisionRequest, caller: Caller, now: datetime
    ) -> None:
        """Undo a decision and make the opposite one, unless the content is in review again."""
        with suppress(Conflict):
            undo(item.pk, caller, now=now)
            opposite = opposite_of(request, item.log, self._stage.rng)
            later = now + self._seconds(THINKING_SECONDS)
            self._stage.at(later, partial(self._decide, item, opposite, caller))

    def _hold(self, name: str, now: datetime) -> None:
        """Leave a moderator at work on an item when the demo begins."""
        caller, rng = self._callers[name], self._stage.rng
        if item := claims.next_item(caller, now=now):
            add_note(item.pk, note("note_open", rng), caller, now=now + timedelta(seconds=9))

    def _decide_escalated(self, now: datetime) -> None:
        if now > self._stage.until - LAST_DAY:
            return
        for item in self._open().filter(escalated=True).select_related("log"):
            request = admin_decision(item, self._marks(item), self._stage.rng)
            self._decide(item, request, self._callers["admin"], now)

    # --- In bulk, and by hand

    def clear(
        self, name: str, accounts: Collection[str], request: DecisionRequest, now: datetime
    ) -> None:
        """Decide everything that these accounts sent in one bulk decision."""
        waiting = self._open().filter(log__user_id__in=sorted(accounts)).order_by("id")
        ids = list(waiting.values_list("pk", flat=True)[:BULK])
        decide_many(ids, request, self._callers[name], now=now)
        self._note_bans(accounts, now)

    def lift(self, name: str, user_id: str, reason: str, now: datetime) -> None:
        """Lift an author's bans early."""
        bans = Ban.objects.of_author(self._stage.project, user_id).active(now)
        for ban in bans.select_related("project"):
            revoke_ban(ban, reason=reason, actor=name, now=now)
            self._stage.forget_ban(ban)

    def ban(self, name: str, user_id: str, channel: str, reason: str, now: datetime) -> None:
        """Ban an author from a channel for a week, without a message as the reason."""
        ban = issue_ban(
            Author(self._stage.project, user_id, channel),
            type=BanType.TEMPORARY,
            hours=WEEK_HOURS,
            reason=reason,
            actor=name,
            now=now,
        )
        self._stage.note_ban(ban, now)

    # --- Reads

    def _open(self) -> ReviewItemQuerySet:
        return ReviewItem.objects.open().filter(project=self._stage.project)

    def _note_bans(self, user_ids: Collection[str], now: datetime) -> None:
        bans = Ban.objects.filter(project=self._stage.project, user_id__in=sorted(user_ids))
        for ban in bans.active(now):
            self._stage.note_ban(ban, now)

    def _marks(self, item: ReviewItem) -> Marks:
        return self._stage.marks[item.log.message_id]

    def _seconds(self, between: tuple[float, float]) -> timedelta:
        return timedelta(seconds=self._stage.rng.uniform(*between))
