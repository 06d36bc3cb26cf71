"""Log through the standard library, as one readable line or one JSON object per event.

No line has a key, a token, a password, a session or the text of a message: libraries log at INFO or
above, tracebacks show no local variables, and `hide_secrets` removes secrets from URLs.
"""

import re
import sys
from contextvars import ContextVar
from typing import Any

import structlog
from django.conf import settings
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor

#: Pairs of a pattern and its replacement.
SECRETS = (
    # A token in a path.
    (re.compile(r"(/appeal/|/appeals/status/|/invitations/)[^/\s?#'\"\\]+"), r"\1…"),
    (re.compile(r"(/account/reset/)[^\s?#'\"\\]+"), r"\1…"),
    # The whole query of a URL: it may hold a key, a token or a search.
    (re.compile(r"(/[^\s?'\"\\]*)\?[^\s#'\"\\\]]+"), r"\1?…"),
    # API keys and secrets of webhooks, anywhere.
    (re.compile(r"\b(gvl_|whsec_)[\w+/=-]+"), r"\1…"),
    # Name and password in a URL.
    (re.compile(r"(://)[^\s/@'\"]+@"), r"\1…@"),
    # PostgreSQL quotes a row that it refuses, Celery a message that it cannot deliver.
    (re.compile(r"(DETAIL:|message body was:).*", re.DOTALL), r"\1 …"),
)
#: Loggers that may log at DEBUG: those of libraries show headers, frames, bodies and statements.
OWN_LOGGERS = ("moderation", "moderation_site", "reviews")
#: uvicorn sets the levels of these before Django loads.
LIBRARY_LOGGERS = ("django", "django.server", "uvicorn", "uvicorn.error", "uvicorn.asgi")


def logging_settings(*, level: str, style: str) -> dict[str, Any]:
    """Return `LOGGING`; style is `console` or `json`."""
    library_level = "INFO" if level == "DEBUG" else level
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": facts(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *renderers(style),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": library_level},
        "loggers": {
            **{name: {"level": level} for name in OWN_LOGGERS},
            **{
                name: {"handlers": [], "level": library_level, "propagate": True}
                for name in LIBRARY_LOGGERS
            },
            # Off: whoever connects to RabbitMQ logs in one line why it failed.
            **{name: {"level": "CRITICAL"} for name in ("aio_pika", "aiormq")},
            # Off: the proxy writes the access log.
            "uvicorn.access": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }


def facts() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        drop_request,
        add_request_id,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def renderers(style: str) -> list[Processor]:
    if style == "json":
        return [
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            hide_secrets,
            structlog.processors.JSONRenderer(),
        ]
    return [structlog.processors.format_exc_info, hide_secrets, structlog.dev.ConsoleRenderer()]


def drop_request(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Remove Django's request object and the arguments of a task that Celery adds as `data`."""
    event.pop("request", None)
    # uvicorn says each line a second time, with colours.
    event.pop("color_message", None)
    if str(event.get("logger", "")).startswith("celery."):
        event.pop("data", None)
    return event


def hide_secrets(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Remove secrets from all texts of the line, tracebacks too."""
    return {key: without_secrets(value) for key, value in event.items()}


def without_secrets(value: Any) -> Any:
    """Return the value with cleaned texts; an object that is not JSON becomes text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {key: without_secrets(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(one) for one in value]
    text = str(value)
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


def add_request_id(_logger: Any, _method: str, event: EventDict) -> EventDict:
    if identifier := current_request_id():
        event["request_id"] = identifier
    return event


def current_request_id() -> str | None:
    """Return the id; None before the first request, when its module is not loaded."""
    module, name = settings.REQUEST_ID_VAR.rsplit(".", 1)
    if module not in sys.modules:
        return None
    variable: ContextVar[str | None] = getattr(sys.modules[module], name)
    return variable.get(None)
