"""Health checks: is the server alive, is it ready, and how are its dependencies?"""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.shapes.project import Dependencies, HealthAnswer, PongAnswer
from moderation.delivery.relay import relay_state
from moderation.events.event import iso
from moderation.lib import dropped_attributes
from moderation.lib.redis_health import redis_state
from moderation.rules.active import count_stale
from moderation.rules.scorer import model_state

HEALTHY = {"connected", "not configured", "running", "ready", "off"}


class HealthView(APIView):
    """GET /api/v1/health"""

    action = None
    authentication_classes = ()

    @extend_schema(summary="State of the service and its dependencies", responses=HealthAnswer)
    def get(self, _request: Request) -> Response:
        try:
            relay = relay_state()
        except DatabaseError:
            relay = "stopped"
        dependencies: Dependencies = {
            "database": database_state(),
            "redis": redis_state(),
            "rabbitmq": rabbitmq_state(),
            "model": str(model_state()),
            "relay": relay,
        }
        stale = count_stale()
        is_healthy = set(dependencies.values()) <= HEALTHY and not stale
        answer: HealthAnswer = {
            "status": "healthy" if is_healthy else "degraded",
            "version": settings.VERSION,
            "timestamp": iso(timezone.now()),
            "dependencies": dependencies,
            "dropped_attributes": dropped_attributes.counts(),
            "stale_rulesets": stale,
        }
        return Response(answer)


class PingView(APIView):
    """GET /api/v1/ping"""

    action = None
    authentication_classes = ()

    @extend_schema(summary="Check that the server answers", responses=PongAnswer)
    def get(self, _request: Request) -> Response:
        return Response({"status": "ok", "message": "pong"})


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "connected"


def rabbitmq_state() -> str:
    if not settings.AMQP_URL:
        return "not configured"
    from moderation.delivery.amqp import state  # noqa: PLC0415 (memory that few servers need)

    return "unreachable" if state.rabbitmq_error() else "connected"


def livez(_request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process runs."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 once the database is reachable and migrated, 503 before."""
    try:
        executor = MigrationExecutor(connection)
        is_ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        is_ready = False
    return JsonResponse({"ready": is_ready}, status=200 if is_ready else 503)
