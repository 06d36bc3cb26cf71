"""The transparency report over HTTP."""

from typing import Any

from django import forms
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.fields import MomentField
from moderation.api.permissions import caller_of
from moderation.api.schema import moment
from moderation.errors import Invalid
from moderation.events import iso
from reviews.api.shapes import TransparencyAnswer
from reviews.transparency import USUAL, Period, report_of


class PeriodForm(forms.Form):
    since = MomentField(required=False)
    until = MomentField(required=False)


class TransparencyView(APIView):
    """GET /api/v1/transparency?since&until"""

    action = "read"

    @extend_schema(
        summary="What was done in a period, in figures",
        parameters=[
            moment("since", "Left out: 180 days before `until`"),
            moment("until", "Left out: now"),
        ],
        responses=TransparencyAnswer,
    )
    def get(self, request: Request) -> Response:
        project, period = caller_of(request).project, period_of(request)
        named = {
            "project_id": project.slug,
            "since": iso(period.since),
            "until": iso(period.until),
        }
        return Response({**named, **report_of(project, period)})


def period_of(request: Request) -> Period:
    """Return the period that is asked for; the last 180 days without any."""
    form = PeriodForm(request.query_params)
    if not form.is_valid():
        field, problems = next(iter(form.errors.items()))
        raise Invalid(field, str(problems[0]))
    asked: dict[str, Any] = form.cleaned_data
    until = asked["until"] or timezone.now()
    try:
        since = asked["since"] or until - USUAL
    except OverflowError:
        raise Invalid("until", "lies before any calendar") from None
    if since >= until:
        raise Invalid("since", "must lie before until.")
    return Period(since, until)
