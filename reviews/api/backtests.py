"""What a rule or a policy would have done to past content (CONTRACT section 3, Rules)."""

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
from moderation.errors import Invalid, NotFound
from moderation.events import iso
from reviews import backtests
from reviews.api.shapes import BacktestAnswer, BacktestRow
from reviews.models import Backtest

DEFAULT_DAYS = 30


class DaysSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(
        min_value=1, max_value=backtests.MOST_DAYS, default=DEFAULT_DAYS
    )


class RuleBacktestSerializer(DaysSerializer):
    #: Its fields, or the id of a stored one.
    rule = serializers.JSONField()


class PolicyBacktestSerializer(DaysSerializer):
    policy = serializers.JSONField()


class RuleBacktestView(APIView):
    """POST /api/v1/rules/backtest"""

    action = "admin"

    @extend_schema(
        summary="What a rule would have done to past content",
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
        summary="What a policy would have done to past content",
        request=PolicyBacktestSerializer,
        responses={200: BacktestAnswer, 202: BacktestRow},
    )
    def post(self, request: Request) -> Response:
        body = body_of(request, "policy")
        if not isinstance(body["policy"], dict):
            raise Invalid("policy", "must be an object with the policy's fields.")
        changes = {name: value for name, value in body["policy"].items() if name not in READ_ONLY}
        backtest = backtests.start_policy(
            caller_of(request), changes, days=days_of(body), now=timezone.now()
        )
        return answer(request, backtest)


class BacktestView(APIView):
    """GET and, to cancel it, DELETE /api/v1/backtests/{id}"""

    action = "admin"

    @extend_schema(summary="How far a backtest is, and its result", responses=BacktestRow)
    def get(self, request: Request, backtest_id: UUID) -> Response:
        return Response(backtest_row(backtest_of(request, backtest_id)))

    @extend_schema(summary="Cancel a backtest", responses={200: Done})
    def delete(self, request: Request, backtest_id: UUID) -> Response:
        backtest = backtest_of(request, backtest_id)
        was_running = backtests.cancel(backtest, caller_of(request).name)
        told = "Backtest cancelled" if was_running else f"The backtest was {backtest.state} already"
        return Response({"success": was_running, "message": told})


def body_of(request: Request, named: str) -> dict[str, Any]:
    if not isinstance(request.data, dict):
        raise Invalid("body", "must be an object.")
    if named not in request.data:
        raise Invalid(named, "is needed")
    return request.data


def days_of(body: dict[str, Any]) -> int:
    serializer = DaysSerializer(data={"days": body.get("days", DEFAULT_DAYS)})
    serializer.is_valid(raise_exception=True)
    days: int = serializer.validated_data["days"]
    return days


def answer(request: Request, backtest: Backtest) -> Response:
    """Answer with the result, or at once where the client would rather look again later."""
    if "respond-async" in request.headers.get("Prefer", ""):
        backtests.run_aside(backtest)
        place = {"Location": f"/api/v1/backtests/{backtest.pk}"}
        return Response(backtest_row(backtest), status=202, headers=place)
    done = backtests.run_here(backtest)
    return Response({"id": str(done.pk), **(shown_result(done) or {})})


def backtest_of(request: Request, backtest_id: UUID) -> Backtest:
    backtests.mark_dead(caller_of(request).project, timezone.now())
    stored = Backtest.objects.filter(project=caller_of(request).project, pk=backtest_id)
    backtest = stored.select_related("project").first()
    if backtest is None:
        raise NotFound("There is no such backtest in this project.")
    return backtest


def backtest_row(backtest: Backtest) -> dict[str, Any]:
    return {
        "id": str(backtest.pk),
        "kind": backtest.kind,
        "state": backtest.state,
        "days": backtest.days,
        "done": backtest.done,
        "total": backtest.total,
        "started_by": backtest.started_by,
        "started_at": iso(backtest.started_at),
        "result": shown_result(backtest),
    }


def shown_result(backtest: Backtest) -> dict[str, Any] | None:
    stored = backtest.result
    return None if stored is None else backtests.with_texts(backtest.project, stored)
