"""Everything that a moderator reads about one item, in a fixed number of queries."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.engine.verdict.author_record import next_step
from moderation.engine.verdict.policy import Policy
from moderation.lib.errors import NotFound
from moderation.models import WHOLE_PROJECT, LogRevision, ModerationLog, Strike
from moderation.queries.authors import Activity, activity_of, scope_of
from moderation.rules.active import policy_at, policy_of
from reviews.casefile.history import AuthorHistory, Neighbours, author_history_of, neighbours_of
from reviews.casefile.why import Counterfactual, TraceStep, counterfactual_of, decision_trace
from reviews.decisions.preview import Consequence, Preview, consequences_of
from reviews.decisions.undo import last_decision_of, may_undo
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
from reviews.queue.reasons import Reason, reasons_for, suggested_code

#: How many of the newest decisions are searched for the same text.
PRECEDENTS_AMONG = 1000


@dataclass(frozen=True)
class Casefile:
    item: ReviewItem
    #: What the caller may do with it: `open`, `held` (by somebody else), `escalated` (to admins),
    #: `appealed` (its author gets an answer), `viewer` (reads only) or `decided`.
    access: str
    #: The author's open appeal.
    appeal: Appeal | None
    claim: Claim | None
    is_mine: bool
    history: AuthorHistory
    neighbours: Neighbours
    reports: list[Report]
    notes: list[ReviewNote]
    revisions: list[LogRevision]
    #: The policy when it was checked, and the policy now.
    policy_then: Policy
    policy: Policy
    trace: list[TraceStep]
    counterfactual: Counterfactual | None
    #: Where the author's strikes for this message count: a channel, or "" for the whole project.
    scope: str
    #: The author's active strikes there.
    strikes: list[Strike]
    activity: Activity
    #: Earlier decisions on the same text: decision → count.
    precedents: dict[str, int]
    suggested: str
    reasons: list[Reason]
    consequences: list[Consequence]
    #: The ban that waits for a moderator, in words; "" if none does.
    held_ban: str
    #: The decision in effect, and whether the caller may undo it.
    decision: Decision | None
    may_undo: bool
    #: The caller's last decision on another item, while they may undo it.
    last: Decision | None

    @property
    def strikes_elsewhere(self) -> int:
        return len(self.history.strikes) - len(self.strikes)

    @property
    def log(self) -> ModerationLog:
        return self.item.log

    @property
    def strike_step(self) -> int:
        """The number of strikes of the ladder's next ban; the author's own above it."""
        count = len(self.strikes)
        return next_step(count, self.policy) or count


def casefile_of(item_id: UUID, caller: Caller, *, now: datetime) -> Casefile:
    """Return everything about the project's item; NotFound for another project's."""
    items = ReviewItem.objects.filter(project=caller.project).with_details()
    item = items.filter(pk=item_id).first()
    if item is None:
        raise NotFound(f"there is no review {item_id} in this project")
    log = item.log
    log.project = item.project = caller.project
    policy, policy_then = policy_of(log.project), policy_at(log.project, log.policy_version)
    history, reports = author_history_of(log, now), list(item.reports.all())
    scope = scope_of(log.channel_id, policy)
    strikes = [strike for strike in history.strikes if strike.channel_id == scope]
    has_strike = any(strike.log_id == log.pk for strike in strikes)
    suggested = suggested_code(log, (report.reason for report in reports))
    claim = item.live_claim(now)
    decision = next(iter(item.final_decisions), None)
    appeal = None
    if item.source == ReviewSource.APPEAL and item.status != ReviewStatus.DECIDED:
        appeal = Appeal.objects.open().filter(log=log).first()
    is_banned = any(ban.channel_id in {scope, WHOLE_PROJECT} for ban in history.bans)
    preview = Preview(log, policy, len(strikes), has_strike, now, is_banned)
    is_open = item.status != ReviewStatus.DECIDED
    may_review = may(caller, "review")
    last = last_decision_of(caller, now) if may_review else None
    return Casefile(
        item=item,
        access=_access(item, caller, claim, appeal),
        appeal=appeal,
        claim=claim,
        is_mine=claim is not None and claim.holder == caller.identity,
        history=history,
        neighbours=neighbours_of(log),
        reports=reports,
        notes=list(item.notes.all()),
        revisions=list(log.revisions.all()) if log.revision > 1 else [],
        policy_then=policy_then,
        policy=policy,
        trace=decision_trace(log, policy_then, item.report_count),
        counterfactual=counterfactual_of(log, policy_then),
        scope=scope,
        strikes=strikes,
        activity=activity_of(log.author, policy, now),
        precedents=_precedents(item),
        suggested=suggested,
        reasons=reasons_for(suggested),
        consequences=consequences_of(preview),
        held_ban=preview.ban_name(preview.held_ban) if is_open and preview.held_ban else "",
        decision=decision,
        may_undo=decision is not None and may_review and may_undo(decision, caller, now),
        last=last if last and last.review_id != item.pk else None,
    )


def _access(item: ReviewItem, caller: Caller, claim: Claim | None, appeal: Appeal | None) -> str:
    if item.status == ReviewStatus.DECIDED:
        return "decided"
    if not may(caller, "review"):
        return "viewer"
    if item.escalated and not may(caller, "claim_escalated"):
        return "escalated"
    if appeal is not None:
        return "appealed"
    return "held" if claim and claim.holder != caller.identity else "open"


def _precedents(item: ReviewItem) -> dict[str, int]:
    """Count the decisions on the same text, by anyone, among the project's newest."""
    newest = Decision.objects.filter(project=item.project).order_by("-decided_at")
    same = Decision.objects.in_effect().filter(
        pk__in=newest.values("pk")[:PRECEDENTS_AMONG],
        review__log__content_hash=item.log.content_hash,
    )
    return dict(Counter(same.exclude(review=item).values_list("ruling", flat=True)))
