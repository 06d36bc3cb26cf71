"""The Python client: typed answers, retries, the fallback, and an older service's function."""

import asyncio
import json

import httpx
import pytest

from gavel_client import (
    ActionType,
    ApiError,
    AsyncGavel,
    BatchError,
    ChatMessage,
    Fallback,
    Gavel,
    Message,
    ServerAway,
    moderate_message,
)
from gavel_client import client as clients

ALLOWED = {"is_approved": True, "message_id": "m1", "verdict": "allow", "action": "approved"}
MESSAGE = Message("Hello", "ana", "general", "m1")


class Server:
    """Gives the answers in turn; an exception among them is raised."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        return httpx.Response(status, json=body, headers={"Retry-After": "1"})

    def sync(self, **options):
        return Gavel("http://gavel", "k", transport=httpx.MockTransport(self), **options)

    def asynchronous(self, **options):
        return AsyncGavel("http://gavel", "k", transport=httpx.MockTransport(self), **options)


@pytest.fixture(params=["sync", "async"])
def check(request, monkeypatch):
    """Return a function that checks MESSAGE with one of the two clients; pauses take no time."""
    pauses = []

    async def nap(seconds):
        pauses.append(seconds)

    monkeypatch.setattr(clients.time, "sleep", pauses.append)
    monkeypatch.setattr(clients.asyncio, "sleep", nap)

    def run(server, **options):
        run.pauses = pauses
        if request.param == "sync":
            return server.sync(**options).check(MESSAGE)
        return asyncio.run(server.asynchronous(**options).check(MESSAGE))

    return run


def test_a_check_sends_the_key_and_only_what_is_set(check):
    server = Server(
        (
            200,
            {
                **ALLOWED,
                "new_field": 1,
                "pii": [{"type": "EMAIL", "start": 0, "end": 1, "text": "x", "more": 2}],
            },
        )
    )
    answer = check(server)
    (request,) = server.requests
    assert (request.url.path, request.headers["X-API-Key"]) == ("/api/v1/moderation/check", "k")
    assert json.loads(request.content) == {
        "content": "Hello", "user_id": "ana", "channel_id": "general", "message_id": "m1",
    }  # fmt: skip
    assert (answer.verdict, answer.pii[0].type, answer.raw["new_field"]) == ("allow", "EMAIL", 1)


def test_a_server_that_comes_back_is_asked_again_with_the_same_id(check):
    away = [httpx.ConnectError("refused"), (503, {"detail": "later"})]
    server = Server(*away, (200, ALLOWED))
    assert check(server).message_id == "m1"
    assert [json.loads(request.content)["message_id"] for request in server.requests] == ["m1"] * 3
    assert check.pauses == [pytest.approx(0.1, rel=0.21), pytest.approx(0.4, rel=0.21)]


def test_retry_after_is_kept_and_a_long_one_is_an_error(check, monkeypatch):
    assert check(Server((429, {}), (200, ALLOWED))).is_approved
    assert check.pauses == [1.0]
    monkeypatch.setattr(clients, "LONGEST_WAIT_SECONDS", 0.5)
    with pytest.raises(ApiError) as caught:
        check(Server((429, {"detail": "Too many calls."})))
    assert (caught.value.status, str(caught.value)) == (429, "Too many calls.")


def test_without_a_fallback_an_absence_is_an_error(check):
    with pytest.raises(ServerAway, match="refused"):
        check(Server(httpx.ConnectError("refused")), retries=0)
    with pytest.raises(ServerAway, match="502"):
        check(Server((502, {})), retries=0)


@pytest.mark.parametrize(
    ("fallback", "is_approved", "verdict"),
    [
        (Fallback("allow"), True, "allow"),
        (Fallback("flag"), False, "flag"),
        (Fallback("allow", ["hell", "HELLO"]), False, "block"),
        (Fallback("allow", ["hell"]), True, "allow"),
    ],
    ids=str,
)
def test_a_fallback_answers_for_a_server_that_is_away(check, fallback, is_approved, verdict):
    answer = check(Server(httpx.ReadTimeout("slow")), retries=0, fallback=fallback)
    assert (answer.is_approved, answer.verdict) == (is_approved, verdict)
    assert (answer.is_fallback, answer.degraded, answer.content_id) == (True, ["server"], None)


def test_what_the_server_refuses_is_never_answered_by_the_fallback(check):
    problem = {"detail": "wrong", "errors": [{"field": "content", "message": "m", "code": "c"}]}
    with pytest.raises(ApiError) as caught:
        check(Server((422, problem)), fallback=Fallback("allow"))
    assert (caught.value.status, caught.value.errors[0]["field"]) == (422, "content")


def test_a_decision_is_never_sent_twice():
    server = Server(httpx.ReadTimeout("slow"))
    with pytest.raises(ServerAway):
        server.sync().decide("r1", "approve", note="fine")
    assert json.loads(server.requests[0].content) == {"decision": "approve", "note": "fine"}


def test_a_batch_has_answers_and_errors_in_order():
    refused = {"message_id": "m2", "error": {"detail": "too long"}}
    server = Server((200, {"results": [ALLOWED, refused]}))
    first, second = server.sync().check_batch([MESSAGE, MESSAGE])
    assert first.verdict == "allow"
    assert isinstance(second, BatchError)
    assert str(second) == "too long"


def test_events_are_read_page_by_page():
    def page(*numbers):
        rows = [
            {"type": "x", "seq": n, "project_id": "p", "timestamp": "", "data": {}} for n in numbers
        ]
        return 200, {"results": rows}

    server = Server(page(4, 5), page(6), page())
    assert [event.seq for event in server.sync().events(since=3)] == [4, 5, 6]
    assert [request.url.params["since"] for request in server.requests] == ["3", "5", "6"]


# --- moderate_message


def answer(**changed):
    return 200, {**ALLOWED, "review_id": None, **changed}


@pytest.mark.parametrize(
    ("changed", "action", "reason", "category"),
    [
        ({}, None, None, "OK"),
        (
            {"verdict": "flag", "reasons": ["personal_info"],
             "pii": [{"type": "PHONE", "start": 0, "end": 1, "text": "1"}]},
            "WARNING", "Personal information detected: TELEPHONENUM", "OK",
        ),
        ({"verdict": "block", "severity": "medium", "reasons": ["threat"]}, "KICK",
         "Inappropriate content: threat", "V"),
        ({"verdict": "block", "severity": "high", "reasons": ["insult", "hate_speech"]}, "BAN",
         "Inappropriate content: insult, hate_speech", "H2"),
        ({"action": "user_banned"}, "BAN", "User is banned", "OK"),
    ],
    ids=str,
)  # fmt: skip
def test_a_state_speaks_the_older_services_words(changed, action, reason, category):
    state = moderate_message(ChatMessage("x", "ana"), Server(answer(**changed)).sync())
    recommended = state.recommended_action
    assert (recommended and recommended.action.value, recommended and recommended.reason) == (
        action, reason,
    )  # fmt: skip
    assert state.content_result.category.value == category
    assert state.flag is False


async def test_inside_a_coroutine_it_is_awaited():
    server = Server(*[answer(verdict="warn", reasons=["profanity"], review_id="r1")] * 2)
    for client in (server.asynchronous(), server.sync()):
        state = await moderate_message(ChatMessage("x", "ana", "m1"), client)
        assert (state.recommended_action.action, state.flag) == (ActionType.WARNING, True)


def test_an_asynchronous_client_elsewhere_is_a_mistake():
    with pytest.raises(TypeError, match="async def"):
        moderate_message(ChatMessage("x", "ana"), Server().asynchronous())
