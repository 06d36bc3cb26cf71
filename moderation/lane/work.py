"""What a thread of the lane does for a group of requests: authenticate, moderate, answer."""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from rest_framework.exceptions import APIException
from rest_framework.utils.encoders import JSONEncoder

from moderation.accounts.callers import Caller
from moderation.accounts.key_lookup import caller_of_key
from moderation.accounts.permissions import may
from moderation.api.errors import MEDIA_TYPE, problem_of
from moderation.api.parsers import parse_json
from moderation.lane.doors import Door
from moderation.lane.requests import ANALYZE, CHECK, messages_of, submission_of, text_of
from moderation.lane.turns import Reply, Task
from moderation.lib.errors import RETRY_SECONDS, DatabaseAway, GavelError
from moderation.lib.rate_limit import take
from moderation.lib.request_id import within_request
from moderation.models import Scope
from moderation.pipeline.answers import analysis_of, answer_of
from moderation.pipeline.moderate import analyze
from moderation.pipeline.outcome import Outcome
from moderation.pipeline.together import moderate_together
from moderation.rules.active import active_ruleset

#: Of a batch, in one turn.
MOST_MESSAGES = 16
MOST_CHARACTERS = 10_000

logger = logging.getLogger(__name__)

NO_HEADERS: Mapping[str, str] = {}

#: As DRF's renderer, which would make an encoder for each answer.
_encoder = JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def work(group: Sequence[Task]) -> None:
    """Do a turn of each task; finish those that are complete, or that Django should answer."""
    for task in group:
        if task.caller is None:
            with within_request(task.request.request_id):
                try_to_start(task)
    turns = [(task, data) for task in group if not task.is_done for data in next_messages(task)]
    submissions = [submission_of(task.caller.project, data, task.request) for task, data in turns]
    outcomes = moderate_together(submissions)
    for (task, data), outcome in zip(turns, outcomes, strict=True):
        if not task.is_done:
            add_result(task, data, outcome)
    for task in group:
        if not task.is_done and task.messages is not None:
            finish_if_complete(task, task.messages)


def try_to_start(task: Task) -> None:
    """Start a task; one that fails, by its project's rules for example, leaves the others alone."""
    try:
        start(task)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("A check could not be started; Django answers it")
        task.finish(None)


def start(task: Task) -> None:
    """Authenticate, count and read the request; a text to analyze is answered at once."""
    request = task.request
    caller = caller_of_key(request.key)
    if caller is None or not may(caller, "check") or waits_for_others(caller):
        task.finish(None)
        return
    if request.door:
        score(task, caller, request.door)
        return
    try:
        text = text_of(task.body) if request.path == ANALYZE else None
        messages = None if request.path == ANALYZE else messages_of(request.path, task.body)
    except (GavelError, APIException):
        text = messages = None
    if (text is None and messages is None) or not count(task, caller, len(messages or "1")):
        task.finish(None)
        return
    task.caller, task.messages = caller, messages
    if text is not None:
        judgement = analyze(text[0], active_ruleset(caller.project), text[1])
        finish(task, analysis_of(judgement))


def score(task: Task, caller: Caller, door: Door) -> None:
    """Answer another service's client, unless that takes long or is an error."""
    is_shown = task.request.is_key_shown and Scope.ADMIN in caller.scopes
    if is_shown or len(task.body) > MOST_CHARACTERS or not count(task, caller, 1):
        task.finish(None)
        return
    try:
        scored = door.score(parse_json(task.body), caller.project)
    except (GavelError, APIException):
        scored = None
    if scored is None:
        task.finish(None)
    else:
        finish(task, *scored)


def waits_for_others(caller: Caller) -> bool:
    """Say whether the project's rules ask another server, which would hold up the other clients."""
    rules = active_ruleset(caller.project).compiled.rules
    return any(rule.spec.type == "ai_prompt" for rule in rules)


def count(task: Task, caller: Caller, calls: int) -> bool:
    """Count the request for the key's rates; return False if that is too much."""
    if caller.rate_per_minute is None and caller.rate_per_hour is None:
        return True
    task.allowance = take(
        caller.identity,
        per_minute=caller.rate_per_minute,
        per_hour=caller.rate_per_hour,
        cost=calls,
    )
    return task.allowance is None or not task.allowance.retry_after


def next_messages(task: Task) -> list[dict[str, Any]]:
    """Return a batch's next messages: few enough that other clients do not wait for them."""
    chosen: list[dict[str, Any]] = []
    size = 0
    for data in (task.messages or [])[len(task.results) :]:
        size += len(data["content"])
        if chosen and (size > MOST_CHARACTERS or len(chosen) >= MOST_MESSAGES):
            break
        chosen.append(data)
    return chosen


def add_result(task: Task, data: dict[str, Any], outcome: Outcome | Exception) -> None:
    if isinstance(outcome, Outcome):
        task.results.append(answer_of(outcome, lambda path: task.request.origin + path))
        return
    if isinstance(outcome, DatabaseAway):
        # Django would wait for it as long again.
        finish_with_problem(task, outcome)
        return
    document = problem_of(outcome)
    if task.request.path == CHECK or document is None:
        # Nothing of it is stored: Django tries again and says what is wrong.
        task.finish(None)
    else:
        task.results.append({"message_id": data["message_id"], "error": document})


def finish_if_complete(task: Task, messages: list[dict[str, Any]]) -> None:
    if len(task.results) == len(messages):
        is_single = task.request.path == CHECK
        finish(task, task.results[0] if is_single else {"results": task.results})


def finish_with_problem(task: Task, error: GavelError) -> None:
    headers = {"content-type": MEDIA_TYPE, "retry-after": str(RETRY_SECONDS)}
    finish(task, problem_of(error), headers, status=error.status)


def finish(
    task: Task, document: Any, headers: Mapping[str, str] = NO_HEADERS, *, status: int = 200
) -> None:
    # As DRF's renderer: JavaScript takes these two for ends of lines.
    text: str = _encoder.encode(document)
    body = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()
    task.finish(Reply(headers_of(task, body, headers), body, status))


def headers_of(task: Task, body: bytes, own: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return the headers that Django and its middleware give such an answer."""
    usual: tuple[tuple[str, str], ...] = (
        ("content-type", "application/json"),
        ("allow", "POST, OPTIONS"),
        ("x-frame-options", settings.X_FRAME_OPTIONS),
        # By corsheaders: for pages of other sites the answer has more headers.
        ("vary", "origin"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", settings.SECURE_REFERRER_POLICY),
        ("cross-origin-opener-policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
    )
    if not task.request.door:
        # As our own API's answers; other services' clients get it from no address.
        usual += (("cache-control", "no-store"),)
    if task.request.is_secure and settings.SECURE_HSTS_SECONDS:
        usual += (("strict-transport-security", f"max-age={settings.SECURE_HSTS_SECONDS}"),)
    headers = {
        **_encoded(usual),
        b"content-length": b"%d" % len(body),
        b"x-request-id": task.request.request_id.encode("latin-1"),
    }
    for further in (own, task.allowance.headers if task.allowance else NO_HEADERS):
        for name, value in further.items():
            headers[name.lower().encode()] = value.encode("latin-1")
    return list(headers.items())


@lru_cache(maxsize=64)
def _encoded(headers: tuple[tuple[str, str], ...]) -> Mapping[bytes, bytes]:
    return {name.encode(): value.encode("latin-1") for name, value in headers}
