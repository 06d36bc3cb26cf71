"""AutoModerate's reads: content, figures and health, as its clients poll them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.errors import NotFound
from moderation.events import iso
from moderation.integrations.compat.moderate import results_of
from moderation.integrations.compat.older import OlderView
from moderation.models import ModerationLog, ModerationTask, Status
from moderation.models.tasks import TaskState
from moderation.statistics import stats_for

#: CONTRACT section 2, Lists.
MOST_SKIPPED = 10_000
#: Its own page of content has so many rows.
PAGE_SIZE = 20


class StatusSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Status.choices, required=False)


class ContentView(OlderView):
    """GET /api/content/{content_id}"""

    action = "read"

    def get(self, request: Request, content_id: str) -> Response:
        logs = ModerationLog.objects.filter(project=caller_of(request).project)
        log = logs.filter(pk=_uuid(content_id)).first()
        if log is None:
            raise NotFound("Content not found")
        return Response({"success": True, "content": _row(log, caller_of(request).project.slug)})


class ContentsView(OlderView):
    """GET /api/content?limit&offset&status, or ?page&per_page"""

    action = "read"

    def get(self, request: Request) -> Response:
        asked = StatusSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        project = caller_of(request).project
        logs = ModerationLog.objects.filter(project=project, **asked.validated_data)
        offset, limit = _window(request)
        rows, total = logs.order_by("-created_at", "-id")[offset : offset + limit], logs.count()
        answer = {
            "success": True,
            "content": [_row(log, project.slug) for log in rows],
            "total": total,
            "limit": limit,
            "offset": offset,
            "pagination": _pagination(offset, limit, total),
        }
        return Response(answer)


class StatsView(OlderView):
    """GET /api/stats"""

    action = "read"

    def get(self, request: Request) -> Response:
        project = caller_of(request).project
        waiting = ModerationTask.objects.filter(project=project, state=TaskState.PENDING)
        stats = {**stats_for(project), "pending": waiting.count()}
        return Response({"success": True, "stats": stats})


class HealthView(APIView):
    """GET /api/health"""

    action = None
    authentication_classes = ()

    def get(self, request: Request) -> Response:
        told = {"status": "healthy", "service": "Gavel", "version": settings.VERSION}
        return Response({"success": True, **told})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("Content not found") from None


def _window(request: Request) -> tuple[int, int]:
    """Return how many to skip and to show: by offset and limit, or by page and per_page."""
    named = "per_page" if "per_page" in request.query_params else "limit"
    limit = bounded(request, named, default=PAGE_SIZE, least=1, most=MAX_LIMIT)
    offset = bounded(request, "offset", default=0, least=0, most=MOST_SKIPPED)
    page = bounded(request, "page", default=1, least=1, most=MOST_SKIPPED // limit + 1)
    return offset or (page - 1) * limit, limit


def _pagination(offset: int, limit: int, total: int) -> dict[str, Any]:
    return {
        "page": offset // limit + 1,
        "pages": -(-total // limit),
        "per_page": limit,
        "total": total,
        "has_next": offset + limit < total,
        "has_prev": offset > 0,
    }


def _row(log: ModerationLog, slug: str) -> dict[str, Any]:
    return {
        "id": str(log.pk),
        "project_id": slug,
        "content_type": "text",
        "content_data": log.content,
        "meta_data": log.metadata,
        "status": log.status,
        "created_at": iso(log.created_at),
        "updated_at": iso(log.judged_at),
        "moderation_results": results_of(log),
    }
