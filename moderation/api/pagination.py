"""Lists by cursor: every page costs the same (docs/api.md, "Common rules")."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from moderation.lib.errors import Invalid
from moderation.lib.json_types import JsonObject
from moderation.lib.planning import planned_for_its_values

MAX_LIMIT = 200
#: Digits of the greatest number that a database stores.
MAX_DIGITS = 19


class KeysetPagination(CursorPagination):
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = MAX_LIMIT
    ordering: str | tuple[str, ...] = "-created_at"

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        try:
            with planned_for_its_values():
                return super().paginate_queryset(queryset, request, view)
        except (ValueError, DjangoValidationError) as error:
            raise Invalid("cursor", "is not a cursor of this list.") from error

    def get_paginated_response_schema(self, schema: JsonObject) -> JsonObject:
        link = {"type": ["string", "null"], "format": "uri"}
        fields = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": [*fields], "properties": fields}

    def get_page_size(self, request: Request) -> int:
        return bounded(request, "limit", default=self.page_size, least=1, most=MAX_LIMIT)


def bounded(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number from the query; ValidationError if it is outside the bounds."""
    text = request.query_params.get(name)
    if text is None:
        return default
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    if not (is_number and least <= int(text) <= most):
        raise ValidationError({name: f"must be a whole number from {least} to {most}."})
    return int(text)
