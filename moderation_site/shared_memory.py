"""What processes share: Redis if there is one, else each process has its own."""

from typing import Any

#: channels-redis waits 5 s for a message; a shorter limit on reads would cut every quiet wait.
LAYER_READ_SECONDS = 15


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
    host = {"address": redis_url, "socket_timeout": LAYER_READ_SECONDS}
    return {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [host], "capacity": 1000},
        }
    }
