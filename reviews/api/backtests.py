"""What a rule or a policy would have done to past content (docs/rules.md, "Backtest")."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.permissions import caller_of
from moderation.api.policy import READ_ONLY
from moderation.api.rules import named_rule
from moderation.api.shapes.words import Done
from moderation.events.event import iso
from moderation.lib.errors import Invalid, NotFound
from moderation.lib.json_types import JsonObject
from reviews.api.shapes import BacktestAnswer, BacktestRow
from reviews.evaluation import backtests
from reviews.evaluation.backtests.shapes import BacktestResult
from reviews.models import Backtest

DEFAULT_DAYS = 30


class DaysSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(
        min_value=1, max_value=backtests.MOST_DAYS, default=DEFAULT_DAYS
    )


class RuleBacktestSerializer(DaysSerializer):
    #: A rule's fields, or the id of a stored rule.
    rule = serializers.JSONField()


class PolicyBacktestSerializer(DaysSerializer):
    policy = serializers.JSONField()


class RuleBacktestView(APIView):
    """POST /api/v1/rules/backtest"""

    action = "admin"

    @extend_schema(
        summary="Test a rule on past content",
        request=RuleBacktestSerializer,
        responses={200: BacktestAnswer, 202: BacktestRow},
    )
    def post(self, request: Request) -> Response:
        body = body_of(request, "rule")
        draft, stored_id = named_rule(request, body["rule"])
        backtest = backtests.start_rule(
            caller_of(request),
            draft,
            instead_of=stored_id,
            days=days_of(body),
            now=timezone.now(),
        )
        return answer(request, backtest)


class PolicyBacktestView(APIView):
    """POST /api/v1/policy/backtest"""

    action = "admin"

    @extend_schema(
        summary="Test a policy on past content",
        request=PolicyBacktestSerializer,
        responses={200: BacktestAnswer, 202: BacktestRow},
    )
    def post(self, request: Request) -> Response:
        body = body_of(request, "policy")
        if not isinstance(body["policy"], dict):
            raise Invalid("policy", "must be an object with fields of the policy.")
        changes = {name: value for name, value in body["policy"].items() if name not in READ_ONLY}
        backtest = backtests.start_policy(
            caller_of(request), changes, days=days_of(body), now=timezone.now()
        )
        return answer(request, backtest)


class BacktestView(APIView):
    """GET and, to cancel it, DELETE /api/v1/backtests/{id}"""

    action = "admin"

    @extend_schema(summary="A backtest's progress and result", responses=BacktestRow)
    def get(self, request: Request, backtest_id: UUID) -> Response:
        return Response(backtest_row(backtest_of(request, backtest_id)))

    @extend_schema(summary="Cancel a backtest", responses={200: Done})
    def delete(self, request: Request, backtest_id: UUID) -> Response:
        backtest = backtest_of(request, backtest_id)
        was_running = backtests.cancel(backtest, caller_of(request).name)
        message = "Backtest cancelled"
        if not was_running:
            message = f"The backtest was already {backtest.state}"
        return Response({"success": was_running, "message": message})


def body_of(request: Request, field: str) -> JsonObject:
    """Return the request's body; Invalid if it is no object or lacks the field."""
    if not isinstance(request.data, dict):
        raise Invalid("body", "must be an object.")
    if field not in request.data:
        raise Invalid(field, "is required.")
    return request.data


def days_of(body: JsonObject) -> int:
    serializer = DaysSerializer(data={"days": body.get("days", DEFAULT_DAYS)})
    serializer.is_valid(raise_exception=True)
    days: int = serializer.validated_data["days"]
    return days


def answer(request: Request, backtest: Backtest) -> Response:
    """Answer with the result, or at once if the client prefers to ask again later."""
    if "respond-async" in request.headers.get("Prefer", ""):
        backtests.run_aside(backtest)
        headers = {"Location": f"/api/v1/backtests/{backtest.pk}"}
        return Response(backtest_row(backtest), status=202, headers=headers)
    done = backtests.run_here(backtest)
    result = result_of(done)
    assert result is not None
    body: BacktestAnswer = {"id": str(done.pk), **result}
    return Response(body)


def backtest_of(request: Request, backtest_id: UUID) -> Backtest:
    backtests.mark_dead(caller_of(request).project, timezone.now())
    stored = Backtest.objects.filter(project=caller_of(request).project, pk=backtest_id)
    backtest = stored.select_related("project").first()
    if backtest is None:
        raise NotFound("There is no such backtest in this project.")
    return backtest


def backtest_row(backtest: Backtest) -> BacktestRow:
    return {
        "id": str(backtest.pk),
        "kind": backtest.kind,
        "state": backtest.state,
        "days": backtest.days,
        "done": backtest.done,
        "total": backtest.total,
        "started_by": backtest.started_by,
        "started_at": iso(backtest.started_at),
        "result": result_of(backtest),
    }


def result_of(backtest: Backtest) -> BacktestResult | None:
    stored: BacktestResult | None = backtest.result
    return None if stored is None else backtests.with_texts(backtest.project, stored)
