"""Log through the standard library, one readable line or one JSON object an event."""

import re
import sys
from contextvars import ContextVar
from typing import Any

import structlog
from django.conf import settings
from structlog.typing import EventDict, Processor

#: What stands after these in an address is a token.
BEFORE_TOKEN = re.compile(r"(/appeal/|/appeals/status/|/invitations/)[^/\s?#'\"]+")


def logging_settings(*, level: str, style: str) -> dict[str, Any]:
    """Return `LOGGING`; style is `console` or `json`."""
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
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "uvicorn": {"handlers": [], "level": level, "propagate": True},
            # Off: an address may carry a token, and the proxy keeps the access log.
            "uvicorn.access": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }


def facts() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        drop_request,
        hide_tokens,
        add_request_id,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def renderers(style: str) -> list[Processor]:
    if style == "json":
        return [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]


def drop_request(logger: Any, method: str, event: EventDict) -> EventDict:
    """Remove Django's request object: its text holds the query, which may hold a token."""
    event.pop("request", None)
    return event


def hide_tokens(logger: Any, method: str, event: EventDict) -> EventDict:
    """Take the token out of a link, where Django names a path that it refused."""
    event["event"] = BEFORE_TOKEN.sub(r"\1…", str(event.get("event", "")))
    return event


def add_request_id(logger: Any, method: str, event: EventDict) -> EventDict:
    if identifier := current_request_id():
        event["request_id"] = identifier
    return event


def current_request_id() -> str | None:
    """Return nothing while the module that holds the id is not loaded: no request came yet."""
    module, name = settings.REQUEST_ID_VAR.rsplit(".", 1)
    if module not in sys.modules:
        return None
    variable: ContextVar[str | None] = getattr(sys.modules[module], name)
    return variable.get(None)
