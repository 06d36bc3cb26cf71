"""All that somebody reads of one item before they rule on it, in a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from moderation import queries
from moderation.engine.policy import Policy
from moderation.errors import NotFound
from moderation.identity import Caller, may
from moderation.models import LogRevision, ModerationLog, Strike
from moderation.queries.authors import scope_of
from reviews.decisions import last_decision_of, may_undo
from reviews.explain import Hinge, Step, hinge_of, trace_of
from reviews.forecast import Consequence, Outlook, consequences_of
from reviews.history import AuthorHistory, Neighbours, history_of, neighbours_of
from reviews.models import (
    Appeal,
    Claim,
    Decision,
    Report,
    ReviewItem,
    ReviewNote,
    ReviewSource,
    ReviewStatus,
)
from reviews.reasons import Reason, reasons_for, suggested_code

#: Rulings that are searched for the same text; older ones are forgotten.
PRECEDENTS_AMONG = 1000


@dataclass(frozen=True)
class Casefile:
    item: ReviewItem
    #: What the caller may do with it: `open`, `held` (by another), `escalated` (to the admins),
    #: `appealed` (its author gets an answer), `viewer` (only reads) or `decided`.
    standing: str
    #: The author's open appeal.
    appeal: Appeal | None
    claim: Claim | None
    is_mine: bool
    history: AuthorHistory
    neighbours: Neighbours
    reports: list[Report]
    notes: list[ReviewNote]
    revisions: list[LogRevision]
    #: The policy that it was judged under, and the one that would punish now.
    judged_under: Policy
    policy: Policy
    steps: list[Step]
    hinge: Hinge | None
    #: Active strikes where they count.
    strikes: list[Strike]
    activity: dict[str, Any]
    #: How often the same text was ruled so: ruling → times.
    precedents: dict[str, int]
    suggested: str
    reasons: list[Reason]
    consequences: list[Consequence]
    #: The ruling that stands, and whether the caller may take it back.
    ruling: Decision | None
    may_undo: bool
    #: The caller's last ruling on another item, while they may take it back.
    last: Decision | None

    @property
    def log(self) -> ModerationLog:
        return self.item.log


def casefile_of(item_id: UUID, caller: Caller, *, now: datetime) -> Casefile:
    """Return everything about the project's item; another project's is as absent as none."""
    item = _item(item_id, caller)
    log = item.log
    log.project = item.project = caller.project
    policy, judged_under = queries.policy_of(log.project), _judged_under(log)
    history, reports = history_of(log, now), list(item.reports.all())
    scope = scope_of(log.channel_id, policy)
    strikes = [strike for strike in history.strikes if strike.channel_id == scope]
    has_strike = any(strike.log_id == log.pk for strike in strikes)
    suggested = suggested_code(log, (report.reason for report in reports))
    claim = item.live_claim(now)
    ruling = next(iter(item.rulings), None)
    appeal = _open_appeal(item)
    last = last_decision_of(caller, now) if may(caller, "review") else None
    return Casefile(
        item=item,
        standing=_standing(item, caller, claim, appeal),
        appeal=appeal,
        claim=claim,
        is_mine=claim is not None and claim.holder == caller.identity,
        history=history,
        neighbours=neighbours_of(log),
        reports=reports,
        notes=list(item.notes.all()),
        revisions=list(log.revisions.all()) if log.revision > 1 else [],
        judged_under=judged_under,
        policy=policy,
        steps=trace_of(log, judged_under, item.report_count),
        hinge=hinge_of(log, judged_under),
        strikes=strikes,
        activity=queries.activity_of(log.project, log.user_id, log.channel_id, policy, now),
        precedents=_precedents(item),
        suggested=suggested,
        reasons=reasons_for(suggested),
        consequences=consequences_of(Outlook(log, policy, len(strikes), has_strike, now)),
        ruling=ruling,
        may_undo=_may_take_back(ruling, caller, now),
        last=last if last and last.review_id != item.pk else None,
    )


def _item(item_id: UUID, caller: Caller) -> ReviewItem:
    items = ReviewItem.objects.filter(project=caller.project).with_details()
    item = items.filter(pk=item_id).first()
    if item is None:
        raise NotFound(f"there is no review {item_id} in this project")
    return item


def _judged_under(log: ModerationLog) -> Policy:
    return queries.policy_at(log.project, log.policy_version)


def _open_appeal(item: ReviewItem) -> Appeal | None:
    if item.source != ReviewSource.APPEAL or item.status == ReviewStatus.DECIDED:
        return None
    return Appeal.objects.open().filter(log=item.log_id).first()


def _standing(item: ReviewItem, caller: Caller, claim: Claim | None, appeal: Appeal | None) -> str:
    if item.status == ReviewStatus.DECIDED:
        return "decided"
    if not may(caller, "review"):
        return "viewer"
    if item.escalated and not may(caller, "claim_escalated"):
        return "escalated"
    if appeal is not None:
        return "appealed"
    return "held" if claim and claim.holder != caller.identity else "open"


def _may_take_back(ruling: Decision | None, caller: Caller, now: datetime) -> bool:
    return ruling is not None and may(caller, "review") and may_undo(ruling, caller, now)


def _precedents(item: ReviewItem) -> dict[str, int]:
    """Count the rulings on the same text, by anybody, among the project's newest."""
    newest = Decision.objects.filter(project=item.project).order_by("-decided_at")
    same = Decision.objects.filter(
        pk__in=newest.values("pk")[:PRECEDENTS_AMONG],
        review__log__content_hash=item.log.content_hash,
        is_final=True,
        undone_at=None,
    ).exclude(review=item)
    return dict(Counter(same.values_list("ruling", flat=True)))
