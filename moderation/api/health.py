"""Is it alive, is it ready, and what does it depend on?"""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import toxicity
from moderation.api.shapes.project import HealthAnswer, PongAnswer
from moderation.events import iso
from moderation.relay import relay_state

HEALTHY = {"connected", "not configured", "running", "ready", "off"}
PING_SECONDS = 1.0


class HealthView(APIView):
    """GET /api/v1/health"""

    action = None
    authentication_classes = ()

    @extend_schema(summary="State of the service and of what it depends on", responses=HealthAnswer)
    def get(self, request: Request) -> Response:
        dependencies = {
            "database": database_state(),
            "redis": redis_state(),
            "rabbitmq": "not configured",
            "model": str(toxicity.state()),
            "relay": _relay(),
        }
        is_healthy = set(dependencies.values()) <= HEALTHY
        return Response(
            {
                "status": "healthy" if is_healthy else "degraded",
                "version": settings.VERSION,
                "timestamp": iso(timezone.now()),
                "dependencies": dependencies,
            }
        )


class PingView(APIView):
    """GET /api/v1/ping"""

    action = None
    authentication_classes = ()

    @extend_schema(summary="Is it there?", responses=PongAnswer)
    def get(self, request: Request) -> Response:
        return Response({"status": "ok", "message": "pong"})


def database_state() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "connected"


def redis_state() -> str:
    if not settings.REDIS_URL:
        return "not configured"
    import redis  # noqa: PLC0415 (20 MB that only servers with Redis need)

    client: Any = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PING_SECONDS, socket_connect_timeout=PING_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError:
        return "unreachable"
    finally:
        client.close()
    return "connected"


def _relay() -> str:
    try:
        return relay_state()
    except DatabaseError:
        return "stopped"


def livez(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process lives."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 once the database is reachable and migrated, 503 until then."""
    try:
        executor = MigrationExecutor(connection)
        is_ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        is_ready = False
    return JsonResponse({"ready": is_ready}, status=200 if is_ready else 503)
