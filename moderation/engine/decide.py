"""Turn a classification into a verdict, by the project's policy (CONTRACT section 5, Order)."""

from dataclasses import dataclass, replace

from moderation.engine.matches import Category, Classification, Match, PiiType, RuleHit, Source
from moderation.engine.policy import Policy, Thresholds
from moderation.engine.verdict import (
    KIND_ORDER,
    SEVERITY_ORDER,
    Severity,
    Stage,
    Verdict,
    VerdictKind,
)

TOLERANCE = 1e-9
MODERATORS = {
    Source.LEXICON: "Lexicon",
    Source.BLACKLIST: "Blacklist",
    Source.RULE: "Policy",
    Source.SPAM: "Spam",
    Source.PII: "PII",
    Source.MODEL: "Bundled model",
}
RULE_KINDS = {
    "approve": VerdictKind.ALLOW,
    "warn": VerdictKind.WARN,
    "flag": VerdictKind.FLAG,
    "reject": VerdictKind.BLOCK,
}
DUPLICATE = "duplicate"
#: What `degraded` calls the model (CONTRACT section 3).
MODEL_PART = "model"


def decide(classification: Classification, policy: Policy) -> Verdict:
    """Return the verdict on the text alone; its author's history comes in standing.py."""
    ruling = _ruling(classification.rule_hits)
    if ruling.approved_by:
        return _approval(ruling.approved_by)
    if any(found.type is PiiType.US_SSN for found in classification.pii):
        return _social_number_verdict(classification)
    verdict = _scored(classification, policy.thresholds)
    verdict = _with_personal_info(classification, verdict)
    verdict = _with_failure(classification, verdict, policy)
    for hit in ruling.hits:
        verdict = _raised_by_rule(verdict, hit)
    return verdict


def _social_number_verdict(classification: Classification) -> Verdict:
    return Verdict(
        kind=VerdictKind.BLOCK,
        severity=Severity.HIGH,
        score=classification.score,
        reasons=(Category.PERSONAL_INFO.value,),
        stage=Stage.PRE_CHECK,
        moderator_type="rule",
        moderator_name=MODERATORS[Source.PII],
        may_strike=False,
    )


@dataclass(frozen=True, slots=True)
class _Ruling:
    #: The rules that were walked, shadows left out.
    hits: tuple[RuleHit, ...] = ()
    approved_by: RuleHit | None = None


def _ruling(rule_hits: tuple[RuleHit, ...]) -> _Ruling:
    """Walk the rules by priority; the first approve or reject ends the walk."""
    applied: list[RuleHit] = []
    for hit in sorted(rule_hits, key=lambda hit: hit.priority):
        if hit.shadow:
            continue
        applied.append(hit)
        if hit.action == "approve":
            return _Ruling(tuple(applied), approved_by=hit)
        if hit.action == "reject":
            break
    return _Ruling(tuple(applied))


def counted_hits(rule_hits: tuple[RuleHit, ...]) -> tuple[RuleHit, ...]:
    """Return the rules that acted on a text, none after the one that ended it, and the shadows."""
    shadows = (hit for hit in rule_hits if hit.shadow)
    return (*_ruling(rule_hits).hits, *shadows)


def _approval(hit: RuleHit) -> Verdict:
    return Verdict(
        kind=VerdictKind.ALLOW,
        severity=Severity.NONE,
        score=0.0,
        reasons=(f"rule:{hit.name}",),
        stage=Stage.RULES,
        moderator_type="rule",
        moderator_name=hit.name,
        rule_name=hit.name,
        is_ruled_by_approve=True,
    )


def _scored(classification: Classification, thresholds: Thresholds) -> Verdict:
    rank = _rank_of(classification.score, thresholds)
    strongest = _strongest(classification)
    is_model = strongest is not None and strongest.source is Source.MODEL
    name = MODERATORS[strongest.source] if strongest else "Lexicon"
    if is_model:
        name = classification.opinion.name or name
    return Verdict(
        kind=KIND_ORDER[rank],
        severity=SEVERITY_ORDER[rank],
        # A model that counts for nothing here still tells how near the text came.
        score=max(classification.score, classification.opinion.score),
        reasons=_score_reasons(classification) if rank else (),
        stage=_stage_of(rank, is_model=is_model),
        moderator_type="ai" if is_model else "rule",
        moderator_name=name,
    )


def _rank_of(score: float, thresholds: Thresholds) -> int:
    steps = (thresholds.warn, thresholds.flag, thresholds.block)
    # A threshold of zero must not make a violation of a text in which nothing was found.
    return sum(score + TOLERANCE >= step for step in steps) if score > 0 else 0


def _stage_of(rank: int, *, is_model: bool) -> Stage:
    if not rank:
        return Stage.APPROVED
    return Stage.MODEL if is_model else Stage.RULES


def _strongest(classification: Classification) -> Match | None:
    """Return the strongest match; of equals what the rules found, which says more."""
    return max(
        classification.matches,
        key=lambda match: (match.score, match.source is not Source.MODEL),
        default=None,
    )


def _score_reasons(classification: Classification) -> tuple[str, ...]:
    strongest_first = sorted(classification.categories.items(), key=lambda item: -item[1])
    words = {match.word for match in classification.matches if match.source is Source.SPAM}
    extra = (DUPLICATE,) if DUPLICATE in words else ()
    return (*(category.value for category, _ in strongest_first), *extra)


def _with_personal_info(classification: Classification, verdict: Verdict) -> Verdict:
    if not classification.pii:
        return verdict
    verdict = replace(verdict, reasons=(*verdict.reasons, Category.PERSONAL_INFO.value))
    if verdict.kind.rank >= VerdictKind.FLAG.rank:
        return verdict
    return replace(
        verdict,
        kind=VerdictKind.FLAG,
        severity=Severity.MEDIUM,
        stage=Stage.PRE_CHECK,
        moderator_type="rule",
        moderator_name=MODERATORS[Source.PII],
    )


def _with_failure(classification: Classification, verdict: Verdict, policy: Policy) -> Verdict:
    """What remains of a broken engine judges; what nothing judged follows the policy.

    Without the model the rules still judge, as they do where it is switched off.
    """
    if verdict.is_violation or not set(classification.failed) - {MODEL_PART}:
        return verdict
    return engine_failure_verdict(policy)


def engine_failure_verdict(policy: Policy) -> Verdict:
    """Return the verdict on a text that nothing could judge: never a silent approval."""
    kind = VerdictKind(policy.on_engine_failure)
    return Verdict(
        kind=kind,
        severity=SEVERITY_ORDER[kind.rank],
        score=0.0,
        reasons=("engine_failure",),
        stage=Stage.PRE_CHECK,
        moderator_type="system",
        moderator_name="Policy",
        may_strike=False,
    )


def _raised_by_rule(verdict: Verdict, hit: RuleHit) -> Verdict:
    verdict = replace(verdict, reasons=(*verdict.reasons, f"rule:{hit.name}"))
    kind = RULE_KINDS[hit.action]
    if kind.rank <= verdict.kind.rank:
        return verdict
    return replace(
        verdict,
        kind=kind,
        severity=SEVERITY_ORDER[max(kind.rank, verdict.severity.rank)],
        stage=Stage.RULES,
        moderator_type="rule",
        moderator_name=hit.name,
        rule_name=hit.name,
    )


__all__ = [
    "Severity",
    "Stage",
    "Verdict",
    "VerdictKind",
    "counted_hits",
    "decide",
    "engine_failure_verdict",
]
