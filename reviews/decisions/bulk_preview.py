"""What a bulk decision would do to each item, shown before it is made."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from moderation.accounts.callers import Caller
from moderation.engine.verdict.policy import Policy
from moderation.lib.highlight import kind_name
from moderation.models import ModerationLog, Strike
from moderation.queries.authors import scope_of
from moderation.rules.active import policy_of
from reviews.decisions.preview import Preview, consequences_of
from reviews.models import DecisionKind, ReviewItem, ReviewStatus
from reviews.queue.claims import may_take
from reviews.queue.list_rows import strikes_by_author


@dataclass(frozen=True)
class BulkPreviewRow:
    """One item and what the decision would do to it."""

    item: ReviewItem
    #: In words; empty for an item that is left out.
    effects: list[str]
    #: Why the item is left out; "" if it is not.
    left_out: str

    @property
    def log(self) -> ModerationLog:
        return self.item.log

    @property
    def author(self) -> str:
        return self.log.username or self.log.user_id


def preview_bulk(
    ids: Iterable[UUID], ruling: DecisionKind, caller: Caller, *, now: datetime
) -> list[BulkPreviewRow]:
    """Return what the decision would do to the project's items, most urgent first."""
    has_strike = Strike.objects.filter(log=OuterRef("log"), revoked_at=None)
    query = ReviewItem.objects.filter(project=caller.project, pk__in=list(ids)).with_details()
    items = list(query.annotate(has_strike=Exists(has_strike)).order_by("-priority", "-id"))
    policy = policy_of(caller.project)
    strikes = strikes_by_author(caller.project, items, now)
    rows = []
    for item in items:
        left_out = _reason_left_out(item, caller, now)
        effects = [] if left_out else _effects(item, ruling, policy, strikes, now)
        rows.append(BulkPreviewRow(item, effects, left_out))
    return rows


def _reason_left_out(item: ReviewItem, caller: Caller, now: datetime) -> str:
    if item.status != ReviewStatus.OPEN:
        decision = next(iter(item.final_decisions), None)
        if decision is None:
            return _("was edited and no longer needs a decision")
        return _("{name} has decided: {decision}").format(
            name=decision.decided_by, decision=kind_name(decision.ruling)
        )
    claim = item.live_claim(now)
    if claim and claim.holder != caller.identity:
        return _("{name} holds it").format(name=claim.holder_name)
    return "" if may_take(item, caller) else _("waits for an admin")


def _effects(
    item: ReviewItem,
    ruling: DecisionKind,
    policy: Policy,
    strikes: Counter[tuple[str, str]],
    now: datetime,
) -> list[str]:
    """Return the effects on content and author; adds the strike it would give to `strikes`."""
    log, has_strike = item.log, bool(getattr(item, "has_strike", False))
    if ruling == DecisionKind.ESCALATE:
        return [_("Waits for an admin")]
    if ruling != DecisionKind.REJECT:
        shown = _("Stays visible") if log.is_approved else _("Is shown again")
        return [shown, _("its strike is taken back")] if has_strike else [shown]
    author = (log.user_id, scope_of(log.channel_id, policy))
    preview = Preview(log, policy, strikes[author], has_strike, now)
    if preview.gives_strike and not has_strike:
        strikes[author] += 1
    hidden = _("Is hidden") if log.is_approved else _("Stays hidden")
    return [hidden, consequences_of(preview)[0].name.lower()]
