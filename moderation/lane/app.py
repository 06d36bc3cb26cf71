"""The ASGI application that answers checks, their batches and analyses, and passes on the rest."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from django.db import close_old_connections, connection

from moderation.engine.giving_way import urgent
from moderation.lane.doors import Door
from moderation.lane.requests import PATHS, lane_request
from moderation.lane.turns import Task, Turns
from moderation.lane.work import work
from moderation.lib.rate_limit import COUNTED

Application = Callable[[HTTPScope, ASGIReceiveCallable, ASGISendCallable], Awaitable[None]]
#: SQLite has one writer; with PostgreSQL a spare thread goes on while the other waits for a lock.
SPARES = {"sqlite": 0}
OTHER_SPARES = 1


class Lane:
    """Answers what it can; what it cannot, `django` answers as if the lane were not there.

    Each request comes whole with its first event. `doors`: other services' calls, by address.
    """

    def __init__(self, django: Application, doors: Mapping[str, Door]) -> None:
        self._django = django
        self._doors = doors
        self._turns = Turns(do_turn, SPARES.get(connection.vendor, OTHER_SPARES))

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        door = self._doors.get(scope["path"])
        is_mine = scope["method"] == "POST" and (door or scope["path"] in PATHS)
        request = lane_request(scope, door) if is_mine else None
        if request is None:
            await self._django(scope, receive, send)
            return
        event: Any = await receive()
        task = await self._turns.ask(request, event["body"])
        reply = task.reply
        if reply is None:
            await self._django(passed_on(scope, task), again(event, receive), send)
            return
        start: Any = {
            "type": "http.response.start",
            "status": reply.status,
            "headers": reply.headers,
        }
        body: Any = {"type": "http.response.body", "body": reply.body}
        await send(start)
        await send(body)


def do_turn(group: Sequence[Task]) -> None:
    # As Django does before each request: a connection may be old or broken.
    close_old_connections()
    with urgent():
        work(group)


def passed_on(scope: HTTPScope, task: Task) -> HTTPScope:
    """Return the scope for Django, which must not count for the key's rates a second time."""
    given: Any = {**scope, COUNTED: task.allowance}
    result: HTTPScope = given
    return result


def again(event: Any, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """Return a receive that gives this event first."""
    events = [event]

    async def receive_again() -> Any:
        return events.pop() if events else await receive()

    return receive_again
