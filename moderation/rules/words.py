"""Add, change and remove single words of a project's blacklist."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.forms.models import model_to_dict
from django.utils import timezone

from moderation.accounts.audit import write_audit
from moderation.engine.detectors.pattern_cost import refuse_slow
from moderation.engine.detectors.regex_check import PatternError, validate_pattern
from moderation.engine.words.blacklist import WordError, validate_word
from moderation.events.event import RULE_UPDATE, Event, iso
from moderation.lib.errors import AlreadyExists, Conflict, Invalid
from moderation.models import BlacklistWord, Project
from moderation.rules.active import invalidate
from moderation.rules.versions import raise_version, row_addition, row_change, row_removal

#: docs/blacklist.md, "Words".
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
#: Roughly a BCP 47 language tag, or * for every language.
LANGUAGE_TAG = r"^(\*|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2})\Z"
ON_THE_LIST = "This word is already on the list in this language."
#: Whether a word was active and is now → the change's names in the audit log and in the event.
CHANGED = ("word.changed", "updated")
STORIES = {
    (True, False): ("word.removed", "deleted"),
    (False, True): ("word.restored", "created"),
}


def add_word(
    project: Project, actor: str, fields: Mapping[str, Any], now: datetime | None = None
) -> BlacklistWord:
    """Add a word to the blacklist.

    Raises AlreadyExists if it is on the list, Invalid if it is not usable (`check_word`).
    """
    check_word(fields["word"], is_regex=fields.get("is_regex", False))
    now = now or timezone.now()
    with transaction.atomic():
        word = BlacklistWord(project=project, added_by=actor, added_at=now, **fields)
        _refuse_twin(word)
        _save(word, force_insert=True)
        write_audit(project, actor, "word.added", word, {"word": word.word}, now=now)
        raise_version(project, row_addition(word), word_event(word, "created", now), now=now)
    invalidate(project)
    return word


def change_word(word: BlacklistWord, actor: str, fields: Mapping[str, Any]) -> BlacklistWord:
    """Change these fields of a word and return it as stored; `word` may be out of date.

    A change of `is_active` is told as the word's removal or return. Raises what `add_word` raises,
    and Conflict if the row is gone.
    """
    project = word.project
    with transaction.atomic():
        stored = _lock(word)
        if stored is None:
            raise Conflict("This word was deleted in the meantime.")
        before = model_to_dict(stored)
        for name, value in fields.items():
            setattr(stored, name, value)
        check_word(stored.word, is_regex=stored.is_regex)
        if {"word", "language"} & set(fields):
            _refuse_twin(stored)
        _save(stored, update_fields=[*fields, "updated_at"])
        action, told = STORIES.get((before["is_active"], stored.is_active), CHANGED)
        named = {"word": stored.word} if told != "updated" else {}
        facts = {**named, "fields": sorted(fields)}
        write_audit(project, actor, action, stored, facts)
        raise_version(project, row_change(stored, before), word_event(stored, told))
    invalidate(project)
    return stored


def remove_word(word: BlacklistWord, actor: str) -> bool:
    """Deactivate a word; return False if it was already inactive."""
    project = word.project
    with transaction.atomic():
        stored = _lock(word)
        if stored is None or not stored.is_active:
            return False
        removal, event = row_removal(stored), word_event(stored, "deleted")
        stored.is_active = False
        _save(stored, update_fields=["is_active", "updated_at"])
        write_audit(project, actor, "word.removed", stored, {"word": stored.word})
        raise_version(project, removal, event)
    invalidate(project)
    return True


def restore_word(word: BlacklistWord, actor: str) -> bool:
    """Activate a word again; return False if it was already active.

    Raises AlreadyExists if the same word was added again in the meantime.
    """
    project = word.project
    with transaction.atomic():
        stored = _lock(word)
        if stored is None or stored.is_active:
            return False
        stored.is_active = True
        _save(stored, update_fields=["is_active", "updated_at"])
        write_audit(project, actor, "word.restored", stored, {"word": stored.word})
        raise_version(project, row_addition(stored), word_event(stored, "created"))
    invalidate(project)
    return True


def _lock(word: BlacklistWord) -> BlacklistWord | None:
    """Return the word as it is stored now, locked until the transaction ends; None if gone."""
    stored = BlacklistWord.objects.select_for_update().filter(pk=word.pk).first()
    if stored is not None:
        stored.project = word.project
    return stored


def _refuse_twin(word: BlacklistWord) -> None:
    """Raise AlreadyExists if the list has the word in other case: both would find the same.

    Of two that come at the same moment both are stored, which harms nobody.
    """
    if word.is_regex:
        return
    text = word.word
    # SQLite compares without case in ASCII only.
    cases = {text.lower(), text.upper(), text.title(), text.capitalize(), text.casefold()}
    twins = BlacklistWord.objects.filter(
        Q(word__iexact=text) | Q(word__in=cases),
        project=word.project,
        language=word.language,
        is_regex=False,
        is_active=True,
    )
    if twins.exclude(pk=word.pk).exists():
        raise AlreadyExists(ON_THE_LIST)


def _save(word: BlacklistWord, **options: Any) -> None:
    """Save in a savepoint; raise AlreadyExists for a second active row of a word."""
    try:
        with transaction.atomic():
            word.save(**options)
    except IntegrityError:
        raise AlreadyExists(ON_THE_LIST) from None


def check_word(text: str, *, is_regex: bool) -> None:
    """Raise Invalid for a pattern that RE2 cannot run, or not quickly, or for an empty word."""
    try:
        if is_regex:
            validate_pattern(text)
            refuse_slow(text)
        else:
            validate_word(text)
    except PatternError as error:
        raise Invalid("word", str(error), position=error.position) from error
    except WordError as error:
        raise Invalid("word", str(error)) from error


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
    return Event(word.project, RULE_UPDATE, data)
