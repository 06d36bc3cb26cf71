"""A case: an item with its content and author, locked in one order, ready to be ruled on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from moderation.enforce import lock_author
from moderation.engine.policy import Policy
from moderation.errors import NotFound
from moderation.identity import Caller
from moderation.models import ModerationLog
from moderation.models.ids import new_id
from moderation.queries import policy_of
from reviews.models import ReviewItem, Ruling
from reviews.queue import find_item, lock_item


@dataclass(frozen=True)
class BanOrder:
    type: str
    hours: int | None = None
    #: None means where the author's strikes count; "" means the whole project.
    channel_id: str | None = None


@dataclass(frozen=True)
class Order:
    """What somebody wants an item ruled."""

    ruling: Ruling
    reason_code: str = ""
    note: str = ""
    #: None leaves it to the policy.
    strike: bool | None = None
    #: Whether a strike may bring the ban that the ladder asks for.
    ladder: bool = True
    ban: BanOrder | None = None
    #: The version they saw; None means any.
    version: int | None = None
    #: Whether to rule although another holds the item.
    take_over: bool = False


class Held(TypedDict):
    """What an event carries that waits before it leaves the house."""

    cause: UUID
    hold_until: datetime


@dataclass(frozen=True)
class Case:
    item: ReviewItem
    log: ModerationLog
    policy: Policy
    caller: Caller
    now: datetime
    reason_code: str = ""
    #: Links every event to the ruling, or the undo, that caused it.
    cause: UUID = field(default_factory=new_id)

    @property
    def hold_until(self) -> datetime:
        """Until when sinks outside the house wait, so that an undo in that time is never seen."""
        return self.now + timedelta(seconds=self.policy.decision_hold_seconds)

    @property
    def held(self) -> Held:
        return {"cause": self.cause, "hold_until": self.hold_until}


def lock_case(item_id: UUID, caller: Caller, *, now: datetime, reason_code: str = "") -> Case:
    """Lock author, content and item, in this order: the pipeline's, so that none waits in a ring.

    Must run inside `transaction.atomic()`.
    """
    project = caller.project
    found = find_item(project, item_id)
    policy = policy_of(project)
    lock_author(project, found.log.user_id, found.log.channel_id, policy)
    log = lock_log(found.log_id)
    item = lock_item(project, item_id)
    log.project = item.project = project
    item.log = log
    return Case(item, log, policy, caller, now, reason_code)


def lock_log(log_id: UUID) -> ModerationLog:
    log = ModerationLog.objects.select_for_update(no_key=True).filter(pk=log_id).first()
    if log is None:
        raise NotFound("the content was removed meanwhile")
    return log
