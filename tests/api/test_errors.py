"""Hostile requests get a 4xx of one shape and change nothing (docs/api.md, "Common rules")."""

import json

import pytest
from django.test import Client

from tests.api.clients import Api, message
from tests.api.hostile import INPUTS, WORD, request_of
from tests.messages import key, project, row_counts

SHAPE = {"type", "title", "status", "detail", "errors"}
ROW = {"field", "message", "code"}


@pytest.fixture
def raw(arena):
    """Return a function that sends a request as bytes, whatever they are."""
    client = Client(raise_request_exception=False)
    secret = key(arena, "check", "admin")

    def send(method, path, body, headers):
        named = {"X-API-Key": secret, **headers}
        kind = named.pop("Content-Type", "application/json")
        return client.generic(method, path, body, content_type=kind, headers=named)

    return send


def is_problem(response):
    """Say whether the answer has the contract's shape, where it is an error."""
    if response.status_code < 400:
        return True
    document = json.loads(response.content)
    rows = all(set(row) == ROW for row in document["errors"])
    return (
        response.headers["Content-Type"] == "application/problem+json"
        and set(document) >= SHAPE
        and (document["status"], bool(document["detail"])) == (response.status_code, True)
        and isinstance(document["detail"], str)
        and rows
    )


@pytest.mark.parametrize("case", INPUTS, ids=lambda case: case["id"])
def test_a_hostile_input_is_answered_as_expected(raw, case):
    before = row_counts()
    response = raw(*request_of(case))
    assert f"{response.status_code // 100}xx" in case["expect"], response.content[:300]
    assert is_problem(response), response.content[:300]
    assert response.status_code < 400 or row_counts() == before


ATTACKS = [case for case in INPUTS if "attack" in case]


@pytest.mark.parametrize("case", ATTACKS, ids=[case["id"] for case in ATTACKS])
def test_an_expression_cannot_make_a_check_fail(raw, api, case):
    raw(*request_of(case))
    assert api.try_check(case["attack"]).status_code in {200, 422}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", "x" * 11_000), ("content", ""), ("content", "a\0b"), ("content", "\ud800"),
        ("content", 5), ("content", None), ("message_id", "x" * 201), ("user_id", ""),
        ("channel_id", ["c"]), ("metadata", []), ("metadata", {"a": "x" * 17_000}),
        ("metadata", {"a\0": 1}), ("dry_run", "perhaps"), ("username", {"a": 1}),
    ],
    ids=range(14),
)  # fmt: skip
def test_a_wrong_field_is_422_by_name_and_changes_nothing(api, field, value):
    before = row_counts()
    response = api.try_check(**{field: value})
    assert response.status_code == 422
    assert {row["field"] for row in response.json()["errors"]} == {field}
    assert is_problem(response)
    assert row_counts() == before


@pytest.mark.parametrize("field", ["message_id", "user_id", "channel_id", "content"])
def test_a_missing_field_is_422_by_name(api, field):
    body = message()
    del body[field]
    response = api.post("moderation/check", body)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?<=a)b", "("])
def test_an_expression_that_cannot_run_is_422_with_why_and_where(api, pattern):
    before = row_counts()
    response = api.post("blacklist/words", {**WORD, "word": pattern, "is_regex": True})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "word")
    assert isinstance(response.json()["position"], int)
    assert row_counts() == before


def test_nesting_of_100000_is_refused(raw):
    headers = {"Content-Type": "application/json"}
    response = raw("POST", "/api/v1/moderation/check", b"[" * 100_000, headers)
    assert response.status_code in {400, 422}
    assert is_problem(response)


@pytest.mark.parametrize("number", ["1" * 400, "1e400", "-" + "9" * 4000, "1" * 5000])
def test_a_number_too_large_is_refused(raw, number):
    body = json.dumps({**WORD, "score": 0}).replace('"score": 0', f'"score": {number}')
    response = raw("POST", "/api/v1/blacklist/words", body, {})
    assert response.status_code in {400, 422}
    assert is_problem(response)


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/nowhere", "/api/v2/health", "/api/%00", "/api/%FF"]
)
def test_an_unknown_path_is_404_in_the_same_shape(raw, path):
    response = raw("GET", path, b"", {})
    assert response.status_code == 404
    assert is_problem(response)


def test_no_key_is_401(arena):
    response = Api().try_check()
    assert (response.status_code, is_problem(response)) == (401, True)


def test_a_wrong_scope_is_403(arena):
    response = Api(key(arena, "read")).try_check()
    assert (response.status_code, is_problem(response)) == (403, True)


@pytest.mark.parametrize(
    ("status", "arguments"),
    [(401, (None,)), (403, ("read",)), (404, ("admin",))],
    ids=["no key", "wrong scope", "foreign project"],
)
def test_a_refused_change_changes_nothing(api, arena, status, arguments):
    made = api.post("blacklist/words", WORD).json()["data"]["id"]
    valley = project("valley")
    caller = Api(key(valley if status == 404 else arena, *arguments)) if arguments[0] else Api()
    before = row_counts()
    assert caller.call("DELETE", f"blacklist/words/{made}").status_code == status
    assert row_counts() == before


@pytest.mark.parametrize("host", ["evil.example", "", "a b", "testserver:99999999", "[::1"])
def test_a_host_that_is_not_ours_is_400_in_the_same_shape(raw, settings, host):
    settings.ALLOWED_HOSTS = ["testserver"]
    response = raw("GET", "/api/v1/ping", b"", {"Host": host})
    assert response.status_code in {200, 400}
    assert is_problem(response)


@pytest.mark.parametrize("value", [r'"\000aaaaaaaa"', "a" * 5000, r'"\377\376aaaaaaa"', '"'])
def test_a_session_that_makes_no_sense_counts_as_none(arena, value):
    response = Api().get("blacklist/words", Cookie=f"sessionid={value}")
    assert (response.status_code, is_problem(response)) == (401, True)


def test_an_unexpected_fault_is_500_in_the_same_shape(raw, monkeypatch):
    monkeypatch.setattr("moderation.api.moderation.active_ruleset", lambda project: 1 / 0)
    response = raw("POST", "/api/v1/moderation/analyze", b'{"text": "hi"}', {})
    assert (response.status_code, is_problem(response)) == (500, True)
    assert b"ZeroDivision" not in response.content


def test_an_error_carries_the_callers_request_id(arena):
    assert Api().get("policy", **{"X-Request-ID": "r-1"}).headers["X-Request-ID"] == "r-1"
