"""The id of the request that is being answered, which its answer and log lines carry."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context

request_id: ContextVar[str] = ContextVar("request_id", default="")


@contextmanager
def within_request(name: str) -> Iterator[None]:
    """Let what runs within log this id; an empty one changes nothing."""
    token = request_id.set(name or request_id.get())
    try:
        yield
    finally:
        request_id.reset(token)


def context_of(name: str) -> Context:
    """Return a context in which what runs logs this id; an empty one changes nothing."""
    context = copy_context()
    if name:
        context.run(request_id.set, name)
    return context
