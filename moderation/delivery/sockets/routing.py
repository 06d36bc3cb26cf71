"""The addresses of the sockets; authentication is the consumer's, so no middleware is needed."""

from typing import Any

from django.urls import path, re_path

from moderation.delivery.sockets.chat import ChatConsumer, RateLimitedChatConsumer
from moderation.delivery.sockets.consumers import EventsConsumer, UnknownPath

# Channels' stubs do not export the type that its router takes.
websocket_urlpatterns: list[Any] = [
    path("ws/", EventsConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/projects/<str:slug>/", EventsConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/chat/<path:chat_id>", ChatConsumer.as_asgi()),  # type: ignore[arg-type]
    path("ws/chat-with-ratelimit/<path:chat_id>", RateLimitedChatConsumer.as_asgi()),  # type: ignore[arg-type]
    re_path(r"", UnknownPath.as_asgi()),  # type: ignore[arg-type]
]
