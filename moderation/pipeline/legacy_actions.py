"""Actions, categories and types of personal data in the words of the older services.

Every endpoint, bot and worker for older clients uses this mapping (docs/legacy.md).
"""

from collections.abc import Iterable, Mapping

from moderation.engine.matches import Category, PiiType
from moderation.engine.verdict.verdict import Severity, VerdictKind
from moderation.models import ModerationLog, Status

WARNING, KICK, BAN = "WARNING", "KICK", "BAN"
#: A blocked message of high severity in one of these brings a ban instead of a kick.
BANNING = frozenset({Category.HATE_SPEECH, Category.THREAT})
PII_TYPES: Mapping[str, str] = {
    PiiType.EMAIL: "EMAIL",
    PiiType.PHONE: "TELEPHONENUM",
    PiiType.CREDIT_CARD: "CREDITCARDNUMBER",
    PiiType.US_SSN: "SOCIALNUM",
    PiiType.IBAN: "IBAN",
    PiiType.IP_ADDRESS: "IPADDRESS",
}
#: The worst first: the first that is among a message's reasons gives its code.
CONTENT_CATEGORIES: Mapping[str, str] = {
    Category.SEXUAL: "S",
    Category.SELF_HARM: "SH",
    Category.HATE_SPEECH: "H",
    Category.THREAT: "V",
    Category.HARASSMENT: "HR",
    Category.INSULT: "HR",
    Category.PROFANITY: "HR",
}
#: Actions on whatever an author writes, in words.
REFUSED: Mapping[str, str] = {"user_banned": "User is banned", "muted": "User is muted"}
SEVERE = {"H": "H2", "V": "V2"}
CLEAN = "OK"


def recommended_action(log: ModerationLog) -> str | None:
    """Return WARNING, KICK or BAN; None if nothing needs to be done."""
    if log.action == "user_banned":
        return BAN
    if log.action == "muted":
        return WARNING
    if log.verdict == VerdictKind.BLOCK:
        is_worst = log.severity == Severity.HIGH and BANNING.intersection(log.reasons)
        return BAN if is_worst else KICK
    # A moderator may have rejected what the engine allows.
    return None if log.verdict == VerdictKind.ALLOW and log.is_approved else WARNING


def reason_in_words(log: ModerationLog) -> str | None:
    """Return the reason for people to read; None for an allowed message."""
    if log.action in REFUSED:
        return REFUSED[log.action]
    if log.verdict == VerdictKind.ALLOW:
        if log.is_approved:
            return None
        return "Awaits review" if log.status == Status.FLAGGED else "Rejected by a moderator"
    if log.reasons == [Category.PERSONAL_INFO]:
        return f"Personal information detected: {pii_type(log)}"
    return f"Inappropriate content: {', '.join(log.reasons)}"


def confidence_in_status(log: ModerationLog) -> float:
    """Return how sure the status is, 0.5-1; a person is certain."""
    if log.moderator_type == "manual":
        return 1.0
    if log.status == Status.APPROVED:
        return round(max(1 - log.score, 0.5), 6)
    return max(confidence_in_verdict(log), 0.5)


def confidence_in_verdict(log: ModerationLog) -> float:
    """Return how sure the verdict is: personal data and rules are certain, an allow is its score.

    A verdict other than allow is never below 0.5.
    """
    if log.verdict == VerdictKind.ALLOW:
        return round(log.score, 6)
    is_exact = log.rule_name is not None or bool(log.pii)
    return 1.0 if is_exact else round(max(log.score, 0.5), 6)


def pii_type(log: ModerationLog) -> str | None:
    """Return the type of the first personal data in the message."""
    return PII_TYPES[log.pii[0]["type"]] if log.pii else None


def content_category(reasons: Iterable[str], severity: str) -> str:
    """Return OK, S, H, V, HR, SH, H2 or V2; never S3 (minors), which nothing in Gavel detects."""
    names = set(reasons)
    code = next((code for name, code in CONTENT_CATEGORIES.items() if name in names), CLEAN)
    return SEVERE.get(code, code) if severity == Severity.HIGH else code
