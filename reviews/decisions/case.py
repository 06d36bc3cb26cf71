"""A case: an item with its content and author, locked and ready for a decision."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from moderation.accounts.callers import Caller
from moderation.engine.verdict.policy import Policy
from moderation.events.event import Cause
from moderation.lib.errors import NotFound
from moderation.models import ModerationLog
from moderation.models.ids import new_id
from moderation.rules.active import policy_of
from moderation.sanctions.author_lock import lock_author
from reviews.models import DecisionKind, ReviewItem
from reviews.queue.items import find_item, lock_item


@dataclass(frozen=True)
class BanRequest:
    type: str
    hours: int | None = None
    #: None: where the author's strikes count. "": the whole project.
    channel_id: str | None = None
    #: Instead of hours.
    minutes: int | None = None


@dataclass(frozen=True)
class DecisionRequest:
    """The decision that somebody wants to make on an item."""

    ruling: DecisionKind
    reason_code: str = ""
    note: str = ""
    #: Whether to give a strike; None leaves it to the policy.
    strike: bool | None = None
    #: Whether the strike may bring the ban that the ladder calls for.
    ladder: bool = True
    ban: BanRequest | None = None
    #: The item's version that they saw; None means any.
    version: int | None = None
    #: Whether to decide even if somebody else holds the item.
    take_over: bool = False


def version_of(text: str) -> int | None:
    """Return the version that a form names; None if that is none, or larger than any."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


@dataclass(frozen=True)
class Case:
    item: ReviewItem
    log: ModerationLog
    policy: Policy
    caller: Caller
    now: datetime
    reason_code: str = ""
    #: The id of the decision that is about to be made, or of the undo.
    decision_id: UUID = field(default_factory=new_id)

    @property
    def cause(self) -> Cause:
        """The caller and the decision; external sinks wait, so that they never hear of an undo."""
        hold_until = self.now + timedelta(seconds=self.policy.decision_hold_seconds)
        return Cause(by=self.caller.name, decision=self.decision_id, hold_until=hold_until)


def lock_case(item_id: UUID, caller: Caller, *, now: datetime, reason_code: str = "") -> Case:
    """Lock author, content and item in this order, which is the pipeline's: no deadlocks.

    Must run inside `transaction.atomic()`.
    """
    project = caller.project
    unlocked = find_item(project, item_id)
    policy = policy_of(project)
    unlocked.log.project = project
    lock_author(unlocked.log.author, policy)
    log = lock_log(unlocked.log_id)
    item = lock_item(project, item_id)
    log.project = item.project = project
    item.log = log
    return Case(item, log, policy, caller, now, reason_code)


def lock_log(log_id: UUID) -> ModerationLog:
    log = ModerationLog.objects.select_for_update(no_key=True).filter(pk=log_id).first()
    if log is None:
        raise NotFound("the content has been removed in the meantime")
    return log
