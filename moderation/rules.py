"""Change what a project judges by: words, phrases, trusted authors, the policy.

Each change raises the project's ruleset version, so that every process compiles anew.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.forms.models import model_to_dict
from django.utils import timezone

from moderation import events, queries
from moderation.audit import write_audit
from moderation.engine.blacklist import WordError, validate_word
from moderation.engine.pattern_check import PatternError, validate_pattern
from moderation.engine.policy import PolicyError, policy_from_dict, policy_to_dict
from moderation.errors import AlreadyExists, Invalid
from moderation.events import Event, iso
from moderation.models import (
    BlacklistWord,
    PolicyVersion,
    Project,
    RulesetSnapshot,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.publish import publish
from moderation.statements import PreparedInsert

#: What a row of an import may name (CONTRACT section 3, Blacklist).
IMPORTED_FIELDS = frozenset(
    {"word", "language", "category", "severity", "score", "is_regex", "notes", "expires_at"}
)
IMPORT_BATCH = 500
INSERT_BATCH = 50
#: CONTRACT section 3: the first nine of `reasons` and `other`.
WORD_CATEGORIES = [
    "profanity",
    "insult",
    "hate_speech",
    "harassment",
    "threat",
    "sexual",
    "self_harm",
    "spam",
    "personal_info",
    "other",
]
#: A language tag of BCP 47, roughly, or * for every language.
LANGUAGE_TAG = r"^(\*|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2})\Z"
#: PostgreSQL stores no NUL, UTF-8 no lone surrogate.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

_insert = PreparedInsert(BlacklistWord, "ON CONFLICT DO NOTHING")


@dataclass(frozen=True)
class ImportedRow:
    """What became of one row of an import; rows count from 1, without a heading."""

    row: int
    word: str
    #: added, exists or invalid.
    result: str
    detail: str = ""


def add_word(
    project: Project, actor: str, fields: Mapping[str, Any], now: datetime | None = None
) -> BlacklistWord:
    """Add a word to the blacklist; AlreadyExists if it is there, Invalid if it cannot be run."""
    check_word(fields["word"], is_regex=fields.get("is_regex", False))
    now = now or timezone.now()
    made = {"project": project, "added_by": actor, "added_at": now}
    with transaction.atomic():
        try:
            with transaction.atomic():
                word = BlacklistWord.objects.create(**made, **fields)
        except IntegrityError:
            raise AlreadyExists("This word is on the list in this language already.") from None
        write_audit(project, actor, "word.added", word, {"word": word.word}, now=now)
        _changed(project, _row(word), word_event(word, "created", now), now=now)
    queries.forget_in_force(project)
    return word


def import_words(
    project: Project, actor: str, rows: Iterable[Mapping[str, Any]]
) -> list[ImportedRow]:
    """Add many words as one change; return for each row, in order, what became of it.

    A row has the fields of a word. One that cannot be accepted hinders none of the others.
    """
    drafts = [_drafted(project, actor, number, row) for number, row in enumerate(rows, start=1)]
    words = [draft for draft in drafts if isinstance(draft, BlacklistWord)]
    with transaction.atomic():
        for at in range(0, len(words), INSERT_BATCH):
            _insert(*words[at : at + INSERT_BATCH])
        added = _stored(words)
        if added:
            write_audit(project, actor, "words.imported", project, {"words": len(added)})
            # Ids alone: what became of a word later is told by the later changes' `before`.
            change = {"kind": "blacklistword_import", "ids": sorted(map(str, added))}
            _changed(project, change, _import_event(words, added))
    queries.forget_in_force(project)
    return [
        _result(number, draft, added) if isinstance(draft, BlacklistWord) else draft
        for number, draft in enumerate(drafts, start=1)
    ]


def foresee_import(
    project: Project, actor: str, rows: Iterable[Mapping[str, Any]]
) -> list[ImportedRow]:
    """Return what `import_words` would answer; store nothing."""
    active = BlacklistWord.objects.filter(project=project, is_active=True)
    there = set(active.values_list("word", "language"))
    report = []
    for number, row in enumerate(rows, start=1):
        draft = _drafted(project, actor, number, row)
        if isinstance(draft, ImportedRow):
            report.append(draft)
            continue
        key = (draft.word, draft.language)
        report.append(ImportedRow(number, draft.word, "exists" if key in there else "added"))
        there.add(key)
    return report


def _drafted(
    project: Project, actor: str, number: int, row: Mapping[str, Any]
) -> BlacklistWord | ImportedRow:
    shown = str(row.get("word", ""))[:200].encode(errors="replace").decode()
    if unknown := sorted(set(map(str, row)) - IMPORTED_FIELDS):
        return ImportedRow(number, shown, "invalid", f"{unknown[0]}: is no field of a word")
    try:
        word = BlacklistWord(project=project, added_by=actor, **row)
        word.updated_at = word.added_at
        word.clean_fields(exclude={"project"})
        _check_text(word)
        check_word(word.word, is_regex=word.is_regex)
    except Invalid as error:
        return ImportedRow(number, shown, "invalid", f"{error.field}: {error.detail}")
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        return ImportedRow(number, shown, "invalid", f"{field}: {messages[0]}")
    except (TypeError, OverflowError):
        # From JSON: a list for a number, a number for a time, a time that no calendar has.
        return ImportedRow(number, shown, "invalid", "a field has a value that it cannot take")
    return word


def _check_text(word: BlacklistWord) -> None:
    """Raise Invalid for what the model's fields let through but no database or check could use."""
    for field in ("word", "language", "notes"):
        if UNSTORABLE.search(getattr(word, field)):
            raise Invalid(field, "must not contain NUL or half a surrogate pair")
    if word.score is not None and not 0 <= word.score <= 1:
        raise Invalid("score", "must be from 0 to 1")
    word.expires_at = _in_utc(word.expires_at) if word.expires_at else None


def _in_utc(moment: datetime) -> datetime:
    """Return the moment in UTC, in which one without a zone is meant."""
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _stored(words: Sequence[BlacklistWord]) -> set[UUID]:
    """Return the ids of those words that a bulk insert did not pass over."""
    ids = [word.pk for word in words]
    batches = (ids[at : at + IMPORT_BATCH] for at in range(0, len(ids), IMPORT_BATCH))
    stored = BlacklistWord.objects.values_list("pk", flat=True)
    return {pk for batch in batches for pk in stored.filter(pk__in=batch)}


def _result(number: int, word: BlacklistWord, added: Collection[UUID]) -> ImportedRow:
    return ImportedRow(number, word.word, "added" if word.pk in added else "exists")


def _import_event(words: Iterable[BlacklistWord], added: Collection[UUID]) -> Event:
    """Return one `rule_update` for all: one for each word would drown the live view."""
    told = word_event(next(word for word in words if word.pk in added), "created")
    if len(added) == 1:
        return told
    rule = {**told.data["rule"], "id": "import", "name": f"{len(added)} words"}
    return replace(told, data={**told.data, "rule": rule})


def change_word(word: BlacklistWord, actor: str, fields: Mapping[str, Any]) -> BlacklistWord:
    """Change a word; the same refusals as when it is added."""
    before = _row(word)["after"]
    for name, value in fields.items():
        setattr(word, name, value)
    check_word(word.word, is_regex=word.is_regex)
    with transaction.atomic():
        try:
            with transaction.atomic():
                word.save()
        except IntegrityError:
            raise AlreadyExists("This word is on the list in this language already.") from None
        write_audit(word.project, actor, "word.changed", word, {"fields": sorted(fields)})
        _changed(word.project, _row(word, before), word_event(word, "updated"))
    queries.forget_in_force(word.project)
    return word


def remove_word(word: BlacklistWord, actor: str) -> bool:
    """Deactivate a word; return False if it was inactive already."""
    with transaction.atomic():
        active = BlacklistWord.objects.filter(pk=word.pk, is_active=True)
        if not active.update(is_active=False, updated_at=timezone.now()):
            return False
        write_audit(word.project, actor, "word.removed", word, {"word": word.word})
        change = {**_row(word, _row(word)["after"]), "after": None}
        _changed(word.project, change, word_event(word, "deleted"))
    queries.forget_in_force(word.project)
    return True


def restore_word(word: BlacklistWord, actor: str) -> bool:
    """Let a deactivated word act again; return False if it does, AlreadyExists if another does."""
    with transaction.atomic():
        inactive = BlacklistWord.objects.filter(pk=word.pk, is_active=False)
        try:
            with transaction.atomic():
                if not inactive.update(is_active=True, updated_at=timezone.now()):
                    return False
        except IntegrityError:
            raise AlreadyExists("This word is on the list in this language already.") from None
        word.is_active = True
        write_audit(word.project, actor, "word.restored", word, {"word": word.word})
        _changed(word.project, _row(word), word_event(word, "created"))
    queries.forget_in_force(word.project)
    return True


def check_word(text: str, *, is_regex: bool) -> None:
    """Raise Invalid for a pattern that RE2 cannot run or a word that would match everything."""
    try:
        if is_regex:
            validate_pattern(text)
        else:
            validate_word(text)
    except PatternError as error:
        raise Invalid("word", str(error), position=error.position) from error
    except WordError as error:
        raise Invalid("word", str(error)) from error


def refresh_ruleset(project: Project, actor: str) -> None:
    """Make every process read words, phrases, authors and policy anew."""
    with transaction.atomic():
        write_audit(project, actor, "ruleset.refreshed", project)
        _changed(project, {"kind": "refresh"})
    queries.forget_in_force(project)


def trust_author(project: Project, actor: str, user_id: str, note: str = "") -> WhitelistedUser:
    """Whitelist an author: allowed whatever they write, unless they are banned."""
    with transaction.atomic():
        trusted, is_new = WhitelistedUser.objects.get_or_create(
            project=project, user_id=user_id, defaults={"note": note, "added_by": actor}
        )
        if is_new:
            write_audit(project, actor, "author.trusted", trusted, {"user_id": user_id})
            _changed(project, _row(trusted))
    queries.forget_in_force(project)
    return trusted


def distrust_author(trusted: WhitelistedUser, actor: str) -> None:
    """Take an author off the whitelist."""
    project = trusted.project
    with transaction.atomic():
        write_audit(project, actor, "author.distrusted", trusted, {"user_id": trusted.user_id})
        change = {**_row(trusted, _row(trusted)["after"]), "after": None}
        trusted.delete()
        _changed(project, change)
    queries.forget_in_force(project)


def allow_phrase(
    project: Project, actor: str, phrase: str, language: str = "*"
) -> WhitelistedPhrase:
    """Whitelist a phrase: matches inside it are dropped."""
    with transaction.atomic():
        allowed, is_new = WhitelistedPhrase.objects.get_or_create(
            project=project, phrase=phrase, language=language, defaults={"added_by": actor}
        )
        if is_new:
            write_audit(project, actor, "phrase.allowed", allowed, {"phrase": phrase})
            _changed(project, _row(allowed))
    queries.forget_in_force(project)
    return allowed


def disallow_phrase(allowed: WhitelistedPhrase, actor: str) -> None:
    """Take a phrase off the whitelist."""
    project = allowed.project
    with transaction.atomic():
        write_audit(project, actor, "phrase.disallowed", allowed, {"phrase": allowed.phrase})
        change = {**_row(allowed, _row(allowed)["after"]), "after": None}
        allowed.delete()
        _changed(project, change)
    queries.forget_in_force(project)


def change_policy(project: Project, actor: str, changes: Mapping[str, Any]) -> PolicyVersion:
    """Lay the changes over the policy in force, or over a newly named preset; store a new version.

    Raises Invalid naming the field that makes no sense.
    """
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        base = policy_to_dict(queries.stored_policy(locked))
        if changes.get("preset", base["preset"]) != base["preset"]:
            base = {}
        try:
            policy = policy_from_dict({**base, **_merged(base, changes)})
        except PolicyError as error:
            raise Invalid(error.field, error.message) from error
        version = PolicyVersion.objects.create(
            project=locked,
            number=locked.policy_version + 1,
            data=policy_to_dict(policy),
            created_by=actor,
        )
        Project.objects.filter(pk=project.pk).update(policy_version=version.number)
        write_audit(project, actor, "policy.changed", version, dict(changes))
        _changed(project, {"kind": "policy", "id": version.number})
    queries.forget_in_force(project)
    return version


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge the groups (thresholds, repeat_offender, flood) field by field."""
    return {
        name: {**base[name], **value}
        if isinstance(value, Mapping) and isinstance(base.get(name), Mapping)
        else value
        for name, value in changes.items()
    }


def _changed(
    project: Project, change: Mapping[str, Any], *told: Event, now: datetime | None = None
) -> None:
    """Raise the ruleset version, keep how it differs from the one before, tell the change."""
    Project.objects.filter(pk=project.pk).update(ruleset_version=F("ruleset_version") + 1)
    version = Project.objects.values_list("ruleset_version", flat=True).get(pk=project.pk)
    now = now or timezone.now()
    RulesetSnapshot.objects.create(
        project=project, version=version, data=dict(change), created_at=now
    )
    publish(*told, now=now)


def _row(row: Model, before: Any = None) -> dict[str, Any]:
    """Return a changed row as a snapshot keeps it: what it was, what it is."""
    after = model_to_dict(row)
    return {"kind": row._meta.model_name, "id": str(row.pk), "before": before, "after": after}


def word_event(word: BlacklistWord, action: str, now: datetime | None = None) -> Event:
    """Return the `rule_update` of a blacklist word."""
    rule = {
        "id": str(word.pk),
        "name": word.word,
        "type": "blacklist_regex" if word.is_regex else "blacklist_word",
        "is_active": word.is_active and action != "deleted",
        "priority": 0,
        "action": word.severity,
    }
    data = {"action": action, "rule": rule, "timestamp": iso(now or timezone.now())}
    return Event(word.project, events.RULE_UPDATE, data)
