"""Reports by end users, which an app sends on their behalf."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.fields import StrictCharField
from moderation.api.permissions import caller_of
from moderation.pipeline.submission import MAX_CONTENT_LENGTH, MAX_ID_LENGTH
from reviews.api.rows import report_row
from reviews.api.shapes import ReportRow
from reviews.appeals.reports import NewReport, report


class ReportSerializer(serializers.Serializer[Any]):
    message_id = StrictCharField(max_length=MAX_ID_LENGTH)
    reporter_id = StrictCharField(max_length=MAX_ID_LENGTH)
    reason = StrictCharField(max_length=200)
    note = StrictCharField(max_length=2000, default="", allow_blank=True, allow_null=True)
    content = StrictCharField(max_length=MAX_CONTENT_LENGTH, required=False, allow_null=True)
    user_id = StrictCharField(max_length=MAX_ID_LENGTH, required=False, allow_null=True)
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH, required=False, allow_null=True)


class ReportsView(APIView):
    """POST /api/v1/reports"""

    action = "report"

    @extend_schema(
        summary="Report content on behalf of an end user",
        request=ReportSerializer,
        responses={200: ReportRow, 201: ReportRow},
    )
    def post(self, request: Request) -> Response:
        serializer = ReportSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        new = NewReport(**{**fields, "note": fields["note"] or ""})
        stored, is_new = report(caller_of(request).project, new, now=timezone.now())
        return Response(report_row(stored), status=201 if is_new else 200)
