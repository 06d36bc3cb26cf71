"""What a decision does to content and author, and how an undo restores both exactly."""

from dataclasses import dataclass, replace
from typing import TypedDict

from moderation.models import Ban, ModerationLog, Status, Strike
from moderation.pipeline.log import change_status
from moderation.sanctions.bans import (
    ban_author,
    ban_length,
    lift_ban,
    lift_unsupported_bans,
    restore_ban,
)
from moderation.sanctions.chat_strikes import lift_unsupported_chat_bans
from moderation.sanctions.strikes import give_strike, restore_strikes, revoke_strikes
from reviews.decisions.case import Case, DecisionRequest
from reviews.models import DecisionKind


class LogFields(TypedDict):
    """The fields of a log that a decision changes."""

    status: str
    is_approved: bool
    is_violation: bool
    stage: str
    moderator_type: str
    moderator_name: str


class ItemFields(TypedDict):
    source: str
    escalated: bool


class SanctionChanges(TypedDict):
    """The ids of the strikes and bans that a decision changed."""

    strikes_given: list[str]
    strikes_revoked: list[str]
    bans_issued: list[str]
    bans_lifted: list[str]


class EscalationEffects(TypedDict):
    """`Decision.effects` of an escalation: the item's fields before it."""

    item: ItemFields


class DecisionEffects(EscalationEffects, SanctionChanges):
    """`Decision.effects` of a final decision: `log` and `item` are the fields before it."""

    log: LogFields
    revision: int


# --- The content


def log_fields(log: ModerationLog) -> LogFields:
    return {
        "status": log.status,
        "is_approved": log.is_approved,
        "is_violation": log.is_violation,
        "stage": log.stage,
        "moderator_type": log.moderator_type,
        "moderator_name": log.moderator_name,
    }


def apply_to_content(case: Case, ruling: str) -> None:
    """Show the content (approve, dismiss) or hide it (reject)."""
    is_rejected = ruling == DecisionKind.REJECT
    change_status(
        case.log,
        case.now,
        status=Status.REJECTED if is_rejected else Status.APPROVED,
        is_approved=not is_rejected,
        is_violation=is_rejected,
        stage="human-review",
        moderator_type="manual",
        moderator_name=case.caller.name[:100],
    )


def restore_content(case: Case, effects: DecisionEffects) -> None:
    change_status(case.log, case.now, **effects["log"])


# --- The author


@dataclass(frozen=True)
class SanctionIds:
    """The ids of one message's strikes and of its author's bans, at one moment."""

    strikes: frozenset[str]
    bans: frozenset[str]


def sanctions_of(case: Case) -> SanctionIds:
    """Return the sanctions in force; the caller holds the author's lock."""
    strikes = case.log.strikes.filter(revoked_at=None)
    bans = Ban.objects.of_author(case.log.project, case.log.user_id).active(case.now)
    return SanctionIds(
        strikes=frozenset(str(pk) for pk in strikes.values_list("pk", flat=True)),
        bans=frozenset(str(pk) for pk in bans.values_list("pk", flat=True)),
    )


def apply_to_author(case: Case, request: DecisionRequest) -> SanctionChanges:
    """Sanction the author as requested, or clear them; return which strikes and bans changed."""
    before = sanctions_of(case)
    if request.ruling == DecisionKind.REJECT:
        punish(case, request)
    elif request.ruling == DecisionKind.APPROVE:
        clear(case, "content approved")
    else:
        clear(case, "dismissed")
    after = sanctions_of(case)
    return {
        "strikes_given": sorted(after.strikes - before.strikes),
        "strikes_revoked": sorted(before.strikes - after.strikes),
        "bans_issued": sorted(after.bans - before.bans),
        "bans_lifted": sorted(before.bans - after.bans),
    }


def punish(case: Case, request: DecisionRequest) -> None:
    """Make sure that the message brings exactly one strike, or none; ban if requested."""
    log = case.log
    if request.strike is False:
        clear(case, "the strike was revoked")
    elif request.strike or case.policy.strike_verdicts:
        policy = case.policy if request.ladder else replace(case.policy, auto_ban=False)
        give_strike(log, policy, case.cause, now=case.now)
    if (ban := request.ban) is not None:
        author = log.author.in_scope(case.policy)
        if ban.channel_id is not None:
            author = replace(author, channel_id=ban.channel_id)
        reason = request.reason_code or ", ".join(log.reasons) or "decided by a moderator"
        ban_author(
            author,
            case.cause.because(reason),
            length=ban_length(ban.type, ban.hours, ban.minutes),
            now=case.now,
            log=log,
        )


def clear(case: Case, reason: str) -> None:
    """Revoke the message's strike and lift the bans that the remaining strikes do not support."""
    cause = case.cause.because(reason)
    if revoke_strikes(case.log, by=cause.by, now=case.now):
        lift_unsupported_bans(case.log.author, case.policy, cause, now=case.now)
    lift_unsupported_chat_bans(case.log, case.policy, cause, now=case.now)


def restore_author(case: Case, effects: DecisionEffects) -> None:
    """Undo a decision's strikes and bans; leave alone what others have changed since."""
    cause = case.cause.because("the decision was undone")
    for ban in Ban.objects.filter(pk__in=effects["bans_issued"]).select_related("project"):
        lift_ban(ban, cause, now=case.now)
    if effects["strikes_given"]:
        given = Strike.objects.filter(pk__in=effects["strikes_given"], revoked_at=None)
        given.update(revoked_at=case.now, revoked_by=cause.by)
        lift_unsupported_bans(case.log.author, case.policy, cause, now=case.now)
    restore_strikes(effects["strikes_revoked"])
    for ban in Ban.objects.filter(pk__in=effects["bans_lifted"]).select_related("project"):
        restore_ban(ban, cause, now=case.now)
