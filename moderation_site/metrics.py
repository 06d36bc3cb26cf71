"""`/metrics` for Prometheus: what processes counted and what the database says."""

import ipaddress
import logging
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.db import connections
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from moderation.delivery.relay import relay_state
from moderation.engine.model.scorer import State
from moderation.models import DeliveryStatus, ModerationTask, OutboxEvent, WebhookDelivery
from moderation.models.events import Audience
from moderation.models.tasks import TaskState
from moderation.rules.scorer import model_state
from reviews.models import ReviewItem, ReviewStatus

logger = logging.getLogger(__name__)

#: Headers of a proxy; the last stands for those of a proxy that is not trusted (http.py).
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Was-Forwarded")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
RELAY_STATES = ("running", "late", "stopped")


def view(request: HttpRequest) -> HttpResponse:
    """GET /metrics, for programs on this machine; others get 404, as if it were switched off."""
    is_forwarded = any(name in request.headers for name in FORWARDED)
    if not settings.ENABLE_METRICS or is_forwarded or not is_loopback(request):
        return HttpResponse("Not found\n", status=404, content_type="text/plain; charset=utf-8")
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def is_loopback(request: HttpRequest) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    return False


def exposition() -> bytes:
    """Return all metrics as Prometheus reads them."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    for pid in dead_processes(folder):
        mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(Installation())
    return generate_latest(registry)


class Installation(Collector):
    """What the database says about the whole installation, whichever process is asked."""

    def collect(self) -> Iterable[Metric]:
        now = timezone.now()
        yield from queue_metrics(now)
        yield from relay_metrics(now)
        yield one_of("gavel_model_state", "State of this process's model", State, model_state())


def queue_metrics(now: datetime) -> Iterator[Metric]:
    depth = GaugeMetricFamily("gavel_queue_depth", "Open reviews", labels=["project"])
    age = GaugeMetricFamily(
        "gavel_queue_oldest_seconds", "Age of the oldest open review", labels=["project"]
    )
    open_items = ReviewItem.objects.filter(status=ReviewStatus.OPEN).order_by()
    by_project = open_items.values_list("project__slug")
    for slug, count, oldest in by_project.annotate(Count("pk"), Min("created_at")):
        depth.add_metric([slug], count)
        age.add_metric([slug], max(0.0, (now - oldest).total_seconds()))
    yield depth
    yield age


def relay_metrics(now: datetime) -> Iterator[Metric]:
    yield one_of("gavel_relay_state", "State of the relay", RELAY_STATES, relay_state(now))
    unnumbered = OutboxEvent.objects.unnumbered().order_by("id")
    oldest = unnumbered.values_list("created_at", flat=True).first()
    lag = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    yield GaugeMetricFamily(
        "gavel_relay_lag_seconds", "Age of the oldest event without a number", lag
    )
    backlog = GaugeMetricFamily(
        "gavel_sink_backlog", "What waits to be sent or done", labels=["sink"]
    )
    unsent = OutboxEvent.objects.filter(audience=Audience.EXTERNAL, sent_at=None, cancelled_at=None)
    pending = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING)
    tasks = ModerationTask.objects.filter(state=TaskState.PENDING)
    for sink, rows in (("outbox", unsent), ("webhooks", pending), ("tasks", tasks)):
        backlog.add_metric([sink], rows.count())
    yield backlog


def one_of(name: str, help_: str, states: Iterable[str], now: str) -> Metric:
    """Return a gauge with a line for each state: 1 for the present one, else 0."""
    gauge = GaugeMetricFamily(name, help_, labels=["state"])
    for state in states:
        gauge.add_metric([str(state)], int(str(state) == str(now)))
    return gauge


# --- The folder that processes share


def prepare_folder() -> None:
    """Begin a new run: empty the folder unless another process uses it.

    Counters then start at 0, which Prometheus understands. Called before anything is counted.
    """
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    pids = processes(folder)
    if pids and pids == dead_processes(folder):
        for file in folder.glob("*.db"):
            file.unlink(missing_ok=True)


def processes(folder: Path) -> set[int]:
    return {int(file.stem.rpartition("_")[2]) for file in folder.glob("*_[0-9]*.db")}


def dead_processes(folder: Path) -> set[int]:
    return {pid for pid in processes(folder) if not is_alive(pid)}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# --- A port of its own


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Log nothing: Prometheus asks every few seconds."""


def serve_in_background(host: str, port: int) -> None:
    """Serve /metrics there from a thread; another process may have the port already."""
    try:
        server = make_server(host, port, answer, handler_class=QuietHandler)
    except OSError as error:
        logger.warning("METRICS_PORT is taken", extra={"port": port, "reason": error.strerror})
        return
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    if environ["PATH_INFO"] != "/metrics":
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"Not found\n"]
    try:
        body = exposition()
    finally:
        connections.close_all()
    start_response("200 OK", [("Content-Type", CONTENT_TYPE)])
    return [body]
