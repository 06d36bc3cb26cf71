"""Serve everything from one process: HTTP on worker threads, sockets on the event loop."""

import asyncio
import logging
import os
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from moderation_site.env import one_line_refusal
from moderation_site.handler import wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_site.settings")
with one_line_refusal():
    wsgi: Any = wsgi_application()

# These modules load models, which Django allows only after the line above.
from channels.routing import URLRouter
from django.conf import settings

from moderation.delivery import relay
from moderation.delivery.socketio import server as socketio
from moderation.delivery.sockets.routing import websocket_urlpatterns
from moderation.integrations.compat.doors import DOORS
from moderation.lane.app import Lane
from moderation.pipeline.warm_up import warm_up
from moderation.rules.scorer import current_scorer, may_delay_checks
from moderation_site.http import CompleteRequests
from moderation_site.server.bridge import WsgiBridge
from moderation_site.server.process import allowed_connections, end_soon
from moderation_site.server.protocol import GuardedProtocol, end_stuck_connections
from moderation_site.server.turns import FILES, choose_pool

logger = logging.getLogger(__name__)

CHAT_APART = (
    "With several server processes and no REDIS_URL, people in a chat hear only those of their own "
    "process (docs/realtime.md, Chat)"
)

django = WsgiBridge(wsgi, choose=choose_pool, files=FILES)
# The lane's few threads cannot wait for a large model.
lane = django if may_delay_checks() else Lane(django, DOORS)
http = CompleteRequests(lane, settings.TRUSTED_PROXIES)
# `Any`: asgiref and Channels have different types for the same signatures.
sockets: Any = URLRouter(websocket_urlpatterns)
# Long polling gets complete requests too: the library would read a body of any length.
polling: Any = CompleteRequests(socketio.application, settings.TRUSTED_PROXIES)


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    if scope["type"] != "lifespan" and scope["path"].startswith(socketio.PATH):
        await (polling if scope["type"] == "http" else socketio.application)(scope, receive, send)
    elif scope["type"] == "http":
        await http(scope, receive, send)
    elif scope["type"] == "websocket":
        await sockets(scope, receive, send)
    else:
        await live(receive, send)


async def live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Run the relay from the server's start to its end."""
    await receive()
    GuardedProtocol.most_connections = allowed_connections()
    watch = asyncio.create_task(end_stuck_connections())
    try:
        await sync_to_async(start)()
    except Exception as error:
        logger.exception("The relay did not start")
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    end_soon()
    watch.cancel()
    await sync_to_async(stop)()
    await send({"type": "lifespan.shutdown.complete"})


def start() -> None:
    if settings.ENABLE_METRICS:
        from moderation_site import metrics  # noqa: PLC0415 (few servers need it)

        metrics.prepare_folder()
        if settings.METRICS_ADDRESS:
            metrics.serve_in_background(*settings.METRICS_ADDRESS)
    if os.environ.get("WEB_CONCURRENCY", "1") != "1":
        logger.warning(socketio.STICKY)
        if not settings.REDIS_URL:
            logger.warning(CHAT_APART)
    # A large model loads in the background meanwhile.
    current_scorer()
    # The first check compiles the word lists: do not let a client wait for that.
    warm_up()
    if settings.RELAY_IN_PROCESS:
        relay.start_in_process()


def stop() -> None:
    if settings.RELAY_IN_PROCESS:
        relay.stop_in_process()
