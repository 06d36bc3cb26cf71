"""Figures in steps of time over HTTP."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.permissions import caller_of
from moderation.events import iso
from reviews.api.shapes import TimeSeriesAnswer
from reviews.timeseries import (
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
    #: Left out: an hour of minutes, two days of hours, a month of days.
    steps = serializers.IntegerField(min_value=1, max_value=MOST_STEPS, required=False)


class TimeSeriesView(APIView):
    """GET /api/v1/stats/timeseries?metric&bucket&steps"""

    action = "read"

    @extend_schema(
        summary="Figures in steps of time", parameters=[AskedSerializer], responses=TimeSeriesAnswer
    )
    def get(self, request: Request) -> Response:
        serializer = AskedSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        now = timezone.now()
        window = window_of(asked["bucket"], asked.get("steps"))
        series = time_series(caller_of(request).project, asked["metric"], window, now)
        answer = {
            "metric": asked["metric"],
            "bucket": asked["bucket"],
            "unit": series.unit,
            "since": iso(series.starts[0]),
            "until": iso(now),
            "complete_since": iso(series.complete_since),
            "points": points_of(series, asked["metric"]),
        }
        return Response(answer)


def points_of(series: TimeSeries, metric: str) -> list[dict[str, Any]]:
    """Return a `value` for each step, or `values` by name where the metric has several lines."""
    rows: list[dict[str, Any]]
    if metric not in NAMED:
        rows = [{"value": value} for value in series.lines[metric]]
    else:
        names = list(series.lines)
        steps = zip(*series.lines.values(), strict=True) if names else [()] * len(series.starts)
        rows = [{"values": dict(zip(names, step, strict=True))} for step in steps]
    return [{"timestamp": iso(at), **row} for at, row in zip(series.starts, rows, strict=True)]
