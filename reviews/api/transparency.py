"""The transparency report over HTTP."""

from typing import Any

from django import forms
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.permissions import caller_of
from moderation.api.schema import moment
from moderation.events.event import iso
from moderation.lib.errors import Invalid
from moderation.lib.moment_filter import MomentField
from reviews.api.shapes import TransparencyAnswer
from reviews.reporting.hours import Span
from reviews.reporting.transparency import USUAL, report_of


class PeriodForm(forms.Form):
    since = MomentField(required=False)
    until = MomentField(required=False)


class TransparencyView(APIView):
    """GET /api/v1/transparency?since&until"""

    action = "read"

    @extend_schema(
        summary="The figures of a period",
        parameters=[
            moment("since", "By default 180 days before `until`"),
            moment("until", "By default now"),
        ],
        responses=TransparencyAnswer,
    )
    def get(self, request: Request) -> Response:
        project, period = caller_of(request).project, period_of(request)
        answer: TransparencyAnswer = {
            "project_id": project.slug,
            "since": iso(period.since),
            "until": iso(period.until),
            **report_of(project, period),
        }
        return Response(answer)


def period_of(request: Request) -> Span:
    """Return the requested period; by default the last 180 days."""
    form = PeriodForm(request.query_params)
    if not form.is_valid():
        field, problems = next(iter(form.errors.items()))
        raise Invalid(field, str(problems[0]))
    fields: dict[str, Any] = form.cleaned_data
    until = fields["until"] or timezone.now()
    try:
        since = fields["since"] or until - USUAL
    except OverflowError:
        raise Invalid("until", "is too early for the calendar.") from None
    if since >= until:
        raise Invalid("since", "must be before until.")
    return Span(since, until)
