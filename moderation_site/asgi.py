"""Serve everything from one process: HTTP on worker threads, sockets on the event loop."""

import logging
import os
from typing import Any

from a2wsgi import WSGIMiddleware
from asgiref.sync import sync_to_async
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from django.core.wsgi import get_wsgi_application

from moderation_site.env import one_line_refusal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_site.settings")
with one_line_refusal():
    wsgi: Any = get_wsgi_application()

# Below: modules that load models, which Django allows only after the line above.
from channels.routing import URLRouter
from django.conf import settings

from moderation import relay, toxicity
from moderation.engine.classify import classify
from moderation.engine.ruleset import build_ruleset
from moderation.realtime.routing import websocket_urlpatterns
from moderation_site.http import CompleteRequests

logger = logging.getLogger(__name__)

# Django's own ASGI handler opens a thread and a database connection for each request; a fixed
# pool keeps its connections and costs a third to a half less processor time.
THREADS = 4
# Checks that wait for a large model hold a thread meanwhile; the pool grows only as they come.
THREADS_THAT_WAIT = 64
# `Any`: a2wsgi, asgiref and Channels each write the same signatures in types of their own.
threads: Any = WSGIMiddleware(
    wsgi, workers=THREADS_THAT_WAIT if toxicity.is_waited_for() else THREADS
)
http = CompleteRequests(threads, settings.TRUSTED_PROXIES)
sockets: Any = URLRouter(websocket_urlpatterns)


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    if scope["type"] == "http":
        await http(scope, receive, send)
    elif scope["type"] == "websocket":
        await sockets(scope, receive, send)
    else:
        await live(receive, send)


async def live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Run the relay from the server's start to its end."""
    await receive()
    try:
        await sync_to_async(start)()
    except Exception as error:
        logger.exception("The relay did not start")
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await sync_to_async(stop)()
    await send({"type": "lifespan.shutdown.complete"})


def start() -> None:
    # The word lists are compiled at the first judgement: let no client wait for it.
    classify("warm up", build_ruleset())
    # A large model loads in the background meanwhile.
    toxicity.scorer()
    if settings.RELAY_IN_PROCESS:
        relay.start_in_process()


def stop() -> None:
    if settings.RELAY_IN_PROCESS:
        relay.stop_in_process()
