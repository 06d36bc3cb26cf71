"""The engine's answer about one text: what to do, how bad, why, and who said so."""

from dataclasses import dataclass
from enum import StrEnum


class VerdictKind(StrEnum):
    ALLOW = "allow"
    WARN = "warn"
    FLAG = "flag"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        return KIND_ORDER.index(self)


KIND_ORDER = (VerdictKind.ALLOW, VerdictKind.WARN, VerdictKind.FLAG, VerdictKind.BLOCK)


class Severity(StrEnum):
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return SEVERITY_ORDER.index(self)


SEVERITY_ORDER = (Severity.NONE, Severity.LOW, Severity.MEDIUM, Severity.HIGH)


class Stage(StrEnum):
    PRE_CHECK = "pre-check"
    RULES = "rules"
    MODEL = "model"
    HUMAN_REVIEW = "human-review"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: VerdictKind
    severity: Severity
    score: float
    #: The strongest category first; then rules, then what the author's history adds.
    reasons: tuple[str, ...]
    stage: Stage
    #: rule, ai, manual or system.
    moderator_type: str
    moderator_name: str
    rule_name: str | None = None
    #: False for a US social number: blocked, but never a strike.
    may_strike: bool = True
    #: True when a rule approved the text, which overrides all but bans.
    is_ruled_by_approve: bool = False

    @property
    def is_violation(self) -> bool:
        return self.kind is not VerdictKind.ALLOW
