"""What the author's history makes of a verdict: whitelist, repeat offence, flood, ban ladder."""

from dataclasses import dataclass, replace
from typing import Literal

from moderation.engine.policy import Policy
from moderation.engine.verdict import Severity, Stage, Verdict, VerdictKind

RAISED_BY_HISTORY = frozenset({VerdictKind.WARN, VerdictKind.FLAG})


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an author just before the message at hand."""

    is_banned: bool = False
    is_whitelisted: bool = False
    active_strikes: int = 0
    #: Violations in the policy's repeat-offender window.
    recent_violations: int = 0
    #: Violations in the policy's flood window.
    burst_violations: int = 0


def in_light_of(standing: Standing, verdict: Verdict, policy: Policy) -> Verdict:
    """Return the verdict as the author's history changes it.

    A banned author's text stays as judged: the caller refuses it without counting a violation.
    """
    if standing.is_banned:
        return verdict
    if standing.is_whitelisted:
        return _whitelisted(verdict)
    if is_repeat_offence(standing, verdict, policy):
        verdict = _blocked_for_repetition(verdict)
    if is_flood(standing, verdict, policy):
        verdict = replace(verdict, reasons=(*verdict.reasons, "flood"))
    return verdict


def _whitelisted(verdict: Verdict) -> Verdict:
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


def is_repeat_offence(standing: Standing, verdict: Verdict, policy: Policy) -> bool:
    """Say whether earlier violations turn this warn or flag into a block."""
    is_repeated = standing.recent_violations >= policy.repeat_offender.violations
    return is_repeated and verdict.kind in RAISED_BY_HISTORY


def _blocked_for_repetition(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        kind=VerdictKind.BLOCK,
        severity=Severity.HIGH,
        reasons=(*verdict.reasons, "repeat_offender"),
        moderator_type="system",
        moderator_name="Policy",
    )


def is_flood(standing: Standing, verdict: Verdict, policy: Policy) -> bool:
    """Say whether this violation is one more than the flood window allows."""
    is_over = standing.burst_violations >= policy.flood.violations
    return verdict.is_violation and is_over


def next_ban(active_strikes_after: int, policy: Policy) -> Literal["temporary", "permanent"] | None:
    """Return the ban that so many active strikes lead to."""
    if active_strikes_after >= policy.strikes_for_perm_ban:
        return "permanent"
    if active_strikes_after >= policy.strikes_for_temp_ban:
        return "temporary"
    return None
