"""AutoModerate's reads: content, statistics and health."""

from typing import Any, TypedDict
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.api.schema import whole
from moderation.engine.verdict.verdict import VerdictKind
from moderation.events.counters import Stats, stats_for
from moderation.events.event import iso
from moderation.integrations.compat.legacy import OlderView
from moderation.integrations.compat.moderate import OlderResult, results_of, status_of
from moderation.lib.errors import NotFound
from moderation.lib.json_types import JsonObject
from moderation.models import ModerationLog, ModerationTask, Status
from moderation.models.tasks import TaskState

#: docs/limits.md, "Sizes"
MOST_SKIPPED = 10_000
#: Rows of AutoModerate's own pages.
PAGE_SIZE = 20


class StatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Status.choices, required=False)


class ContentRow(TypedDict):
    id: str
    project_id: str
    content_type: str
    content_data: str
    meta_data: JsonObject
    status: str
    created_at: str
    updated_at: str
    moderation_results: list[OlderResult]


class ContentAnswer(TypedDict):
    success: bool
    content: ContentRow


class PageNumbers(TypedDict):
    page: int
    pages: int
    per_page: int
    total: int
    has_next: bool
    has_prev: bool


class ContentsAnswer(TypedDict):
    success: bool
    content: list[ContentRow]
    total: int
    limit: int
    offset: int
    pagination: PageNumbers


class OlderStats(Stats):
    pending: int


class OlderStatsAnswer(TypedDict):
    success: bool
    stats: OlderStats


class OlderHealth(TypedDict):
    success: bool
    status: str
    service: str
    version: str


class ContentView(OlderView):
    """GET /api/content/{content_id}"""

    action = "read"

    @extend_schema(summary="One message, for clients of AutoModerate", responses=ContentAnswer)
    def get(self, request: Request, content_id: str) -> Response:
        try:
            log_id = UUID(content_id)
        except ValueError:
            raise NotFound("Content not found") from None
        project = caller_of(request).project
        log = ModerationLog.objects.filter(project=project, pk=log_id).first()
        if log is None:
            raise NotFound("Content not found")
        return Response({"success": True, "content": content_row(log, project.slug)})


class ContentsView(OlderView):
    """GET /api/content?limit&offset&status, or ?page&per_page"""

    action = "read"

    @extend_schema(
        summary="Messages, newest first, for clients of AutoModerate",
        responses=ContentsAnswer,
        parameters=[
            OpenApiParameter("status", enum=Status.values),
            whole("limit", "How many rows", default=PAGE_SIZE, least=1),
            whole("offset", "How many rows to skip", default=0, most=MOST_SKIPPED),
            whole("page", "Instead of offset", default=1, least=1, most=MOST_SKIPPED),
            whole("per_page", "Instead of limit", default=PAGE_SIZE, least=1),
        ],
    )
    def get(self, request: Request) -> Response:
        serializer = StatusSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        project = caller_of(request).project
        logs: QuerySet[ModerationLog] = ModerationLog.objects.filter(project=project)
        if status := serializer.validated_data.get("status"):
            logs = with_status(logs, status)
        # By limit and offset, or by page and per_page.
        name = "per_page" if "per_page" in request.query_params else "limit"
        limit = bounded(request, name, default=PAGE_SIZE, least=1, most=MAX_LIMIT)
        page = bounded(request, "page", default=1, least=1, most=MOST_SKIPPED // limit + 1)
        offset = bounded(request, "offset", default=0, least=0, most=MOST_SKIPPED)
        offset = offset or (page - 1) * limit
        rows, total = logs.order_by("-created_at", "-id")[offset : offset + limit], logs.count()
        answer = {
            "success": True,
            "content": [content_row(log, project.slug) for log in rows],
            "total": total,
            "limit": limit,
            "offset": offset,
            "pagination": {
                "page": offset // limit + 1,
                "pages": -(-total // limit),
                "per_page": limit,
                "total": total,
                "has_next": offset + limit < total,
                "has_prev": offset > 0,
            },
        }
        return Response(answer)


class StatsView(OlderView):
    """GET /api/stats"""

    action = "read"

    @extend_schema(
        summary="Figures of the project, for clients of AutoModerate", responses=OlderStatsAnswer
    )
    def get(self, request: Request) -> Response:
        project = caller_of(request).project
        pending = ModerationTask.objects.filter(project=project, state=TaskState.PENDING)
        stats = {**stats_for(project), "pending": pending.count()}
        return Response({"success": True, "stats": stats})


class HealthView(OlderView):
    """GET /api/health"""

    action = None
    authentication_classes = ()

    @extend_schema(
        summary="Check that the server answers, for clients of AutoModerate", responses=OlderHealth
    )
    def get(self, _request: Request) -> Response:
        return Response(
            {
                "success": True,
                "status": "healthy",
                "service": "Gavel",
                "version": settings.VERSION,
            }
        )


def with_status(logs: QuerySet[ModerationLog], status: str) -> QuerySet[ModerationLog]:
    """Return the messages whose `status_of` is this one."""
    warned = Q(status=Status.APPROVED, verdict=VerdictKind.WARN) & ~Q(moderator_type="manual")
    if status == Status.FLAGGED:
        return logs.filter(Q(status=status) | warned)
    return logs.filter(Q(status=status) & ~warned)


def content_row(log: ModerationLog, slug: str) -> ContentRow:
    return {
        "id": str(log.pk),
        "project_id": slug,
        "content_type": log.content_type,
        "content_data": log.content,
        "meta_data": log.metadata,
        "status": status_of(log),
        "created_at": iso(log.created_at),
        "updated_at": iso(log.updated_at),
        "moderation_results": results_of(log),
    }
