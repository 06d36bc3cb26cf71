"""The lane answers byte for byte as Django does, and leaves to Django what it should."""

import asyncio
import json
import re
from contextlib import closing
from importlib import import_module

import pytest
from django.db import OperationalError
from django.test import Client

from moderation.lane.app import passed_on
from moderation.lane.requests import BATCH, CHECK, PATHS, lane_request
from moderation.lane.turns import Task
from moderation.lane.work import work
from moderation.lib.rate_limit import COUNTED
from moderation.models import ModerationLog
from moderation.pipeline import together
from moderation_site.logs import current_request_id
from moderation_site.server.bridge import environ_of
from tests.api.clients import message
from tests.messages import BLOCKED, key, project, row_counts, words

ANALYZE = "/api/v1/moderation/analyze"
#: What differs from message to message.
OWN = re.compile(
    rb'"(content_id|review_id|processing_time|expires_at|project_id)":("[^"]*"|[\d.e-]+)'
    rb"|(appeal|statement)/[^\"/]+|until [^\"]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"
)
OWN_HEADERS = {"x-request-id", "content-length", "ratelimit-reset"}


@pytest.fixture
def ways(db):
    """Return two projects that are alike: one is asked by the lane, one by Django."""
    made = [project("lane"), project("django")]
    for one in made:
        words(one)
    return made


def scope_of(path, secret, query=b"", **headers):
    named = {"host": "testserver", "content-type": "application/json", "x-api-key": secret}
    pairs = [
        (name.replace("_", "-").encode(), text.encode())
        for name, text in {**named, **headers}.items()
        if text is not None
    ]
    return {
        "type": "http", "method": "POST", "path": path, "scheme": "http", "query_string": query,
        "headers": pairs,
    }  # fmt: skip


def task_of(path, secret, body, query=b"", door=None, **headers):
    request = lane_request(scope_of(path, secret, query, **headers), door)
    with closing(asyncio.new_event_loop()) as loop:
        return Task(request, body, loop, loop.create_future())


def done(tasks):
    """Let the lane do these requests as one group."""
    left = tasks
    while left:
        work(left)
        left = [task for task in left if not task.is_done]


def by_lane(path, secret, *bodies, **headers):
    """Send requests in one group; return their replies."""
    tasks = [task_of(path, secret, body, **headers) for body in bodies]
    done(tasks)
    return [task.reply for task in tasks]


def by_django(path, secret, body, **headers):
    environ = {COUNTED: headers.pop(COUNTED, None)}
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    client = Client(headers={"x-api-key": secret, **named}, raise_request_exception=False)
    return client.post(path, body, content_type="application/json", **environ)


def same(ways, path, body, **headers):
    """Send to both; assert that the answers are the same and return Django's document."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    lane, django = (key(one, "check") for one in ways)
    (reply,) = by_lane(path, lane, body, **headers)
    answer = by_django(path, django, body, **headers)
    if reply is None:
        assert answer.status_code != 200
        return answer.json()
    assert answer.status_code == 200
    assert OWN.sub(b"", reply.body) == OWN.sub(b"", answer.content)
    sent = {name.decode(): value.decode() for name, value in reply.headers}
    expected = {name.lower(): value for name, value in answer.headers.items()}
    assert sent.keys() == expected.keys()
    assert {n: v for n, v in sent.items() if n not in OWN_HEADERS} == {
        n: v for n, v in expected.items() if n not in OWN_HEADERS
    }
    assert sent["content-length"] == str(len(reply.body))
    return answer.json()


STORY = [
    "Hello world", "Eres un idiota", "flagword", BLOCKED, BLOCKED, BLOCKED, "after the ban",
    "damn", "mail me: ana@example.org", "x\u2028y", "😀 \u202e é", "W" * 10_000,
]  # fmt: skip


def test_an_authors_story_is_the_same(ways):
    actions = [same(ways, CHECK, message(content, message_id=f"m{number}"))["action"]
               for number, content in enumerate(STORY)]  # fmt: skip
    assert {"approved", "flagged", "temp_ban", "user_banned"} <= set(actions)


def test_repeats_edits_and_strange_authors_are_the_same(ways):
    one = message(message_id="m1")
    assert same(ways, CHECK, one)["duplicate"] is False
    assert same(ways, CHECK, one)["duplicate"] is True
    assert same(ways, CHECK, {**one, "content": "flagword"})["duplicate"] is False
    assert same(ways, CHECK, {**one, "user_id": "another"})["status"] == 409


#: With it an object of one name has 16 KiB, written without blanks.
LEFT_FOR_A = 16 * 1024 - len('{"a":""}')


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"source": "app", "n": [1, 2.5, None]}}, {"metadata": None}, {"metadata": {}},
        {"username": "Zed", "reply_to": "m0", "language": "es"}, {"language": None, "username": ""},
        {"content_type": "text"}, {"unknown": 1}, {"content": " "}, {"dry_run": False},
        {"metadata": {"a": "x" * LEFT_FOR_A}},
    ],
    ids=range(10),
)  # fmt: skip
def test_every_field_is_the_same(ways, fields):
    assert same(ways, CHECK, message(**{"message_id": "m1", **fields}))["verdict"] == "allow"


@pytest.mark.parametrize(
    "fields",
    [
        {"content": "x" * 10_001}, {"content": ""}, {"content": 5}, {"content": None},
        {"content": "a\0b"}, {"content": "\ud800"}, {"message_id": "x" * 201}, {"user_id": ""},
        {"metadata": []}, {"metadata": {"a": "x" * 17_000}}, {"content_type": "file"},
        {"language": "x" * 36}, {"dry_run": "perhaps"}, {"username": {"a": 1}},
        {"metadata": {"a": "x" * (LEFT_FOR_A + 1)}},
    ],
    ids=range(15),
)  # fmt: skip
def test_every_wrong_field_is_the_same(ways, fields):
    assert same(ways, CHECK, message(**{"message_id": "m1", **fields}))["status"] == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 400), (b"[]", 422), (b"null", 422), (b'"x"', 422), (b'{"a":NaN}', 400),
        (b"\xff", 400), (b"[" * 40 + b"]" * 40, 422),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_wrong_body_is_djangos(ways, path, body, status):
    assert same(ways, path, body)["status"] == status


@pytest.mark.parametrize(
    ("accepts", "told"),
    [
        ("es", "Tu mensaje espera revisión."),
        ("ur-PK, es;q=0.5", "Aap ka paigham jaiza ka muntazir hai."),
        ("fr", "Your message awaits review."),
    ],
)
def test_the_authors_language_is_the_same(ways, accepts, told):
    body = message("Ein flagword", language="de", message_id="m1")
    answer = same(ways, CHECK, body, accept_language=accepts)
    assert (answer["language"], answer["message"]) == ("de", told)


def test_a_batch_is_the_same(ways):
    first = [message("Hello world", message_id=f"m{n}", user_id=f"u{n % 7}") for n in range(40)]
    same(ways, BATCH, {"messages": first})
    mixed = [
        message(BLOCKED, message_id="b1"), message(BLOCKED, message_id="b2"),
        message("Hello world", message_id="m1", user_id="u1"),
        message("Hello world", message_id="m2", user_id="somebody else"),
        message(BLOCKED, message_id="b3"), message("W" * 10_000, message_id="b4"),
    ]  # fmt: skip
    results = same(ways, BATCH, {"messages": mixed})["results"]
    assert [one.get("duplicate") for one in results[:3]] == [False, False, True]
    assert results[3]["error"]["status"] == 409


@pytest.mark.parametrize(
    "body",
    [{"messages": []}, {"messages": [message()] * 101}, {"messages": 1}, {}, {"messages": [{}]}],
)
def test_a_batch_that_is_wrong_is_djangos(ways, body):
    lane = key(ways[0], "check")
    assert by_lane(BATCH, lane, json.dumps(body).encode()) == [None]


@pytest.mark.parametrize("text", ["Hello world", "Eres un idiota", "", 5, "x" * 10_001])
@pytest.mark.parametrize("language", [None, "es"])
def test_an_analysis_is_the_same(ways, text, language):
    before = row_counts()["moderation.ModerationLog"]
    same(ways, ANALYZE, {"text": text, "language": language})
    assert row_counts()["moderation.ModerationLog"] == before


@pytest.mark.parametrize("kind", ["Bearer", "bearer"])
def test_a_bearer_key_is_the_same(ways, kind):
    for one in ways:
        one.secret = key(one, "check")
    body = json.dumps(message(message_id="m1")).encode()
    request = lane_request(scope_of(CHECK, None, authorization=f"{kind} {ways[0].secret}"))
    assert request.key == ways[0].secret
    (reply,) = by_lane(CHECK, None, body, authorization=f"{kind} {ways[0].secret}")
    client = Client(headers={"authorization": f"{kind} {ways[1].secret}"})
    answer = client.post(CHECK, body, content_type="application/json")
    assert OWN.sub(b"", reply.body) == OWN.sub(b"", answer.content)
    assert {name.decode() for name, _ in reply.headers} == {name.lower() for name in answer.headers}


def test_other_ways_to_authenticate_are_djangos():
    assert lane_request(scope_of(CHECK, None)) is None
    assert lane_request(scope_of(CHECK, None, authorization="Basic gvl_key")) is None
    # Django refuses an empty key whatever else is sent.
    assert lane_request(scope_of(CHECK, "", authorization="Bearer gvl_key")) is None


def test_what_the_lane_counted_django_does_not_count_again(ways):
    secret = key(ways[0], "check", rate_per_minute=5)

    def ask(path, document):
        """Ask the lane, and Django as the lane does if it does not answer."""
        body = json.dumps(document).encode()
        task = task_of(path, secret, body)
        done([task])
        if task.reply:
            return 200, dict(task.reply.headers)[b"ratelimit-remaining"].decode()
        scope = passed_on(scope_of(path, secret), task)
        environ = environ_of({**scope, "server": None, "client": None, "http_version": "1.1"}, body)
        answer = by_django(path, secret, body, **{COUNTED: environ[COUNTED]})
        return answer.status_code, answer.headers["RateLimit-Remaining"]

    assert ask(CHECK, message(message_id="m1")) == (200, "4")
    assert ask(CHECK, message(message_id="m1", user_id="somebody else")) == (409, "3")
    four = {"messages": [message(message_id=f"n{number}") for number in range(4)]}
    assert ask(BATCH, four) == (429, "3")
    assert ask(BATCH, {"messages": four["messages"][:3]}) == (200, "0")


def test_log_lines_have_the_id_of_the_request_that_they_are_about(ways, monkeypatch):
    seen = []

    def classify(*_arguments, **_named):
        seen.append(current_request_id())
        raise RuntimeError

    monkeypatch.setattr(import_module("moderation.pipeline.moderate"), "classifying_once", classify)
    secret = key(ways[0], "check")
    first, second = (
        task_of(CHECK, secret, json.dumps(message()).encode(), x_request_id=name)
        for name in ("first", "second")
    )
    work([first, second])
    assert seen == ["first", "second"]


def test_a_keys_rate_is_the_same(ways, still_clock, settings):
    lane, django = (key(one, "check", rate_per_minute=3) for one in ways)
    for left in ("2", "1", "0"):
        body = json.dumps(message()).encode()
        (reply,) = by_lane(CHECK, lane, body)
        answer = by_django(CHECK, django, body)
        assert dict(reply.headers)[b"ratelimit-remaining"].decode() == left
        assert answer.headers["RateLimit-Remaining"] == left
    assert by_lane(CHECK, lane, json.dumps(message()).encode()) == [None]


@pytest.mark.parametrize("scope", ["read", "admin"])
def test_who_may_not_check_is_djangos(ways, scope):
    assert by_lane(CHECK, key(ways[0], scope), json.dumps(message()).encode()) == [None]
    assert by_lane(CHECK, "gvl_unknown", json.dumps(message()).encode()) == [None]


def test_a_group_counts_an_authors_messages_one_after_the_other(ways):
    lane = key(ways[0], "check")
    bodies = [json.dumps(message(BLOCKED)).encode() for _ in range(5)]
    actions = [json.loads(reply.body)["action"] for reply in by_lane(CHECK, lane, *bodies)]
    assert actions == ["warning", "warning", "temp_ban", "user_banned", "user_banned"]


@pytest.mark.parametrize("place", ["moderation.lane.work", "moderation.pipeline.moderate"])
def test_a_project_whose_rules_cannot_be_read_spoils_no_others_group(ways, monkeypatch, place):
    calm, broken = ways
    module = import_module(place)
    read = module.active_ruleset

    def read_or_fail(of):
        if of == broken:
            raise ValueError("rules of another version")
        return read(of)

    monkeypatch.setattr(module, "active_ruleset", read_or_fail)
    body = json.dumps(message()).encode()
    tasks = [task_of(CHECK, key(one, "check"), body) for one in (broken, calm, broken)]
    done(tasks)
    assert [task.reply is not None for task in tasks] == [False, True, False]
    assert json.loads(tasks[1].reply.body)["duplicate"] is False


def test_a_message_that_comes_twice_in_a_group_is_stored_once(ways):
    lane, body = key(ways[0], "check"), json.dumps(message(message_id="m1")).encode()
    replies = by_lane(CHECK, lane, body, body, body)
    assert [json.loads(reply.body)["duplicate"] for reply in replies] == [False, True, True]
    assert ModerationLog.objects.count() == 1


@pytest.mark.parametrize("path", [CHECK, BATCH])
def test_a_database_that_let_the_lane_wait_in_vain_is_not_asked_by_django(ways, path, monkeypatch):
    def fail(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(together, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(together.Writes, "store", fail)
    body = message() if path == CHECK else {"messages": [message(), message()]}
    (reply,) = by_lane(path, key(ways[0], "check"), json.dumps(body).encode())
    headers = dict(reply.headers)
    assert (reply.status, headers[b"retry-after"]) == (503, b"5")
    assert headers[b"content-type"] == b"application/problem+json"
    assert json.loads(reply.body)["type"] == "urn:gavel:problem:database_unavailable"


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "a=b"}, {"origin": "https://a.example"}, {"content_type": "text/plain"},
        {"accept": "text/html"},
        {"host": "elsewhere.example"}, {"x_api_key": ""},
        {"accept": "application/json; indent=4"}, {"content_encoding": "gzip"},
    ],
    ids=lambda headers: next(iter(headers)),
)  # fmt: skip
def test_what_is_unusual_is_djangos(headers):
    assert lane_request(scope_of(CHECK, "gvl_key")) is not None
    assert lane_request(scope_of(CHECK, "gvl_key", **headers)) is None


def test_a_sane_request_id_is_kept(ways):
    lane = key(ways[0], "check")
    (reply,) = by_lane(CHECK, lane, json.dumps(message()).encode(), x_request_id="abc-1")
    assert dict(reply.headers)[b"x-request-id"] == b"abc-1"
    (reply,) = by_lane(CHECK, lane, json.dumps(message()).encode(), x_request_id="a b")
    assert len(dict(reply.headers)[b"x-request-id"]) == 32


@pytest.mark.parametrize(
    ("stated", "is_secure"), [("https", True), ("http", False), ("https, http", True), ("", False)]
)
def test_a_proxy_says_whether_the_client_came_over_https(settings, stated, is_secure):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = lane_request(scope_of(CHECK, "gvl_key", x_forwarded_proto=stated))
    assert request.is_secure is is_secure
    assert request.origin.startswith("https://" if is_secure else "http://")


def test_answers_over_https_are_the_same(ways, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 3600
    headers = {"x_forwarded_proto": "https", "host": "testserver"}
    answer = same(ways, CHECK, message(BLOCKED, message_id="m1"), **headers)
    assert answer["statement_url"].startswith("https://testserver/")
