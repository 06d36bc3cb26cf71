"""Statements of reasons: what restricts an author, why, who decided, and what they can do.

The fields are those of article 17 of Regulation (EU) 2022/2065 (Digital Services Act), under the
names and with the values of the Commission's DSA Transparency Database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moderation.enforce import SYSTEM
from moderation.models import Ban, BanType, ModerationLog, Strike
from moderation.redress import APPEAL_PERIOD, Subject, SubjectKind, token_for
from reviews.deciders import standing_rejections
from reviews.models import Decision
from reviews.public_words import WORDS, known_language, reason_words

#: Reason → category and keywords of the database's second version.
CATEGORIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "insult": ("CYBER_VIOLENCE", ("CYBER_BULLYING_INTIMIDATION",)),
    "harassment": ("CYBER_VIOLENCE", ("CYBER_HARASSMENT",)),
    "hate_speech": ("ILLEGAL_OR_HARMFUL_SPEECH", ("HATE_SPEECH",)),
    "threat": ("VIOLENCE", ("OTHER",)),
    "sexual": ("OTHER_VIOLATION_TC", ("NUDITY",)),
    "self_harm": ("SELF_HARM", ("OTHER",)),
    "personal_info": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", ("OTHER",)),
}
ANY_CATEGORY = ("OTHER_VIOLATION_TC", ("OTHER",))
#: A ban takes away writing, in a channel or everywhere; accounts belong to the app.
PROVISIONS = {
    (BanType.TEMPORARY, True): "PARTIAL_SUSPENSION",
    (BanType.TEMPORARY, False): "TOTAL_SUSPENSION",
    (BanType.PERMANENT, True): "PARTIAL_TERMINATION",
    (BanType.PERMANENT, False): "TOTAL_TERMINATION",
}
LONGEST_FACTS, LONGEST_EXPLANATION, LONGEST_GROUND = 5000, 2000, 500
#: ISO 639-1, as the database wants it.
ISO_LANGUAGES = {"ur-Latn": "ur"}


@dataclass(frozen=True)
class Statement:
    """A restriction as it stands, with what it rests on."""

    subject: Subject
    #: The content that was ruled on; None for a ban that a person gave on their own account.
    log: ModerationLog | None
    #: The ban that is stated, or that came of the content.
    ban: Ban | None
    strike: Strike | None
    #: A person's ruling; None where the engine alone decided.
    decision: Decision | None
    reports: int
    is_hidden: bool
    #: Whether anything of it still holds.
    is_in_force: bool
    #: False where nothing restricts the author, and nothing is known that did.
    ever_held: bool
    informed_at: datetime
    language: str

    @property
    def deadline(self) -> datetime:
        return self.informed_at + APPEAL_PERIOD

    @property
    def token(self) -> str:
        return token_for(self.subject, self.informed_at)

    @property
    def reasons(self) -> list[str]:
        chosen = self.decision.reason_code if self.decision else ""
        if chosen:
            return [chosen]
        return list(self.log.reasons) if self.log else ["other"]

    @property
    def is_by_person(self) -> bool:
        if self.log is None or self.subject.kind == SubjectKind.BAN:
            return self.ban is not None and self.ban.issued_by != SYSTEM
        return self.decision is not None

    @property
    def is_found_by_machine(self) -> bool:
        return self.log is not None and self.log.verdict != "allow"


def statement_of(subject: ModerationLog | Ban, now: datetime, language: str = "") -> Statement:
    """Return the statement of what restricts an author.

    language: of its texts; the content's own if it is one of ours, where nothing is asked for.
    """
    if isinstance(subject, Ban):
        return _of_ban(subject, now, language)
    return _of_content(subject, now, language)


def _of_content(log: ModerationLog, now: datetime, language: str) -> Statement:
    strike, ban = log.strikes.order_by("-given_at").first(), log.bans.first()
    rulings = list(standing_rejections(log).filter(appeal=None))
    sanctions = [
        strike is not None and log.strikes.active(now).exists(),
        ban is not None and log.bans.active(now).exists(),
    ]
    return Statement(
        subject=Subject(SubjectKind.CONTENT, log.pk),
        log=log,
        ban=ban,
        strike=strike,
        decision=next(iter(rulings), None),
        reports=log.reports.count(),
        is_hidden=not log.is_approved,
        is_in_force=not log.is_approved or any(sanctions),
        ever_held=bool(strike or ban or rulings) or not log.is_approved or log.appeals.exists(),
        informed_at=max([log.judged_at, *(one.decided_at for one in rulings)]),
        language=known_language(language, log.language),
    )


def _of_ban(ban: Ban, now: datetime, language: str) -> Statement:
    log = ban.log
    return Statement(
        subject=Subject(SubjectKind.BAN, ban.pk),
        log=log,
        ban=ban,
        strike=None,
        decision=standing_rejections(log).filter(appeal=None).first() if log else None,
        reports=log.reports.count() if log else 0,
        is_hidden=False,
        ever_held=True,
        is_in_force=ban.lifted_at is None and (ban.expires_at is None or ban.expires_at > now),
        informed_at=ban.issued_at,
        language=known_language(language, log.language if log else ""),
    )


# --- In words


def day(moment: datetime, language: str) -> str:
    """Return a day as the language writes it, in UTC."""
    moment = moment.astimezone(UTC)
    month = WORDS[language][f"month:{moment.month}"]
    of = " de " if language == "es" else " "
    return f"{moment.day}{of}{month}{of}{moment.year}, {moment:%H:%M} UTC"


def measures_in_words(statement: Statement) -> list[str]:
    """Return what was done, a sentence each."""
    words, language = WORDS[statement.language], statement.language
    told = [words["not_shown"]] if statement.is_hidden else []
    if statement.strike and not statement.strike.revoked_at:
        told.append(words["strike"].format(day=day(statement.strike.expires_at, language)))
    if ban := statement.ban:
        place = "channel" if ban.channel_id else "project"
        kind = "temp_ban" if ban.expires_at else "perm_ban"
        until = day(ban.expires_at, language) if ban.expires_at else ""
        told.append(words[f"{kind}_{place}"].format(channel=ban.channel_id, day=until))
    return told if statement.is_in_force else [*told, words["ended"]]


def ground_in_words(statement: Statement) -> str:
    named = [reason_words(reason, statement.language) for reason in statement.reasons]
    return WORDS[statement.language]["rules"].format(reasons=", ".join(named))[:LONGEST_GROUND]


def facts_in_words(statement: Statement) -> list[str]:
    words, log, ban = WORDS[statement.language], statement.log, statement.ban
    told = []
    if log and log.detected_words:
        told.append(words["found_words"].format(words=", ".join(log.detected_words)))
    elif log and log.reasons:
        named = ", ".join(reason_words(reason, statement.language) for reason in log.reasons)
        told.append(words["found_kind"].format(reasons=named))
    if log:
        reported = words["reported"].format(count=statement.reports)
        told.append(reported if statement.reports else words["own_initiative"])
    if ban and statement.subject.kind == SubjectKind.BAN:
        key = "strikes_reached" if ban.issued_by == SYSTEM else "ban_reason"
        told.append(words[key].format(reason=ban.reason))
    return told


def redress_in_words(statement: Statement) -> list[str]:
    words, last = WORDS[statement.language], day(statement.deadline, statement.language)
    return [words["may_appeal"].format(day=last), words["redress"]]


def decider_in_words(statement: Statement) -> str:
    words = WORDS[statement.language]
    at = decided_at(statement)
    key = "person" if statement.is_by_person else "machine"
    return words[key].format(day=day(at, statement.language))


def decided_at(statement: Statement) -> datetime:
    if statement.subject.kind == SubjectKind.BAN and statement.ban:
        return statement.ban.issued_at
    if statement.decision:
        return statement.decision.decided_at
    return statement.informed_at


# --- As the database's fields


def fields_of(statement: Statement) -> dict[str, Any]:
    """Return the statement under the names of the Transparency Database."""
    ban, log = statement.ban, statement.log
    ground = ground_in_words(statement)
    facts = " ".join([*measures_in_words(statement), *facts_in_words(statement)])
    explanation = " ".join([ground + ".", *facts_in_words(statement)])
    category, keywords = _category(statement.reasons)
    return {
        "decision_visibility": (
            ["DECISION_VISIBILITY_CONTENT_DISABLED"] if statement.is_hidden else []
        ),
        "end_date_visibility_restriction": None,
        "decision_monetary": None,
        "end_date_monetary_restriction": None,
        "decision_provision": _provision(ban) if ban else None,
        "end_date_service_restriction": ban.expires_at if ban else None,
        "decision_account": None,
        "end_date_account_restriction": None,
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "decision_ground_reference_url": None,
        "illegal_content_legal_ground": None,
        "illegal_content_explanation": None,
        "incompatible_content_ground": ground,
        "incompatible_content_explanation": explanation[:LONGEST_EXPLANATION],
        "incompatible_content_illegal": "No",
        "category": f"STATEMENT_CATEGORY_{category}",
        "category_specification": [f"KEYWORD_{keyword}" for keyword in keywords],
        "content_type": ["CONTENT_TYPE_TEXT"] if log else [],
        "content_language": ISO_LANGUAGES.get(log.language, log.language) if log else None,
        "content_date": log.created_at if log else None,
        "application_date": decided_at(statement),
        # Empty: it holds wherever the service is used.
        "territorial_scope": [],
        "decision_facts": facts[:LONGEST_FACTS],
        "source_type": (
            "SOURCE_TYPE_OTHER_NOTIFICATION" if statement.reports else "SOURCE_VOLUNTARY"
        ),
        "source_identity": None,
        "automated_detection": "Yes" if statement.is_found_by_machine else "No",
        "automated_decision": f"AUTOMATED_DECISION_{_automation(statement)}",
    }


def _provision(ban: Ban) -> str:
    kind = PROVISIONS[BanType(ban.type), bool(ban.channel_id)]
    return f"DECISION_PROVISION_{kind}"


def _category(reasons: list[str]) -> tuple[str, tuple[str, ...]]:
    return next((CATEGORIES[reason] for reason in reasons if reason in CATEGORIES), ANY_CATEGORY)


def _automation(statement: Statement) -> str:
    if not statement.is_by_person:
        return "FULLY"
    return "PARTIALLY" if statement.is_found_by_machine else "NOT_AUTOMATED"
