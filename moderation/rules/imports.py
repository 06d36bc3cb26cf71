"""Add many words to a blacklist as one change."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from moderation import queries
from moderation.audit import write_audit
from moderation.errors import Invalid
from moderation.events import Event
from moderation.models import BlacklistWord, Project
from moderation.rules.versions import raise_version
from moderation.rules.words import check_word, word_event
from moderation.statements import PreparedInsert

#: What a row of an import may name (CONTRACT section 3, Blacklist).
IMPORTED_FIELDS = frozenset(
    {"word", "language", "category", "severity", "score", "is_regex", "notes", "expires_at"}
)
IMPORT_BATCH = 500
INSERT_BATCH = 50
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
            raise_version(project, change, _import_event(words, added))
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
