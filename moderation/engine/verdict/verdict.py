"""The engine's answer about one text: the action, its severity, the reasons and the source."""

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
    #: The strongest category first, then rules, then the author's record.
    reasons: tuple[str, ...]
    stage: Stage
    #: rule, ai, manual or system.
    moderator_type: str
    moderator_name: str
    rule_name: str | None = None
    #: False for a US social security number, which blocks without a strike, for form alone, for
    #: words that accuse nobody, and for what a model says alone unless the policy lets it strike.
    may_strike: bool = True
    #: True for a warning about nothing but capitals, stretched letters or repeated words.
    is_form_only: bool = False
    #: True if the text is flagged or blocked for something other than spam and personal data.
    is_toxic: bool = False
    #: True if a rule approved the text, which overrides everything but a ban.
    is_ruled_by_approve: bool = False

    @property
    def is_violation(self) -> bool:
        """Say whether the verdict counts for repeat offence and flood: form alone does not."""
        return self.kind is not VerdictKind.ALLOW and not self.is_form_only
