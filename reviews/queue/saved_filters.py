"""Saved filters of the queue: save, share, change and delete them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from moderation.accounts.callers import Caller
from moderation.accounts.permissions import may
from moderation.lib.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from reviews.models import SavedFilter
from reviews.queue.selection import selection_of

LONGEST_NAME = SavedFilter._meta.get_field("name").max_length or 0
#: Per person or API key.
MOST_SAVED = 100


def saved_filters_of(caller: Caller) -> QuerySet[SavedFilter]:
    """Return the caller's own filters and those that others share, by name."""
    own = Q(owner=caller.identity) | Q(is_shared=True)
    return SavedFilter.objects.filter(own, project=caller.project)


@transaction.atomic
def save_filter(caller: Caller, fields: Mapping[str, Any]) -> SavedFilter:
    """Save `filters` under a `name`; `is_shared` shows them to the whole project."""
    own = SavedFilter.objects.filter(project=caller.project, owner=caller.identity)
    if own.count() >= MOST_SAVED:
        raise Conflict(f"You have {MOST_SAVED} saved filters already: delete one first.")
    saved = SavedFilter(project=caller.project, owner=caller.identity, owner_name=caller.name)
    return _store(saved, {"name": "", "filters": {}, **fields})


@transaction.atomic
def change_filter(caller: Caller, id_: UUID, fields: Mapping[str, Any]) -> SavedFilter:
    """Change some fields of the caller's own filter or, for an admin, of a shared one."""
    return _store(_changeable(caller, id_), fields)


def delete_filter(caller: Caller, id_: UUID) -> None:
    _changeable(caller, id_).delete()


def _changeable(caller: Caller, id_: UUID) -> SavedFilter:
    saved = saved_filters_of(caller).filter(pk=id_).first()
    if saved is None:
        raise NotFound("There is no such saved filter.")
    if saved.owner != caller.identity and not may(caller, "admin"):
        raise Forbidden(f"{saved.owner_name} saved this: only they or an admin may change it.")
    return saved


def _store(saved: SavedFilter, fields: Mapping[str, Any]) -> SavedFilter:
    saved.name = str(fields.get("name", saved.name)).strip()
    saved.is_shared = fields.get("is_shared", saved.is_shared)
    if not 1 <= len(saved.name) <= LONGEST_NAME:
        raise Invalid("name", f"must have 1 to {LONGEST_NAME} characters")
    if "filters" in fields:
        saved.filters = normalized(fields["filters"])
    namesakes = SavedFilter.objects.filter(
        project=saved.project, owner=saved.owner, name=saved.name
    )
    if namesakes.exclude(pk=saved.pk).exists():
        raise AlreadyExists(f"You already have a filter named “{saved.name}”.")
    saved.save()
    return saved


def normalized(filters: Mapping[str, str]) -> dict[str, str]:
    """Return the filters as the queue's address has them; Invalid for one that it lacks."""
    selection = selection_of(filters)
    unknown = {*selection.ignored, *(set(filters) - {"lane", "sort", *selection.filters})}
    if unknown:
        raise Invalid("filters", f"unknown filters or values: {', '.join(sorted(unknown))}")
    return dict(parse_qsl(selection.query()))


def query_of(saved: SavedFilter) -> str:
    """Return the query of the queue's address that applies the filter."""
    return selection_of(saved.filters).query()
