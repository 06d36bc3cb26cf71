"""Turn a classification into a verdict by the project's policy: docs/verdicts.md, "Order"."""

from dataclasses import replace

from moderation.engine.detectors.spam import FORM
from moderation.engine.matches import (
    NOT_TOXIC,
    Category,
    Classification,
    PiiType,
    RuleHit,
    Source,
)
from moderation.engine.verdict.policy import Policy, Thresholds
from moderation.engine.verdict.policy_fields import MODEL_MAY
from moderation.engine.verdict.scoring import total_of
from moderation.engine.verdict.verdict import (
    KIND_ORDER,
    SEVERITY_ORDER,
    Severity,
    Stage,
    Verdict,
    VerdictKind,
)

TOLERANCE = 1e-9
#: How far under the block a score stays that may not block.
JUST_BELOW = 0.01
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
APPROVE = "approve"
#: The model's name in `degraded`: docs/verdicts.md.
MODEL_PART = "model"


def decide(classification: Classification, policy: Policy) -> Verdict:
    """Return the verdict on the text alone; `author_record` then adds the author's record."""
    hits = _applied_hits(classification.rule_hits)
    if hits and hits[-1].action == APPROVE:
        return Verdict(
            kind=VerdictKind.ALLOW,
            severity=Severity.NONE,
            score=0.0,
            reasons=(f"rule:{hits[-1].name}",),
            stage=Stage.RULES,
            moderator_type="rule",
            moderator_name=hits[-1].name,
            rule_name=hits[-1].name,
            is_ruled_by_approve=True,
        )
    if any(found.type is PiiType.US_SSN for found in classification.pii):
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
    verdict = _verdict_by_score(classification, policy)
    if classification.pii:
        verdict = _add_personal_info(verdict)
    # Without the model the rules still decide, as they do when it is switched off. If another
    # part failed and nothing else found a violation, the policy decides.
    if not verdict.is_violation and set(classification.failed) - {MODEL_PART}:
        verdict = engine_failure_verdict(policy)
    for hit in hits:
        verdict = _raise_by_rule(verdict, hit)
    return verdict


def counted_hits(rule_hits: tuple[RuleHit, ...]) -> tuple[RuleHit, ...]:
    """Return the rules that acted on a text, up to the one that ended the walk, and the shadows."""
    return (*_applied_hits(rule_hits), *(hit for hit in rule_hits if hit.shadow))


def _applied_hits(rule_hits: tuple[RuleHit, ...]) -> list[RuleHit]:
    """Walk the rules by priority without shadows; the first approve or reject ends the walk."""
    applied: list[RuleHit] = []
    for hit in sorted(rule_hits, key=lambda hit: hit.priority):
        if hit.shadow:
            continue
        applied.append(hit)
        if hit.action in (APPROVE, "reject"):
            break
    return applied


def _verdict_by_score(classification: Classification, policy: Policy) -> Verdict:
    thresholds, matches = policy.thresholds, classification.matches
    rank = _rank_of(classification.score, thresholds)
    # A model's score shows how close the text came, even where it does not count.
    score = max(classification.score, classification.model_finding.score)
    # The policy and the model both set a limit to what the model may do alone.
    may = min(policy.model_may, classification.model_finding.may, key=MODEL_MAY.index)
    by_model = [match for match in matches if match.source is Source.MODEL]
    sure = [match for match in matches if match.source is not Source.MODEL and not match.context]
    rank_when_sure = (
        rank if len(sure) == len(matches) else _rank_of(total_of(sure).score, thresholds)
    )
    # A word that accuses nobody is at most flagged, like what a model says that may not block.
    most = rank if by_model and may == "block" else max(rank_when_sure, VerdictKind.FLAG.rank)
    if rank > most:
        rank, score = most, min(score, thresholds.block - JUST_BELOW)
    # Of equally strong matches the rules' says more than the model's.
    strongest = max(
        matches, key=lambda match: (match.score, match.source is not Source.MODEL), default=None
    )
    is_model = strongest is not None and strongest.source is Source.MODEL
    name = MODERATORS[strongest.source] if strongest else "Lexicon"
    reasons: list[str] = []
    signals = {match.word for match in matches if match.source is Source.SPAM}
    if rank:
        by_score = sorted(classification.categories.items(), key=lambda item: -item[1])
        reasons = [category.value for category, _ in by_score]
        reasons += [DUPLICATE] * (DUPLICATE in signals)
    stage = Stage.MODEL if is_model else Stage.RULES
    is_form = 0 < rank <= VerdictKind.WARN.rank and all(
        match.source is Source.SPAM and match.word in FORM for match in matches
    )
    toxic = [match for match in matches if match.category not in NOT_TOXIC]
    return Verdict(
        kind=KIND_ORDER[rank],
        severity=SEVERITY_ORDER[rank],
        score=score,
        reasons=tuple(reasons),
        stage=stage if rank else Stage.APPROVED,
        moderator_type="ai" if is_model else "rule",
        moderator_name=(is_model and classification.model_finding.name) or name,
        may_strike=not is_form and (rank <= rank_when_sure or (bool(by_model) and may != "flag")),
        is_form_only=is_form,
        is_toxic=min(rank, _rank_of(total_of(toxic).score, thresholds)) >= VerdictKind.FLAG.rank,
    )


def _rank_of(score: float, thresholds: Thresholds) -> int:
    """Return the place of a score's verdict in KIND_ORDER."""
    steps = (thresholds.warn, thresholds.flag, thresholds.block)
    # A threshold of zero must not make a violation of a text without matches.
    return sum(score + TOLERANCE >= step for step in steps) if score > 0 else 0


def _add_personal_info(verdict: Verdict) -> Verdict:
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


def engine_failure_verdict(policy: Policy) -> Verdict:
    """Return the verdict on a text that no part could check: never a silent approval."""
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


def _raise_by_rule(verdict: Verdict, hit: RuleHit) -> Verdict:
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
        may_strike=True,
        is_form_only=False,
        is_toxic=kind is not VerdictKind.WARN,
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
