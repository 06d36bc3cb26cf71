"""Figures and events (docs/figures.md)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.api.schema import LIMIT, whole
from moderation.api.shapes.project import EventsAnswer, StatsAnswer
from moderation.events.counters import stats_for
from moderation.events.event import event_row
from moderation.queries.recent import STATS_WINDOWS, events_after, stats_within

#: The highest number that the database can compare.
MAX_SEQ = 2**63 - 1


class WindowSerializer(serializers.Serializer[Any]):
    #: Left out: all time.
    window = serializers.ChoiceField(list(STATS_WINDOWS), default=None, allow_null=True)


class StatsView(APIView):
    """GET /api/v1/stats?window=24h|7d|30d"""

    action = "read"

    @extend_schema(
        summary="The figures of all time or of a window",
        parameters=[WindowSerializer],
        responses=StatsAnswer,
    )
    def get(self, request: Request) -> Response:
        serializer = WindowSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        window, project = serializer.validated_data["window"], caller_of(request).project
        if window is None:
            return Response({**stats_for(project), "window": None})
        stats = stats_within(project, STATS_WINDOWS[window], timezone.now())
        return Response({**stats, "window": window})


class EventsView(APIView):
    """GET /api/v1/events?since=SEQ&limit"""

    action = "read"

    @extend_schema(
        summary="The numbered events after `since`, oldest first",
        parameters=[
            whole("since", "The last number that is known", default=0, most=MAX_SEQ),
            LIMIT,
        ],
        responses=EventsAnswer,
    )
    def get(self, request: Request) -> Response:
        since = bounded(request, "since", default=0, least=0, most=MAX_SEQ)
        limit = bounded(request, "limit", default=50, least=1, most=MAX_LIMIT)
        page = events_after(caller_of(request).project, since, limit)
        url, events = request.build_absolute_uri(), page.events
        answer = {
            "next": replace_query_param(url, "since", events[-1].seq) if page.has_more else None,
            "previous": None,
            "results": [event_row(event) for event in events],
            "seq": page.last_seq,
            "reset": page.is_gap,
        }
        return Response(answer)
