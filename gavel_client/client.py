"""`Gavel` and `AsyncGavel`: the same calls, for programs without and with asyncio."""

import asyncio
import os
import random
import time
from collections.abc import Iterable, Iterator
from typing import Any, Self, TypeVar

import httpx

from gavel_client import calls
from gavel_client.answers import Analysis, AuthorStatus, BatchError, Check, Event, Review
from gavel_client.calls import Call, Decision, Message
from gavel_client.errors import ApiError, ServerAway
from gavel_client.fallback import Fallback
from gavel_client.faults import absence, check_settings, check_texts

T = TypeVar("T")
DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 5.0
RETRIES = 2
#: Pauses before the second, third … attempt; each varies by a fifth.
PAUSES_SECONDS = (0.1, 0.4, 1.6, 6.4)
LONGEST_WAIT_SECONDS = 10.0
#: The server, or a proxy before it, cannot answer now.
AWAY = frozenset({502, 503, 504})
TOO_MANY = 429
EVENTS_AT_ONCE = 200


class _Settings:
    """What both clients share: the address, the key, retries and the fallback."""

    def __init__(
        self,
        url: str | None,
        key: str | None,
        *,
        timeout: float,
        retries: int,
        fallback: Fallback | None,
    ) -> None:
        """url, key: by default the variables GAVEL_URL and GAVEL_KEY.

        timeout: seconds for each attempt. retries: attempts after the first, of calls that may be
        repeated. fallback: answers checks while the server is away; without one they raise
        ServerAway. Raises SettingsError for an address or a key that cannot be used.
        """
        self.retries, self.fallback = retries, fallback
        key = key if key is not None else os.environ.get("GAVEL_KEY", "")
        address = (url or os.environ.get("GAVEL_URL") or DEFAULT_URL).rstrip("/")
        check_settings(address, key)
        self._options: dict[str, Any] = {
            "base_url": f"{address}/api/v1/",
            "headers": {"X-API-Key": key} if key else {},
            "timeout": timeout,
        }

    def _pause(self, call: Call[Any], attempt: int, answer: httpx.Response | None) -> float | None:
        """Return how many seconds to wait before the next attempt, None if there is none."""
        if attempt >= self.retries or not call.is_repeatable:
            return None
        pause = PAUSES_SECONDS[min(attempt, len(PAUSES_SECONDS) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311
        if answer is None or answer.status_code in AWAY:
            return pause
        if answer.status_code == TOO_MANY:
            asked = answer.headers.get("Retry-After", "")
            wait = float(asked) if asked.isdigit() else pause
            return wait if wait <= LONGEST_WAIT_SECONDS else None
        return None


def _request(call: Call[Any]) -> dict[str, Any]:
    check_texts(call)
    params = call.params and {name: one for name, one in call.params.items() if one is not None}
    return {"method": call.method, "url": call.path, "json": call.json, "params": params}


def _read(call: Call[T], answer: httpx.Response) -> T:
    if answer.status_code in AWAY:
        raise ServerAway(f"The server answered {answer.status_code}.")
    try:
        data = answer.json() if answer.content else None
    except ValueError:
        data = None
    if answer.is_success:
        try:
            return call.read(data)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            problem = {"detail": "This is not an answer of Gavel: check the address."}
            raise ApiError(answer.status_code, problem) from error
    raise ApiError(answer.status_code, data if isinstance(data, dict) else {})


def _subject(message_id: str | None, ban_id: str | None) -> dict[str, str]:
    if (message_id is None) == (ban_id is None):
        raise ValueError("Give either message_id or ban_id.")
    return {"message_id": message_id} if message_id is not None else {"ban_id": str(ban_id)}


class Gavel(_Settings):
    """The client for programs without asyncio; threads may share it."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
        fallback: Fallback | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(url, key, timeout=timeout, retries=retries, fallback=fallback)
        self._http = httpx.Client(transport=transport, **self._options)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def send(self, call: Call[T]) -> T:
        """Send a call, several times if need be. Raises ApiError and ServerAway."""
        attempt = 0
        while True:
            answer, reason = None, ""
            try:
                answer = self._http.request(**_request(call))
            except (httpx.RequestError, httpx.InvalidURL) as error:
                reason = absence(error)
            pause = self._pause(call, attempt, answer)
            if pause is None:
                if answer is None:
                    raise ServerAway(reason)
                return _read(call, answer)
            time.sleep(pause)
            attempt += 1

    def check(self, message: Message, *, dry_run: bool = False) -> Check:
        """Judge a message and store what follows; dry_run stores nothing."""
        try:
            return self.send(calls.check(message, dry_run=dry_run))
        except ServerAway:
            if self.fallback is None:
                raise
            return self.fallback.check(message)

    def check_batch(self, messages: Iterable[Message]) -> list[Check | BatchError]:
        """Judge up to 100 messages; the results have their order."""
        messages = list(messages)
        try:
            return self.send(calls.check_batch(messages))
        except ServerAway:
            if self.fallback is None:
                raise
            return [self.fallback.check(message) for message in messages]

    def analyze(self, text: str, language: str | None = None) -> Analysis:
        return self.send(calls.analyze(text, language))

    def author_status(self, user_id: str, channel_id: str) -> AuthorStatus:
        return self.send(calls.author_status(user_id, channel_id))

    def report(
        self, message_id: str, reporter_id: str, reason: str, note: str | None = None
    ) -> dict[str, Any]:
        return self.send(calls.report(message_id, reporter_id, reason, note))

    def appeal(
        self,
        user_id: str,
        statement: str,
        *,
        message_id: str | None = None,
        ban_id: str | None = None,
    ) -> dict[str, Any]:
        return self.send(calls.appeal(user_id, statement, _subject(message_id, ban_id)))

    def chat_token(self, user_id: str, channel_id: str, username: str | None = None) -> str:
        return self.send(calls.chat_token(user_id, channel_id, username))

    def reviews(self, **filters: Any) -> list[Review]:
        """Return the first page of the queue; filters: such as `status`, `severity`, `limit`."""
        return self.send(calls.reviews(filters))

    def review(self, review_id: str) -> Review:
        return self.send(calls.review(review_id))

    def next_review(self) -> Review | None:
        """Claim the most urgent review; None if there is none."""
        return self.send(calls.next_review())

    def decide(self, review_id: str, decision: Decision, **fields: Any) -> Review:
        """fields: such as `reason_code`, `note`, `strike`, `ban`, `version`."""
        return self.send(calls.decide(review_id, decision, fields))

    def undo(self, review_id: str) -> Review:
        return self.send(calls.undo(review_id))

    def ban(
        self, user_id: str, channel_id: str | None, *, hours: int | None, reason: str
    ) -> dict[str, Any]:
        """Ban an author; channel_id None: in the whole project, hours None: permanently."""
        return self.send(calls.ban(user_id, channel_id, hours, reason))

    def unban(
        self,
        user_id: str,
        channel_id: str | None,
        *,
        reason: str = "",
        reset_strikes: bool = False,
    ) -> dict[str, Any]:
        return self.send(calls.unban(user_id, channel_id, reason, reset_strikes=reset_strikes))

    def events(self, since: int = 0) -> Iterator[Event]:
        """Yield every event after a number that the server has now, oldest first."""
        while page := self.send(calls.events(since, EVENTS_AT_ONCE)):
            yield from page
            since = page[-1].seq

    def health(self) -> dict[str, Any]:
        return self.send(calls.health())


class AsyncGavel(_Settings):
    """The client for programs with asyncio."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
        fallback: Fallback | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(url, key, timeout=timeout, retries=retries, fallback=fallback)
        self._http = httpx.AsyncClient(transport=transport, **self._options)

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    async def send(self, call: Call[T]) -> T:
        """Send a call, several times if need be. Raises ApiError and ServerAway."""
        attempt = 0
        while True:
            answer, reason = None, ""
            try:
                answer = await self._http.request(**_request(call))
            except (httpx.RequestError, httpx.InvalidURL) as error:
                reason = absence(error)
            pause = self._pause(call, attempt, answer)
            if pause is None:
                if answer is None:
                    raise ServerAway(reason)
                return _read(call, answer)
            await asyncio.sleep(pause)
            attempt += 1

    async def check(self, message: Message, *, dry_run: bool = False) -> Check:
        """Judge a message and store what follows; dry_run stores nothing."""
        try:
            return await self.send(calls.check(message, dry_run=dry_run))
        except ServerAway:
            if self.fallback is None:
                raise
            return self.fallback.check(message)

    async def check_batch(self, messages: Iterable[Message]) -> list[Check | BatchError]:
        """Judge up to 100 messages; the results have their order."""
        messages = list(messages)
        try:
            return await self.send(calls.check_batch(messages))
        except ServerAway:
            if self.fallback is None:
                raise
            return [self.fallback.check(message) for message in messages]

    async def analyze(self, text: str, language: str | None = None) -> Analysis:
        return await self.send(calls.analyze(text, language))

    async def author_status(self, user_id: str, channel_id: str) -> AuthorStatus:
        return await self.send(calls.author_status(user_id, channel_id))

    async def report(
        self, message_id: str, reporter_id: str, reason: str, note: str | None = None
    ) -> dict[str, Any]:
        return await self.send(calls.report(message_id, reporter_id, reason, note))

    async def appeal(
        self,
        user_id: str,
        statement: str,
        *,
        message_id: str | None = None,
        ban_id: str | None = None,
    ) -> dict[str, Any]:
        return await self.send(calls.appeal(user_id, statement, _subject(message_id, ban_id)))

    async def chat_token(self, user_id: str, channel_id: str, username: str | None = None) -> str:
        return await self.send(calls.chat_token(user_id, channel_id, username))

    async def reviews(self, **filters: Any) -> list[Review]:
        """Return the first page of the queue; filters: such as `status`, `severity`, `limit`."""
        return await self.send(calls.reviews(filters))

    async def review(self, review_id: str) -> Review:
        return await self.send(calls.review(review_id))

    async def next_review(self) -> Review | None:
        """Claim the most urgent review; None if there is none."""
        return await self.send(calls.next_review())

    async def decide(self, review_id: str, decision: Decision, **fields: Any) -> Review:
        """fields: such as `reason_code`, `note`, `strike`, `ban`, `version`."""
        return await self.send(calls.decide(review_id, decision, fields))

    async def undo(self, review_id: str) -> Review:
        return await self.send(calls.undo(review_id))

    async def ban(
        self, user_id: str, channel_id: str | None, *, hours: int | None, reason: str
    ) -> dict[str, Any]:
        """Ban an author; channel_id None: in the whole project, hours None: permanently."""
        return await self.send(calls.ban(user_id, channel_id, hours, reason))

    async def unban(
        self,
        user_id: str,
        channel_id: str | None,
        *,
        reason: str = "",
        reset_strikes: bool = False,
    ) -> dict[str, Any]:
        call = calls.unban(user_id, channel_id, reason, reset_strikes=reset_strikes)
        return await self.send(call)

    async def events(self, since: int = 0) -> list[Event]:
        """Return every event after a number that the server has now, oldest first."""
        found: list[Event] = []
        while page := await self.send(calls.events(since, EVENTS_AT_ONCE)):
            found += page
            since = page[-1].seq
        return found

    async def health(self) -> dict[str, Any]:
        return await self.send(calls.health())
