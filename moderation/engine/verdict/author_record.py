"""Apply an author's record to a verdict: whitelist, repeat offence, flood, ban ladder."""

from dataclasses import dataclass, replace
from typing import Literal

from moderation.engine.verdict.policy import Policy
from moderation.engine.verdict.verdict import Severity, Stage, Verdict, VerdictKind

RAISED_BY_HISTORY = frozenset({VerdictKind.WARN, VerdictKind.FLAG})


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """The author's record just before the current message."""

    is_banned: bool = False
    is_whitelisted: bool = False
    active_strikes: int = 0
    #: Violations in the policy's repeat-offender window.
    recent_violations: int = 0
    #: Violations in the policy's flood window.
    burst_violations: int = 0


def apply_author_record(record: AuthorRecord, verdict: Verdict, policy: Policy) -> Verdict:
    """Return the verdict with the author's record taken into account.

    A banned author's verdict does not change: the caller refuses the text and counts no violation.
    """
    if record.is_banned:
        return verdict
    if record.is_whitelisted:
        return Verdict(
            kind=VerdictKind.ALLOW,
            severity=Severity.NONE,
            score=verdict.score,
            reasons=("whitelisted_user",),
            stage=Stage.PRE_CHECK,
            moderator_type="system",
            moderator_name="Policy",
            may_strike=False,
        )
    if is_repeat_offence(record, verdict, policy):
        verdict = replace(
            verdict,
            kind=VerdictKind.BLOCK,
            severity=Severity.HIGH,
            reasons=(*verdict.reasons, "repeat_offender"),
            moderator_type="system",
            moderator_name="Policy",
        )
    if is_flood(record, verdict, policy):
        verdict = replace(verdict, reasons=(*verdict.reasons, "flood"))
    return verdict


def is_repeat_offence(record: AuthorRecord, verdict: Verdict, policy: Policy) -> bool:
    """Say whether earlier violations turn this warn or flag into a block.

    They never do for a verdict that may not strike, such as a model's alone or form alone.
    """
    is_repeated = record.recent_violations >= policy.repeat_offender.violations
    return is_repeated and verdict.may_strike and verdict.kind in RAISED_BY_HISTORY


def is_flood(record: AuthorRecord, verdict: Verdict, policy: Policy) -> bool:
    """Say whether this violation exceeds the flood limit."""
    is_over = record.burst_violations >= policy.flood.violations
    return verdict.is_violation and is_over


def next_step(active_strikes: int, policy: Policy) -> int | None:
    """Return the number of strikes of the ladder's next ban; None above its last step."""
    steps = (policy.strikes_for_temp_ban, policy.strikes_for_perm_ban)
    return next((step for step in steps if active_strikes <= step), None)


def next_ban(active_strikes_after: int, policy: Policy) -> Literal["temporary", "permanent"] | None:
    """Return the ban that this number of active strikes leads to."""
    if active_strikes_after >= policy.strikes_for_perm_ban:
        return "permanent"
    if active_strikes_after >= policy.strikes_for_temp_ban:
        return "temporary"
    return None
