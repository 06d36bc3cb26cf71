"""Strikes, bans, reviews and appeals in any order end where a simple model of them ends.

`STATE_STEPS=10000` runs so many steps in place of the short form.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from moderation.lib.errors import AlreadyExists, Conflict, Forbidden
from moderation.lib.signed_links import APPEAL_PERIOD
from moderation.models import Author, Ban, Strike
from moderation.sanctions.bans import expire_sanctions
from moderation.sanctions.by_staff import banned_at, issue_ban, reset_strikes, revoke_ban
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.ask import appeal
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.models import Appeal, Decision, DecisionKind
from reviews.queue.items import current_item
from tests.factories import make_caller
from tests.messages import NOON, project, send, words

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.no_cover]
STEPS = int(os.environ.get("STATE_STEPS", "400"))
STEPS_EACH = 40
AUTHORS = ("ana", "zed")
TEMP_STRIKES, PERM_STRIKES = 3, 5
STRIKE, BAN, DAY = timedelta(days=30), timedelta(hours=24), timedelta(hours=24)
NEVER = NOON + timedelta(days=365_000)
_numbers = count(1)


# --- The model: docs/strikes.md, "How a ban ends", and docs/appeals.md in a few lines


@dataclass(eq=False)
class ModelStrike:
    ends: object
    is_revoked: bool = False


@dataclass(eq=False)
class ModelBan:
    #: NEVER for a permanent one.
    ends: object
    rests_on_strikes: bool
    is_lifted: bool = False


@dataclass(eq=False)
class Person:
    """An author as the model sees them."""

    strikes: list = field(default_factory=list)
    bans: list = field(default_factory=list)

    def active_strikes(self, now):
        return [one for one in self.strikes if not one.is_revoked and one.ends > now]

    def running(self):
        return [ban for ban in self.bans if not ban.is_lifted]

    def active_bans(self, now):
        return [ban for ban in self.running() if ban.ends > now]

    def ban(self, ends, *, rests_on_strikes):
        for earlier in self.running():
            if earlier.ends == NEVER:
                return
            earlier.is_lifted = True
        self.bans.append(ModelBan(ends, rests_on_strikes))

    def strike(self, now):
        self.strikes.append(ModelStrike(now + STRIKE))
        number = len(self.active_strikes(now))
        if number >= TEMP_STRIKES:
            ends = NEVER if number >= PERM_STRIKES else now + BAN
            self.ban(ends, rests_on_strikes=True)
        return self.strikes[-1]

    def drop_unsupported(self, now):
        number = len(self.active_strikes(now))
        for ban in self.active_bans(now):
            needed = PERM_STRIKES if ban.ends == NEVER else TEMP_STRIKES
            if ban.rests_on_strikes and number < needed:
                ban.is_lifted = True


@dataclass(eq=False)
class Message:
    """A message as the model sees it."""

    log: object
    author: str
    at: object
    is_approved: bool
    is_violation: bool
    is_open: bool = False
    strikes: list = field(default_factory=list)
    #: What a decision changed, the newest last: fields before, strikes, bans.
    undoable: list = field(default_factory=list)
    appeal: object = None
    answered_at: object = None
    #: Rejections by people in effect, without answers to appeals.
    rejected_at: list = field(default_factory=list)


class Desk(RuleBasedStateMachine):
    """A project with two authors and three moderators, and the model beside it."""

    def __init__(self):
        super().__init__()
        number = next(_numbers)
        self.project = project(f"desk{number}", queue_blocks=True)
        words(self.project)
        names = [f"{name}{number}" for name in ("mira", "sol", "kit")]
        self.team = [make_caller(self.project, "admin", name) for name in names]
        self.now = NOON
        self.people = {name: Person() for name in AUTHORS}
        self.messages = []

    # --- Steps

    @rule(data=st.data())
    def step(self, data):
        """Take one of the steps that are possible now.

        One rule for all: Hypothesis leaves out some of several rules in each example, and a fault
        of an undo only shows after a message, a decision and an undo.
        """
        possible = [
            name
            for name, (weight, is_possible) in STEPS_TO_TAKE.items()
            if is_possible(self)
            for _ in range(weight)
        ]
        getattr(self, data.draw(st.sampled_from(possible)))(data)

    @initialize(blocked=st.sampled_from([2, 3, 1, 0]))
    def begin(self, blocked):
        """Begin near a ban: bans that a decision brings or lifts need several strikes."""
        for _ in range(blocked):
            self.send_word("ana", "blockword")

    def send(self, data):
        author = data.draw(st.sampled_from(AUTHORS))
        self.send_word(author, data.draw(st.sampled_from(["flagword", "blockword", "hello"])))

    def send_word(self, author, word):
        self.now += timedelta(minutes=2)
        person = self.people[author]
        log = send(self.project, word, after=self.now - NOON, user_id=author).log
        if person.active_bans(self.now):
            self.messages.append(Message(log, author, self.now, False, False))
            return
        is_bad = word != "hello"
        is_blocked = word == "blockword" or (is_bad and self.violations(author) >= 3)
        message = Message(log, author, self.now, not is_blocked, is_bad, is_open=is_bad)
        self.messages.append(message)
        if is_blocked:
            message.strikes.append(person.strike(self.now))

    def violations(self, author):
        recent = [one for one in self.messages if one.at > self.now - DAY and one.is_violation]
        return sum(one.author == author for one in recent)

    def pass_time(self, data):
        steps = [timedelta(hours=1), timedelta(hours=1), timedelta(hours=25), timedelta(days=16)]
        self.now += data.draw(st.sampled_from(steps))

    def expire(self, _data):
        due = [b for one in self.people.values() for b in one.running() if b.ends <= self.now]
        assert expire_sanctions(self.now, self.project).bans == len(due)
        for ban in due:
            ban.is_lifted = True
        assert expire_sanctions(self.now, self.project).bans == 0

    def decide(self, data):
        message = data.draw(st.sampled_from(self.decidable()))
        ruling = data.draw(st.sampled_from(["reject", "approve", "dismiss"]))
        item = current_item(message.log)
        decide(item.pk, DecisionRequest(DecisionKind(ruling)), self.team[0], now=self.now)
        self.follow_decision(message, ruling)
        if ruling == "reject":
            message.rejected_at.append(self.now)

    def decidable(self):
        return [one for one in self.messages if one.is_open and one.appeal is None]

    def follow_decision(self, message, ruling):
        person, now = self.people[message.author], self.now
        fields = (message.is_approved, message.is_violation)
        strikes, bans = set(person.strikes), set(person.active_bans(now))
        held = [one for one in message.strikes if not one.is_revoked]
        if ruling == "reject" and not held:
            message.strikes.append(person.strike(now))
        if ruling != "reject" and held:
            for one in held:
                one.is_revoked = True
            person.drop_unsupported(now)
        message.is_approved = ruling != "reject"
        message.is_violation = ruling == "reject"
        message.is_open = False
        after = set(person.active_bans(now))
        message.undoable.append(
            {
                "fields": fields,
                "ruling": ruling,
                "given": set(person.strikes) - strikes,
                "revoked": held if ruling != "reject" else [],
                "issued": after - bans,
                "lifted": bans - after,
            }
        )

    def undo(self, data):
        message = data.draw(st.sampled_from(self.reversible()))
        review = Decision.objects.filter(review__log=message.log.pk, undone_at=None).first().review
        undo(review.pk, self.team[1], now=self.now)
        person, changed = self.people[message.author], message.undoable.pop()
        message.is_approved, message.is_violation = changed["fields"]
        message.is_open = True
        if changed["ruling"] == "reject":
            message.rejected_at.pop()
        for ban in changed["issued"]:
            ban.is_lifted = True
        for strike in changed["given"]:
            strike.is_revoked = True
        if changed["given"]:
            person.drop_unsupported(self.now)
        for strike in changed["revoked"]:
            strike.is_revoked = False
        for ban in changed["lifted"]:
            if ban.ends > self.now and not person.running():
                ban.is_lifted = False

    def reversible(self):
        return [one for one in self.messages if one.undoable and not one.is_open]

    def appeal(self, data):
        message = data.draw(st.sampled_from(self.appealable()))
        message.appeal = appeal(message.log, "please look again", now=self.now)[0]
        message.is_open = True

    def appeal_refused(self, data):
        allowed = self.appealable()
        message = data.draw(st.sampled_from([one for one in self.messages if one not in allowed]))
        with pytest.raises((Conflict, AlreadyExists)):
            appeal(message.log, "please look again", now=self.now)

    def appealable(self):
        return [one for one in self.messages if self.may_appeal(one)]

    def may_appeal(self, message):
        informed = max([message.at, *message.rejected_at])
        is_held = any(not s.is_revoked and s.ends > self.now for s in message.strikes)
        return (
            (not message.is_approved or is_held)
            and message.appeal is None
            and (message.answered_at is None or message.answered_at < informed)
            and self.now <= informed + APPEAL_PERIOD
        )

    def appealed(self):
        return [one for one in self.messages if one.appeal]

    def answer(self, data):
        message = data.draw(st.sampled_from(self.appealed()))
        is_granted = data.draw(st.booleans())
        answer = Answer("overturned" if is_granted else "upheld", "we looked again")
        assert self.answered_by_one(message.appeal, answer)
        if is_granted:
            self.follow_decision(message, "approve")
        message.undoable.clear()  # an answer cannot be undone, nor what came before it
        message.is_open, message.appeal, message.answered_at = False, None, self.now

    def answered_by_one(self, asked, answer):
        """Let those answer who may: whoever rejected first may not while others can."""
        for caller in self.team:
            try:
                decide_appeal(asked.pk, answer, caller, now=self.now)
            except Forbidden:
                continue
            return True
        return False

    def ban(self, data):
        author = data.draw(st.sampled_from(AUTHORS))
        hours = data.draw(st.sampled_from([1, 48, None]))
        person, kind = self.people[author], "temporary" if hours else "permanent"
        where = Author(self.project, author, "general")
        words = {"type": kind, "hours": hours, "reason": "enough", "actor": "mira", "now": self.now}
        if any(ban.ends == NEVER for ban in person.running()):
            with pytest.raises(AlreadyExists):
                issue_ban(where, **words)
            return
        issue_ban(where, **words)
        ends = self.now + timedelta(hours=hours) if hours else NEVER
        person.ban(ends, rests_on_strikes=False)

    def banned(self):
        return [name for name in AUTHORS if self.people[name].active_bans(self.now)]

    def lift(self, data):
        author = data.draw(st.sampled_from(self.banned()))
        ban = banned_at(Author(self.project, author, "general"), self.now)
        revoke_ban(ban, reason="enough", actor="mira", now=self.now)
        for each in self.people[author].active_bans(self.now):
            each.is_lifted = True

    def reset(self, data):
        author = data.draw(st.sampled_from(sorted({one.author for one in self.messages})))
        active = self.people[author].active_strikes(self.now)
        where = Author(self.project, author, "general")
        assert reset_strikes(where, actor="mira", now=self.now) == len(active)
        for strike in active:
            strike.is_revoked = True

    # --- What must agree

    @invariant()
    def authors_agree(self):
        for name, person in self.people.items():
            where = Author(self.project, name, "general")
            strikes = Strike.objects.of_author(where).active(self.now).count()
            assert strikes == len(person.active_strikes(self.now))
            bans = Ban.objects.of_author(self.project, name).active(self.now)
            ends = sorted(ban.expires_at or NEVER for ban in bans)
            assert ends == sorted(ban.ends for ban in person.active_bans(self.now))

    @invariant()
    def messages_agree(self):
        for message in self.messages:
            message.log.refresh_from_db(fields=["is_approved", "is_violation", "status"])
            is_open = current_item(message.log) is not None
            assert (message.log.is_approved, message.log.is_violation, is_open) == (
                message.is_approved,
                message.is_violation,
                message.is_open,
            )
            assert (message.log.status == "approved") <= message.log.is_approved

    @invariant()
    def appeals_agree(self):
        waiting = Appeal.objects.filter(project=self.project, status="open")
        expected = {one.appeal.pk for one in self.messages if one.appeal}
        assert set(waiting.values_list("pk", flat=True)) == expected


#: Step → how often it is taken among others, and whether it is possible.
STEPS_TO_TAKE = {
    "send": (4, lambda _desk: True),
    "decide": (5, Desk.decidable),
    "undo": (4, Desk.reversible),
    "appeal": (3, Desk.appealable),
    "appeal_refused": (1, lambda desk: len(desk.appealable()) < len(desk.messages)),
    "answer": (2, Desk.appealed),
    "pass_time": (2, lambda _desk: True),
    "expire": (1, lambda _desk: True),
    "ban": (1, lambda _desk: True),
    "lift": (2, Desk.banned),
    "reset": (1, lambda desk: desk.messages),
}


def test_any_order_of_steps_ends_where_the_model_does(db):
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_EACH),
            stateful_step_count=STEPS_EACH,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
