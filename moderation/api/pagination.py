"""Lists by cursor: flat in cost however deep one pages (CONTRACT section 2, Lists)."""

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

MAX_LIMIT = 200


class KeysetPagination(CursorPagination):
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = MAX_LIMIT
    ordering = "-created_at"

    def get_page_size(self, request: Request) -> int:
        return bounded(request, "limit", default=self.page_size, least=1, most=MAX_LIMIT)


def bounded(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number from the query; ValidationError outside its bounds."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
        raise ValidationError({name: f"must be a whole number from {least} to {most}."})
    return int(text)
