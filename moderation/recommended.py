"""What older clients are told to do with a message: their action, categories and kinds of data.

The one mapping of CONTRACT section 4, for every door, bot and worker that speaks these words.
"""

from collections.abc import Iterable, Mapping

from moderation.engine.matches import Category, PiiType
from moderation.engine.verdict import Severity, VerdictKind
from moderation.models import ModerationLog

WARNING, KICK, BAN = "WARNING", "KICK", "BAN"
#: Of a blocked message with high severity, these bring a ban instead of a kick.
BANNING = frozenset({Category.HATE_SPEECH, Category.THREAT})
PII_TYPES: Mapping[str, str] = {
    PiiType.EMAIL: "EMAIL",
    PiiType.PHONE: "TELEPHONENUM",
    PiiType.CREDIT_CARD: "CREDITCARDNUMBER",
    PiiType.US_SSN: "SOCIALNUM",
    PiiType.IBAN: "IBAN",
    PiiType.IP_ADDRESS: "IPADDRESS",
}
#: The worst first: the first of a message's reasons that stands here names it.
CONTENT_CATEGORIES: Mapping[str, str] = {
    Category.SEXUAL: "S",
    Category.SELF_HARM: "SH",
    Category.HATE_SPEECH: "H",
    Category.THREAT: "V",
    Category.HARASSMENT: "HR",
    Category.INSULT: "HR",
    Category.PROFANITY: "HR",
}
SEVERE = {"H": "H2", "V": "V2"}
CLEAN = "OK"


def recommended_action(log: ModerationLog) -> str | None:
    """Return WARNING, KICK or BAN; None where nothing needs to be done."""
    if log.action == "user_banned":
        return BAN
    if log.verdict == VerdictKind.BLOCK:
        is_worst = log.severity == Severity.HIGH and BANNING.intersection(log.reasons)
        return BAN if is_worst else KICK
    return None if log.verdict == VerdictKind.ALLOW else WARNING


def reason_in_words(log: ModerationLog) -> str | None:
    """Return why, for a person to read; None for an allowed message."""
    if log.action == "user_banned":
        return "User is banned"
    if log.verdict == VerdictKind.ALLOW:
        return None
    if log.reasons == [Category.PERSONAL_INFO]:
        return f"Personal information detected: {pii_type(log)}"
    return f"Inappropriate content: {', '.join(log.reasons)}"


def pii_type(log: ModerationLog) -> str | None:
    """Return the kind of the first personal data in the message."""
    return PII_TYPES[log.pii[0]["type"]] if log.pii else None


def content_category(reasons: Iterable[str], severity: str) -> str:
    """Return OK, S, H, V, HR, SH, H2 or V2; nothing here finds S3, which is about minors."""
    found = set(reasons)
    code = next((CONTENT_CATEGORIES[name] for name in CONTENT_CATEGORIES if name in found), CLEAN)
    return SEVERE.get(code, code) if severity == Severity.HIGH else code
