"""Filters of lists, which refuse a name that they do not know."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters import BooleanFilter
from django_filters.rest_framework import DjangoFilterBackend

from moderation.lib.errors import Invalid

#: Parameters of every list.
COMMON = frozenset({"cursor", "limit", "ordering", "project"})


class StrictFilterBackend(DjangoFilterBackend):
    """Filters by the view's `filterset_class`.

    Raises Invalid for an unknown parameter, and for one that is neither true nor false: a misspelt
    filter that is ignored returns everything.
    """

    def filter_queryset(
        self, request: HttpRequest, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        filterset = self.get_filterset_class(view, queryset)
        filters = filterset.base_filters if filterset else {}
        known = COMMON | set(filters)
        if unknown := sorted(set(request.GET) - known):
            names = ", ".join(sorted(known))
            raise Invalid(unknown[0][:60], f"is not a filter of this list; there are {names}.")
        for name, kind in filters.items():
            value = request.GET.get(name, "")
            if isinstance(kind, BooleanFilter) and value.lower() not in ("", "true", "false"):
                raise Invalid(name, "must be true or false.")
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered
