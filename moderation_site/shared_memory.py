"""What processes share: Redis if there is one, else each process has its own."""

import socket
from typing import Any

#: A connection is dead after 30 s: probes begin after 15 and come every 5.
KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
#: The channel layer waits for messages, so no limit may cut its reads: the client's own, 5 s, is as
#: long as one wait of channels-redis, and ends calls with `asyncio.wait_for`, which in Python 3.11
#: can swallow that a task was cancelled (cpython issue 86296). The system notices a dead peer.
WAITING = {
    "socket_timeout": None,
    "socket_keepalive": True,
    "socket_keepalive_options": {
        getattr(socket, name): value
        for name, value in KEEPALIVE.items()
        if hasattr(socket, name)  # macOS lacks the first
    },
}


def caches(redis_url: str) -> dict[str, Any]:
    """Return Django's CACHES: counts of wrong codes hold for all processes together."""
    if not redis_url:
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
            "KEY_PREFIX": "gavel",
        }
    }


def channel_layers(redis_url: str) -> dict[str, Any]:
    """Return CHANNEL_LAYERS, over which processes tell one another what happened."""
    if not redis_url:
        return {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    host = {"address": redis_url, **WAITING}
    return {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [host], "capacity": 1000},
        }
    }
