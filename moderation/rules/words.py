"""Change the words of a project's blacklist, one by one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from moderation import events, queries
from moderation.audit import write_audit
from moderation.engine.blacklist import WordError, validate_word
from moderation.engine.pattern_check import PatternError, validate_pattern
from moderation.errors import AlreadyExists, Invalid
from moderation.events import Event, iso
from moderation.models import BlacklistWord, Project
from moderation.rules.versions import raise_version, row_change

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
        raise_version(project, row_change(word), word_event(word, "created", now), now=now)
    queries.forget_in_force(project)
    return word


def change_word(word: BlacklistWord, actor: str, fields: Mapping[str, Any]) -> BlacklistWord:
    """Change a word; the same refusals as when it is added."""
    for name, value in fields.items():
        setattr(word, name, value)
    check_word(word.word, is_regex=word.is_regex)
    with transaction.atomic():
        before = row_change(BlacklistWord.objects.select_for_update().get(pk=word.pk))["after"]
        try:
            with transaction.atomic():
                word.save()
        except IntegrityError:
            raise AlreadyExists("This word is on the list in this language already.") from None
        write_audit(word.project, actor, "word.changed", word, {"fields": sorted(fields)})
        raise_version(word.project, row_change(word, before), word_event(word, "updated"))
    queries.forget_in_force(word.project)
    return word


def remove_word(word: BlacklistWord, actor: str) -> bool:
    """Deactivate a word; return False if it was inactive already."""
    with transaction.atomic():
        active = BlacklistWord.objects.select_for_update().filter(pk=word.pk, is_active=True)
        stored = active.first()
        if stored is None:
            return False
        active.update(is_active=False, updated_at=timezone.now())
        write_audit(word.project, actor, "word.removed", word, {"word": word.word})
        change = {**row_change(stored, row_change(stored)["after"]), "after": None}
        raise_version(word.project, change, word_event(word, "deleted"))
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
        raise_version(word.project, row_change(word), word_event(word, "created"))
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
