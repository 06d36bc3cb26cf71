"""Statements of reasons, for the app to forward or to file (DSA art. 17)."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.permissions import caller_of
from moderation.api.schema import named
from moderation.lib.errors import NotFound
from moderation.models import Ban, ModerationLog
from reviews.api.rows import statement_row
from reviews.api.shapes import StatementAnswer
from reviews.appeals.statement_of_reasons import statement_of

LANGUAGE = named("language", "`en`, `es`, `ur` or `ur-Latn`; by default the content's")


class ContentStatementView(APIView):
    """GET /api/v1/logs/{content_id}/statement"""

    action = "read"

    @extend_schema(
        summary="Why this content was restricted", parameters=[LANGUAGE], responses=StatementAnswer
    )
    def get(self, request: Request, content_id: UUID) -> Response:
        logs = ModerationLog.objects.filter(project=caller_of(request).project)
        log = logs.select_related("project").filter(pk=content_id).first()
        if log is None:
            raise NotFound("There is no such content in this project.")
        return statement_answer(request, log)


class BanStatementView(APIView):
    """GET /api/v1/bans/{ban_id}/statement"""

    action = "read"

    @extend_schema(
        summary="Why this author was banned", parameters=[LANGUAGE], responses=StatementAnswer
    )
    def get(self, request: Request, ban_id: UUID) -> Response:
        bans = Ban.objects.filter(project=caller_of(request).project)
        ban = bans.select_related("project", "log").filter(pk=ban_id).first()
        if ban is None:
            raise NotFound("There is no such ban in this project.")
        return statement_answer(request, ban)


def statement_answer(request: Request, subject: ModerationLog | Ban) -> Response:
    language: Any = request.query_params.get("language", "")
    statement = statement_of(subject, timezone.now(), language)
    if not statement.ever_held:
        raise NotFound("Nothing restricts this content or, because of it, its author.")
    return Response(statement_row(statement, subject, request.build_absolute_uri))
