"""Encrypt stored texts with today's first key: old plain ones, and those of earlier keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q, QuerySet, TextField

from moderation.lib.content_keys import (
    ENCRYPTED,
    TextUnreadable,
    current_key,
    known_keys,
)
from moderation.lib.encrypted_fields import Encrypted, encrypted_fields

#: Rows of one transaction: servers that write wait for some milliseconds at most.
BATCH = 200


@dataclass
class Rotated:
    """What was done to a table so far."""

    checked: int = 0
    changed: int = 0
    #: Rows whose key is missing, or which somebody altered; they stay as they are.
    unreadable: int = 0


def models_with_texts() -> list[type[Model]]:
    """Return the models that have encrypted fields, in a fixed order."""
    found = [model for model in apps.get_models() if encrypted_fields(model)]
    return sorted(found, key=lambda model: model._meta.db_table)


def rotate(model: type[Model]) -> Iterator[Rotated]:
    """Encrypt a table's texts with the first key, in chunks; yield what was done after each.

    What is left to do shows in the rows themselves, so it may be stopped and repeated at any time.
    """
    fields, done, last = encrypted_fields(model), Rotated(), None
    while True:
        rows = model._default_manager.order_by("pk")
        batch = _stored(rows.filter(pk__gt=last) if last is not None else rows, fields)
        if not batch:
            return
        last, done.checked = batch[-1][0], done.checked + len(batch)
        if stale := [pk for pk, *values in batch if not _is_current(fields, values)]:
            _encrypt(rows.filter(pk__in=stale), fields, done)
        yield done


def _stored(rows: QuerySet[Model], fields: Sequence[Encrypted]) -> list[Sequence[Any]]:
    """Return each row's key and the values of its encrypted fields as they are stored."""
    return list(rows.values_list("pk", *[field.stored_value() for field in fields])[:BATCH])


def _is_current(fields: Sequence[Encrypted], values: Sequence[Any]) -> bool:
    return all(field.is_current(value) for field, value in zip(fields, values, strict=True))


@transaction.atomic
def _encrypt(rows: QuerySet[Model], fields: Sequence[Encrypted], done: Rotated) -> None:
    # Read again under locks: somebody may have changed a row in the meantime.
    for pk, *values in _stored(rows.select_for_update(), fields):
        try:
            changes = {
                field.attname: field.opened(value)
                for field, value in zip(fields, values, strict=True)
                if not field.is_current(value)
            }
        except TextUnreadable:
            done.unreadable += 1
            continue
        if changes:
            done.changed += rows.model._default_manager.filter(pk=pk).update(**changes)


# --- What is left to do, for `doctor`


def has_unknown_keys(model: type[Model]) -> bool:
    """Say whether a text of this model needs a key that the setting lacks."""
    known = Q()
    for key in known_keys():
        known |= Q(stored__startswith=f"{ENCRYPTED}{key}$")
    return any(
        rows.filter(stored__startswith=ENCRYPTED).exclude(known).exists()
        for rows in _text_columns(model)
    )


def has_stale_texts(model: type[Model]) -> bool:
    """Say whether a text of this model is not as today's keys would store it."""
    key = current_key()
    if key is None:
        return any(
            rows.filter(stored__startswith=ENCRYPTED).exists() for rows in _text_columns(model)
        )
    return any(
        rows.exclude(stored="").exclude(stored__startswith=f"{ENCRYPTED}{key}$").exists()
        for rows in _text_columns(model)
    )


def _text_columns(model: type[Model]) -> Iterator[QuerySet[Model]]:
    """Yield the rows with `stored`, once for each column of texts. Other columns follow these."""
    for field in encrypted_fields(model):
        if isinstance(field, TextField):
            yield model._default_manager.alias(stored=field.stored_value())
