"""All content that was judged, and one of its entries (CONTRACT section 3, "GET logs")."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.errors import NotFound
from moderation.events import iso
from moderation.models import ModerationLog
from moderation.queries import Reach, reach_of
from reviews.api.rows import log_detail_row, log_row
from reviews.api.shapes import LogDetail, LogRow
from reviews.contents import ContentFilter
from reviews.history import entry_of


class LogOrder(OrderingFilter):
    """`ordering`: created_at, with - for the newest first; ids break ties."""

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        asked_for = request.query_params.get("ordering", "-created_at")
        if asked_for.removeprefix("-") != "created_at":
            raise ValidationError({"ordering": "must be created_at or -created_at."})
        return asked_for, "-id" if asked_for.startswith("-") else "id"


class ContentFilters(DjangoFilterBackend):
    """Hands the filters what the view lets a search look through."""

    def get_filterset_kwargs(
        self, request: Any, queryset: QuerySet[Any], view: Any
    ) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(request, queryset, view), "reach": view.reach}


class LogPages(KeysetPagination):
    """A search says besides how far back it looked."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        since = {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "With `search`: only content from then on was looked through; null: all",
        }
        return {**page, "properties": {**page["properties"], "searched_since": since}}


class LogsView(GenericAPIView[ModerationLog]):
    """GET /api/v1/logs"""

    action = "read"
    filter_backends = [ContentFilters, LogOrder]
    filterset_class = ContentFilter
    pagination_class = LogPages

    @cached_property
    def reach(self) -> Reach:
        text = self.request.query_params.get("search", "")
        return reach_of(caller_of(self.request).project, text)

    def get_queryset(self) -> QuerySet[ModerationLog]:
        return ModerationLog.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="All content that was judged", responses=LogRow)
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        answer = self.get_paginated_response([log_row(log) for log in page or []])
        if self.reach.text:
            answer.data["searched_since"] = iso(self.reach.since)
        return answer


class LogView(APIView):
    """GET /api/v1/logs/{content_id}"""

    action = "read"

    @extend_schema(summary="One content with all that became of it", responses=LogDetail)
    def get(self, request: Request, content_id: UUID) -> Response:
        logs = ModerationLog.objects.filter(project=caller_of(request).project)
        log = logs.filter(pk=content_id).first()
        if log is None:
            raise NotFound("There is no such content in this project.")
        return Response(log_detail_row(log, entry_of(log, timezone.now())))
