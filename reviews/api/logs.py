"""The list of checked messages, and one message with its history (docs/content.md)."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.filters import StrictFilterBackend
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.events.event import iso
from moderation.lib.errors import NotFound
from moderation.models import ModerationLog
from moderation.queries.searching import Reach, reach_of
from reviews.api.rows import log_detail_row, log_row
from reviews.api.shapes import LogDetail, LogRow
from reviews.casefile.contents import ContentFilter
from reviews.casefile.history import content_history_of


class LogOrder(OrderingFilter):
    """`ordering`: created_at, with - for newest first; ids break ties."""

    def get_ordering(
        self, request: Request, _queryset: QuerySet[Any], _view: Any
    ) -> tuple[str, ...]:
        ordering = request.query_params.get("ordering", "-created_at")
        if ordering.removeprefix("-") != "created_at":
            raise ValidationError({"ordering": "must be created_at or -created_at."})
        return ordering, "-id" if ordering.startswith("-") else "id"


class ContentFilters(StrictFilterBackend):
    """Passes the reach of the view's search to the filters."""

    def get_filterset_kwargs(
        self, request: Any, queryset: QuerySet[Any], view: Any
    ) -> dict[str, Any]:
        return {**super().get_filterset_kwargs(request, queryset, view), "reach": view.reach}


class LogPages(KeysetPagination):
    """A page of a search also says how far back the search looked."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        since = {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "With `search`: only content since then was searched; null: all content",
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

    @extend_schema(summary="List checked messages", responses=LogRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        answer = self.get_paginated_response([log_row(log) for log in page or []])
        if self.reach.text:
            answer.data["searched_since"] = iso(self.reach.since)
        return answer


class LogView(APIView):
    """GET /api/v1/logs/{content_id}"""

    action = "read"

    @extend_schema(summary="A message with everything that happened to it", responses=LogDetail)
    def get(self, request: Request, content_id: UUID) -> Response:
        logs = ModerationLog.objects.filter(project=caller_of(request).project)
        log = logs.filter(pk=content_id).first()
        if log is None:
            raise NotFound("There is no such content in this project.")
        return Response(log_detail_row(log, content_history_of(log, timezone.now())))
