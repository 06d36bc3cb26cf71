"""The id of the request that is being answered, which its answer and log lines carry."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")


@contextmanager
def within_request(name: str) -> Iterator[None]:
    """Let what runs within log this id; an empty one changes nothing."""
    token = request_id.set(name or request_id.get())
    try:
        yield
    finally:
        request_id.reset(token)
