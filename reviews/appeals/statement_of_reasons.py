"""Statements of reasons: what restricts an author, why, who decided, and how to appeal.

They have the fields of article 17 of Regulation (EU) 2022/2065 (Digital Services Act), with the
names and values of the Commission's DSA Transparency Database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

from moderation.events.event import iso
from moderation.lib.signed_links import APPEAL_PERIOD, Subject, SubjectKind, token_for
from moderation.models import Ban, BanType, ModerationLog, Strike
from moderation.sanctions.bans import SYSTEM
from reviews.appeals.author_texts import WORDS, known_language, reason_words
from reviews.appeals.second_reviewer import rejections_in_effect
from reviews.models import Decision

#: Reason → category and keywords of the database's version 2.
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
#: (Type, whether it covers one channel) → restriction of the service. A ban forbids writing;
#: accounts belong to the app.
PROVISIONS = {
    (BanType.MUTE, True): "PARTIAL_SUSPENSION",
    (BanType.MUTE, False): "TOTAL_SUSPENSION",
    (BanType.TEMPORARY, True): "PARTIAL_SUSPENSION",
    (BanType.TEMPORARY, False): "TOTAL_SUSPENSION",
    (BanType.PERMANENT, True): "PARTIAL_TERMINATION",
    (BanType.PERMANENT, False): "TOTAL_TERMINATION",
}
LONGEST_FACTS, LONGEST_EXPLANATION, LONGEST_GROUND = 5000, 2000, 500
#: The database takes ISO 639-1.
ISO_LANGUAGES = {"ur-Latn": "ur"}


@dataclass(frozen=True)
class Statement:
    """A restriction in its present state, with its grounds."""

    subject: Subject
    #: The content in question; None for a ban that a moderator gave without one.
    log: ModerationLog | None
    #: The ban in question, or the one that followed from the content.
    ban: Ban | None
    strike: Strike | None
    #: A moderator's decision; None if the engine alone decided.
    decision: Decision | None
    reports: int
    is_hidden: bool
    #: Whether any part of it is still in force.
    is_in_force: bool
    #: False if nothing restricts the author and nothing on record ever did.
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
    """Return the statement about what restricts an author.

    language: of its texts; "" means the content's own if author_texts has it, else English.
    """
    if isinstance(subject, Ban):
        ban, log = subject, subject.log
        return Statement(
            subject=Subject(SubjectKind.BAN, ban.pk),
            log=log,
            ban=ban,
            strike=None,
            decision=rejections_in_effect(log).filter(appeal=None).first() if log else None,
            reports=log.reports.count() if log else 0,
            is_hidden=False,
            ever_held=True,
            is_in_force=ban.is_active_at(now),
            informed_at=ban.issued_at,
            language=known_language(language, log.language if log else ""),
        )
    log, strike = subject, subject.strikes.order_by("-given_at").first()
    content_ban = log.bans.first()
    rejections = list(rejections_in_effect(log).filter(appeal=None))
    is_hidden = not log.is_approved
    return Statement(
        subject=Subject(SubjectKind.CONTENT, log.pk),
        log=log,
        ban=content_ban,
        strike=strike,
        decision=next(iter(rejections), None),
        reports=log.reports.count(),
        is_hidden=is_hidden,
        is_in_force=is_hidden or log.strikes.active(now).exists() or log.bans.active(now).exists(),
        ever_held=bool(strike or content_ban or rejections) or is_hidden or log.appeals.exists(),
        informed_at=max([log.judged_at, *(one.decided_at for one in rejections)]),
        language=known_language(language, log.language),
    )


# --- In words


def day(moment: datetime, language: str) -> str:
    """Return a day and time in UTC, as the language writes it."""
    moment = moment.astimezone(UTC)
    month = WORDS[language][f"month:{moment.month}"]
    of = " de " if language == "es" else " "
    return f"{moment.day}{of}{month}{of}{moment.year}, {moment:%H:%M} UTC"


def measures_in_words(statement: Statement) -> list[str]:
    """Return the measures taken, one sentence each."""
    words, language = WORDS[statement.language], statement.language
    sentences = [words["not_shown"]] if statement.is_hidden else []
    if statement.strike and not statement.strike.revoked_at:
        sentences.append(words["strike"].format(day=day(statement.strike.expires_at, language)))
    if ban := statement.ban:
        place = "channel" if ban.channel_id else "project"
        kind = "temp_ban" if ban.expires_at else "perm_ban"
        until = day(ban.expires_at, language) if ban.expires_at else ""
        sentences.append(words[f"{kind}_{place}"].format(channel=ban.channel_id, day=until))
    return sentences if statement.is_in_force else [*sentences, words["ended"]]


def ground_in_words(statement: Statement) -> str:
    named = [reason_words(reason, statement.language) for reason in statement.reasons]
    return WORDS[statement.language]["rules"].format(reasons=", ".join(named))[:LONGEST_GROUND]


def facts_in_words(statement: Statement) -> list[str]:
    words, log, ban = WORDS[statement.language], statement.log, statement.ban
    sentences = []
    if log and log.detected_words:
        sentences.append(words["found_words"].format(words=", ".join(log.detected_words)))
    elif log and log.reasons:
        named = ", ".join(reason_words(reason, statement.language) for reason in log.reasons)
        sentences.append(words["found_kind"].format(reasons=named))
    if log:
        reported = words["reported"].format(count=statement.reports)
        sentences.append(reported if statement.reports else words["own_initiative"])
    if ban and statement.subject.kind == SubjectKind.BAN:
        key = "strikes_reached" if ban.issued_by == SYSTEM else "ban_reason"
        sentences.append(words[key].format(reason=ban.reason))
    return sentences


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


class DatabaseFields(TypedDict):
    """The fields of the DSA Transparency Database; moments are ISO 8601 in UTC."""

    decision_visibility: list[str]
    end_date_visibility_restriction: str | None
    decision_monetary: str | None
    end_date_monetary_restriction: str | None
    decision_provision: str | None
    end_date_service_restriction: str | None
    decision_account: str | None
    end_date_account_restriction: str | None
    decision_ground: str
    decision_ground_reference_url: str | None
    illegal_content_legal_ground: str | None
    illegal_content_explanation: str | None
    incompatible_content_ground: str
    incompatible_content_explanation: str
    incompatible_content_illegal: str
    category: str
    category_specification: list[str]
    content_type: list[str]
    content_language: str | None
    content_date: str | None
    application_date: str
    territorial_scope: list[str]
    decision_facts: str
    source_type: str
    source_identity: str | None
    automated_detection: str
    automated_decision: str


def database_fields(statement: Statement) -> DatabaseFields:
    """Return the statement under the names of the Transparency Database."""
    ban, log = statement.ban, statement.log
    ground, facts = ground_in_words(statement), facts_in_words(statement)
    category, keywords = next(
        (CATEGORIES[reason] for reason in statement.reasons if reason in CATEGORIES), ANY_CATEGORY
    )
    automation = "FULLY"
    if statement.is_by_person:
        automation = "PARTIALLY" if statement.is_found_by_machine else "NOT_AUTOMATED"
    provision = PROVISIONS[BanType(ban.type), bool(ban.channel_id)] if ban else None
    return {
        "decision_visibility": (
            ["DECISION_VISIBILITY_CONTENT_DISABLED"] if statement.is_hidden else []
        ),
        "end_date_visibility_restriction": None,
        "decision_monetary": None,
        "end_date_monetary_restriction": None,
        "decision_provision": f"DECISION_PROVISION_{provision}" if provision else None,
        "end_date_service_restriction": iso(ban.expires_at) if ban else None,
        "decision_account": None,
        "end_date_account_restriction": None,
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "decision_ground_reference_url": None,
        "illegal_content_legal_ground": None,
        "illegal_content_explanation": None,
        "incompatible_content_ground": ground,
        "incompatible_content_explanation": " ".join([f"{ground}.", *facts])[:LONGEST_EXPLANATION],
        "incompatible_content_illegal": "No",
        "category": f"STATEMENT_CATEGORY_{category}",
        "category_specification": [f"KEYWORD_{keyword}" for keyword in keywords],
        "content_type": [f"CONTENT_TYPE_{log.content_type.upper()}"] if log else [],
        "content_language": ISO_LANGUAGES.get(log.language, log.language) if log else None,
        "content_date": iso(log.created_at) if log else None,
        "application_date": iso(decided_at(statement)),
        # Empty: the decision holds wherever the service is used.
        "territorial_scope": [],
        "decision_facts": " ".join([*measures_in_words(statement), *facts])[:LONGEST_FACTS],
        "source_type": (
            "SOURCE_TYPE_OTHER_NOTIFICATION" if statement.reports else "SOURCE_VOLUNTARY"
        ),
        "source_identity": None,
        "automated_detection": "Yes" if statement.is_found_by_machine else "No",
        "automated_decision": f"AUTOMATED_DECISION_{automation}",
    }
