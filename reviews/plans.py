"""What a bulk ruling would do to each item, said before it is done."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from moderation.engine.policy import Policy
from moderation.identity import Caller
from moderation.models import ModerationLog, Strike
from moderation.queries import policy_of, scope_of
from reviews.claims import may_take
from reviews.forecast import Outlook, consequences_of
from reviews.models import ReviewItem, ReviewStatus, Ruling
from reviews.rows import strikes_by_author


@dataclass(frozen=True)
class Plan:
    """One item and what happens to it."""

    item: ReviewItem
    #: What the ruling does, in words.
    effects: list[str]
    #: Why it is left out; "" where it is not.
    left_out: str

    @property
    def log(self) -> ModerationLog:
        return self.item.log

    @property
    def author(self) -> str:
        return self.log.username or self.log.user_id


def plans_of(ids: Iterable[UUID], ruling: Ruling, caller: Caller, *, now: datetime) -> list[Plan]:
    """Return what would become of the project's items, in the order of their urgency."""
    wanted = ReviewItem.objects.filter(project=caller.project, pk__in=list(ids))
    has_strike = Strike.objects.filter(log=OuterRef("log"), revoked_at=None)
    items = list(
        wanted.with_details().annotate(has_strike=Exists(has_strike)).order_by("-priority", "-id")
    )
    policy = policy_of(caller.project)
    strikes = strikes_by_author(caller.project, items, now)
    plans = []
    for item in items:
        left_out = _left_out(item, caller, now)
        effects = [] if left_out else _effects(item, ruling, policy, strikes, now)
        plans.append(Plan(item, effects, left_out))
    return plans


def _left_out(item: ReviewItem, caller: Caller, now: datetime) -> str:
    if item.status != ReviewStatus.OPEN:
        ruling = next(iter(item.rulings), None)
        if ruling is None:
            return "was edited and needs no decision any more"
        return f"{ruling.decided_by} has decided: {ruling.ruling}"
    claim = item.live_claim(now)
    if claim and claim.holder != caller.identity:
        return f"{claim.holder_name} holds it"
    return "" if may_take(item, caller) else "waits for an admin"


def _effects(
    item: ReviewItem,
    ruling: Ruling,
    policy: Policy,
    strikes: Counter[tuple[str, str]],
    now: datetime,
) -> list[str]:
    """Return what happens to content and author; `strikes` is counted on, item by item."""
    log, has_strike = item.log, bool(getattr(item, "has_strike", False))
    if ruling == Ruling.ESCALATE:
        return ["Waits for an admin"]
    if ruling != Ruling.REJECT:
        shown = "Stays visible" if log.is_approved else "Is shown again"
        return [shown, "its strike is taken back"] if has_strike else [shown]
    author = (log.user_id, scope_of(log.channel_id, policy))
    outlook = Outlook(log, policy, strikes[author], has_strike, now)
    if outlook.gives_strike and not has_strike:
        strikes[author] += 1
    hidden = "Is hidden" if log.is_approved else "Stays hidden"
    return [hidden, consequences_of(outlook)[0].name.lower()]
