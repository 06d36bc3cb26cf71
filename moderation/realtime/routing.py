"""The addresses of the sockets; authentication is the consumer's, so no middleware is needed."""

from typing import Any

from django.urls import path, re_path

from moderation.realtime.consumers import EventsConsumer, UnknownPath

# Channels' stubs keep the type that its router takes to themselves.
websocket_urlpatterns: list[Any] = [
    path("ws/", EventsConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/projects/<str:slug>/", EventsConsumer.as_asgi()),  # type: ignore[arg-type]
    re_path(r"", UnknownPath.as_asgi()),  # type: ignore[arg-type]
]
