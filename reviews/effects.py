"""What a ruling does to content and author, and how exactly that is put back.

`Decision.effects` holds: `log` (fields before the ruling), `revision`, `item` (source and
escalated before), and ids: `strikes_given`, `strikes_revoked`, `bans_issued`, `bans_lifted`.
"""

from dataclasses import dataclass, replace
from typing import Any

from moderation import chat_strikes, enforce
from moderation.models import Ban, ModerationLog, Status, Strike
from moderation.queries.authors import scope_of
from moderation.record import change_status
from reviews.cases import BanOrder, Case, Order
from reviews.models import Ruling

LOG_FIELDS = (
    "status",
    "is_approved",
    "is_violation",
    "stage",
    "moderator_type",
    "moderator_name",
)


# --- The content


def log_fields(log: ModerationLog) -> dict[str, Any]:
    return {name: getattr(log, name) for name in LOG_FIELDS}


def rule_on_content(case: Case, ruling: str) -> None:
    """Let the content stand (approve, dismiss) or take it down (reject)."""
    is_rejected = ruling == Ruling.REJECT
    change_status(
        case.log,
        status=Status.REJECTED if is_rejected else Status.APPROVED,
        is_approved=not is_rejected,
        is_violation=is_rejected,
        stage="human-review",
        moderator_type="manual",
        moderator_name=case.caller.name[:100],
        now=case.now,
    )


def put_back_content(case: Case, effects: dict[str, Any]) -> None:
    change_status(case.log, **effects["log"], now=case.now)


# --- The author


@dataclass(frozen=True)
class Sanctions:
    """The ids of the strikes of one message and of the author's bans, at one moment."""

    strikes: frozenset[str]
    bans: frozenset[str]


def sanctions_of(case: Case) -> Sanctions:
    """Return what stands against the author; the caller holds the author's lock."""
    strikes = case.log.strikes.filter(revoked_at=None)
    bans = Ban.objects.of_author(case.log.project, case.log.user_id).active(case.now)
    return Sanctions(
        strikes=frozenset(str(pk) for pk in strikes.values_list("pk", flat=True)),
        bans=frozenset(str(pk) for pk in bans.values_list("pk", flat=True)),
    )


def difference(before: Sanctions, after: Sanctions) -> dict[str, list[str]]:
    return {
        "strikes_given": sorted(after.strikes - before.strikes),
        "strikes_revoked": sorted(before.strikes - after.strikes),
        "bans_issued": sorted(after.bans - before.bans),
        "bans_lifted": sorted(before.bans - after.bans),
    }


def rule_on_author(case: Case, order: Order) -> dict[str, list[str]]:
    """Sanction the author as ordered, or clear them; return which strikes and bans changed."""
    before = sanctions_of(case)
    if order.ruling == Ruling.REJECT:
        punish(case, order)
    else:
        clear(case, f"content {order.ruling}d" if order.ruling == Ruling.APPROVE else "dismissed")
    return difference(before, sanctions_of(case))


def punish(case: Case, order: Order) -> None:
    """See that exactly one strike, or none, comes from the message; ban if so ordered."""
    if order.strike is False:
        clear(case, "the strike was taken back")
    elif order.strike or case.policy.strike_verdicts:
        policy = case.policy if order.ladder else replace(case.policy, auto_ban=False)
        enforce.give_strike(case.log, policy, **_given(case))
    if order.ban is not None:
        ban(case, order.ban, order.reason_code)


def ban(case: Case, order: BanOrder, reason_code: str) -> None:
    log = case.log
    scope = scope_of(log.channel_id, case.policy)
    enforce.ban_author(
        log.project,
        log.user_id,
        scope if order.channel_id is None else order.channel_id,
        type=order.type,
        hours=order.hours,
        reason=reason_code or ", ".join(log.reasons) or "decided by a moderator",
        log=log,
        **_given(case),
    )


def clear(case: Case, reason: str) -> None:
    """Take back the message's strike, and the bans that the remaining strikes no longer reach."""
    if enforce.revoke_strikes(case.log, by=case.caller.name, now=case.now):
        lift_unsupported_bans(case, reason)
    chat_strikes.lift_unsupported_bans(case.log, case.policy, reason=reason, **_given(case))


def lift_unsupported_bans(case: Case, reason: str) -> None:
    log = case.log
    author = (log.project, log.user_id, log.channel_id)
    enforce.lift_unsupported_bans(*author, case.policy, reason=reason, **_given(case))


def _given(case: Case) -> dict[str, Any]:
    return {
        "by": case.caller.name,
        "now": case.now,
        "cause": case.cause,
        "hold_until": case.hold_until,
    }


def put_back_author(case: Case, effects: dict[str, Any]) -> None:
    """Undo the strikes and bans of a ruling; what others changed since stays as they left it."""
    for ban in Ban.objects.filter(pk__in=effects["bans_issued"]).select_related("project"):
        enforce.lift_ban(ban, reason="the decision was taken back", **_given(case))
    if effects["strikes_given"]:
        Strike.objects.filter(pk__in=effects["strikes_given"], revoked_at=None).update(
            revoked_at=case.now, revoked_by=case.caller.name
        )
        lift_unsupported_bans(case, "the decision was taken back")
    enforce.restore_strikes(effects["strikes_revoked"])
    for ban in Ban.objects.filter(pk__in=effects["bans_lifted"]).select_related("project"):
        enforce.restore_ban(ban, now=case.now, cause=case.cause, hold_until=case.hold_until)
