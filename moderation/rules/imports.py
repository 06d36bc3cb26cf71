"""Add many words to a blacklist."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.engine.giving_way import give_way
from moderation.lib.errors import Invalid
from moderation.lib.prepared_insert import PreparedInsert
from moderation.models import BlacklistWord, Project
from moderation.models.rules import WordMatch, WordSeverity
from moderation.rules.active import invalidate
from moderation.rules.versions import raise_version
from moderation.rules.words import LANGUAGE_TAG, WORD_CATEGORIES, check_word, word_event

#: The fields that a row may have (docs/blacklist.md, "Importing words").
IMPORTED_FIELDS = frozenset(
    {
        "word",
        "language",
        "category",
        "severity",
        "score",
        "is_regex",
        "match",
        "notes",
        "expires_at",
    }
)
#: Rows that are stored together.
PIECE = 500
INSERT_BATCH = 50
TEXTS = ("word", "language", "notes")
LANGUAGES = "en, es or ur-Latn, or * for every language"
#: What a field may hold, for the report.
ALLOWED: Mapping[str, str] = {
    "word": "must have 1 to 200 characters",
    "category": f"must be one of {', '.join(WORD_CATEGORIES)}",
    "severity": f"must be one of {', '.join(WordSeverity.values)}",
    "match": f"must be one of {', '.join(WordMatch.values)}",
    "score": "must be a number from 0 to 1",
    "is_regex": "must be true or false",
    "expires_at": "must be a date such as 2027-01-31, or with a time, 2027-01-31T12:00:00Z",
}
#: PostgreSQL cannot store NUL; UTF-8 cannot encode a lone surrogate.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

_insert = PreparedInsert(BlacklistWord, "ON CONFLICT DO NOTHING")


@dataclass(frozen=True)
class ImportedRow:
    """What happened to one row of an import; rows count from 1, without a header."""

    row: int
    word: str
    #: added, exists or invalid.
    result: str
    detail: str = ""


def import_words(
    project: Project, actor: str, rows: Iterable[Mapping[str, Any]]
) -> list[ImportedRow]:
    """Add many words; return in order what happened to each row.

    A row has the fields of a word. A bad row does not stop the others. Each piece of the rows is
    one change: a long transaction would keep all other writers waiting.
    """
    report: list[ImportedRow] = []
    numbered = enumerate(rows, start=1)
    while piece := list(islice(numbered, PIECE)):
        drafts = [(number, _draft(project, actor, number, row)) for number, row in piece]
        words = [draft for _, draft in drafts if isinstance(draft, BlacklistWord)]
        added = _add(project, actor, words)
        report += [
            draft
            if isinstance(draft, ImportedRow)
            else ImportedRow(number, draft.word, "added" if draft.pk in added else "exists")
            for number, draft in drafts
        ]
    invalidate(project)
    return report


def _add(project: Project, actor: str, words: Sequence[BlacklistWord]) -> set[UUID]:
    """Add those that are not on the list as one change; return their ids."""
    with transaction.atomic():
        for at in range(0, len(words), INSERT_BATCH):
            _insert(*words[at : at + INSERT_BATCH])
        # The insert skips words that are on the list: the stored ids tell which it added.
        stored = BlacklistWord.objects.filter(pk__in=[word.pk for word in words])
        added = set(stored.values_list("pk", flat=True))
        if added:
            write_audit(project, actor, "words.imported", project, {"words": len(added)})
            # Ids alone: the `before` of later changes holds what the words were.
            change = {"kind": "blacklistword_import", "ids": sorted(map(str, added))}
            event = word_event(next(word for word in words if word.pk in added), "created")
            if len(added) > 1:
                # One event for all: one for each word would flood the live view.
                rule = {**event.data["rule"], "id": "import", "name": f"{len(added)} words"}
                event = replace(event, data={**event.data, "rule": rule})
            raise_version(project, change, event)
    return added


def preview_import(
    project: Project, actor: str, rows: Iterable[Mapping[str, Any]]
) -> list[ImportedRow]:
    """Return what `import_words` would return; store nothing."""
    active = BlacklistWord.objects.filter(project=project, is_active=True)
    known = set(active.values_list("word", "language"))
    report = []
    for number, row in enumerate(rows, start=1):
        draft = _draft(project, actor, number, row)
        if isinstance(draft, ImportedRow):
            report.append(draft)
            continue
        key = (draft.word, draft.language)
        report.append(ImportedRow(number, draft.word, "exists" if key in known else "added"))
        known.add(key)
    return report


def _draft(
    project: Project, actor: str, number: int, row: Mapping[str, Any]
) -> BlacklistWord | ImportedRow:
    """Return the row as a word that is not stored, or as an invalid row."""
    give_way()
    text = str(row.get("word", ""))[:200].encode(errors="replace").decode()
    if unknown := sorted(set(map(str, row)) - IMPORTED_FIELDS):
        return ImportedRow(number, text, "invalid", f"{unknown[0]}: is not a field of a word")
    try:
        word = BlacklistWord(project=project, added_by=actor, **row)
        _check_texts(word)
        word.updated_at = word.added_at
        _clean(word)
        _check_values(word)
    except Invalid as error:
        return ImportedRow(number, text, "invalid", f"{error.field}: {error.detail}")
    return word


def _check_texts(word: BlacklistWord) -> None:
    for name in TEXTS:
        if not isinstance(getattr(word, name), str):
            raise Invalid(name, "must be a text")


def _clean(word: BlacklistWord) -> None:
    """Turn the fields' values into those of the model. Raises Invalid with what is allowed."""
    for field in (field for field in word._meta.fields if field.name in IMPORTED_FIELDS):
        value = getattr(word, field.name)
        if field.blank and value in field.empty_values:
            setattr(word, field.name, None if field.null else "")
            continue
        allowed = ALLOWED.get(field.name, "has a value of the wrong type")
        try:
            setattr(word, field.name, field.clean(value, word))
        except ValidationError as error:
            if field.name not in ALLOWED:
                raise Invalid(field.name, error.messages[0]) from error
            got = "it is missing" if value in field.empty_values else f"got {str(value)[:60]!r}"
            raise Invalid(field.name, f"{allowed}; {got}") from error
        except (TypeError, OverflowError) as error:
            # JSON can hold a list for a number, or a time that no calendar has.
            raise Invalid(field.name, allowed) from error


def _check_values(word: BlacklistWord) -> None:
    """Raise Invalid for values that the model's fields accept and the database or engine do not.

    Puts `expires_at` into UTC; without a time zone it is meant in UTC.
    """
    for field in TEXTS:
        if UNSTORABLE.search(getattr(word, field)):
            raise Invalid(field, "must not contain NUL or a lone surrogate")
    if not re.match(LANGUAGE_TAG, word.language):
        raise Invalid("language", f"must be a tag such as {LANGUAGES}; got {word.language!r}")
    if word.category not in WORD_CATEGORIES:
        raise Invalid("category", f"{ALLOWED['category']}; got {word.category!r}")
    if word.score is not None and not 0 <= word.score <= 1:
        raise Invalid("score", "must be from 0 to 1")
    moment = word.expires_at
    try:
        word.expires_at = moment and moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError as error:
        raise Invalid("expires_at", ALLOWED["expires_at"]) from error
    check_word(word.word, is_regex=word.is_regex)
