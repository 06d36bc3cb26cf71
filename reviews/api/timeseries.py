"""Figures over time, over HTTP."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.permissions import caller_of
from moderation.events.event import iso
from reviews.api.shapes import PointRow, TimeSeriesAnswer
from reviews.reporting.timeseries import (
    BUCKETS,
    METRICS,
    MOST_STEPS,
    NAMED,
    TimeSeries,
    time_series,
    window_of,
)


class AskedSerializer(serializers.Serializer[Any]):
    metric = serializers.ChoiceField(list(METRICS))
    bucket = serializers.ChoiceField(list(BUCKETS), default="hour")
    #: By default an hour of minutes, two days of hours or a month of days.
    steps = serializers.IntegerField(min_value=1, max_value=MOST_STEPS, required=False)


class TimeSeriesView(APIView):
    """GET /api/v1/stats/timeseries?metric&bucket&steps"""

    action = "read"

    @extend_schema(
        summary="Figures over time", parameters=[AskedSerializer], responses=TimeSeriesAnswer
    )
    def get(self, request: Request) -> Response:
        serializer = AskedSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        query = serializer.validated_data
        now = timezone.now()
        window = window_of(query["bucket"], query.get("steps"))
        series = time_series(caller_of(request).project, query["metric"], window, now)
        answer: TimeSeriesAnswer = {
            "metric": query["metric"],
            "bucket": query["bucket"],
            "unit": series.unit,
            "since": iso(series.starts[0]),
            "until": iso(now),
            "complete_since": iso(series.complete_since),
            "points": points_of(series, query["metric"]),
        }
        return Response(answer)


def points_of(series: TimeSeries, metric: str) -> list[PointRow]:
    """Return a `value` for each step, or `values` by name if the metric has several lines."""
    if metric not in NAMED:
        values = zip(series.starts, series.lines[metric], strict=True)
        return [{"timestamp": iso(start), "value": value} for start, value in values]
    return [
        {
            "timestamp": iso(start),
            "values": {name: line[step] for name, line in series.lines.items()},
        }
        for step, start in enumerate(series.starts)
    ]
