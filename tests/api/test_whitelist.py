"""Trusted authors and allowed phrases over HTTP."""

import uuid
from urllib.parse import quote

import pytest

from moderation.models import AuditEntry
from tests.api.clients import Api
from tests.counting import counted_queries
from tests.messages import key, project

HOSTILE = ["a/b", "../..", "名前 ✨", "a\nb", "<img onerror=x>", "' OR 1=1", "x" * 200]


def trust(api, user_id="zed", **fields):
    return api.post("whitelist/users", {"user_id": user_id, **fields})


def allow(api, phrase="blockword party", **fields):
    return api.post("whitelist/phrases", {"phrase": phrase, **fields})


def test_a_trusted_author_may_write_what_they_like(api):
    answer = trust(api, note="our own bot")
    assert (answer.status_code, answer.json()["note"]) == (201, "our own bot")
    assert api.check("blockword")["reasons"] == ["whitelisted_user"]


def test_trusting_twice_makes_one_row(api):
    trust(api)
    assert trust(api, note="again").status_code == 201
    assert len(api.get("whitelist/users").json()["results"]) == 1


def test_an_author_is_trusted_no_longer(api):
    trust(api)
    answer = api.call("DELETE", "whitelist/users/zed")
    assert answer.json() == {"success": True, "message": "User removed successfully"}
    assert api.check("blockword")["verdict"] == "block"
    assert api.call("DELETE", "whitelist/users/zed").status_code == 404


@pytest.mark.parametrize("user_id", HOSTILE)
def test_an_author_of_any_characters_is_told_in_the_query(api, user_id):
    trust(api, user_id)
    assert api.get("whitelist/users").json()["results"][0]["user_id"] == user_id
    named = quote(user_id, safe="")
    assert api.call("DELETE", f"whitelist/users?user_id={named}").status_code == 200


@pytest.mark.parametrize("query", ["", "?user_id=", "?user_id=%00", f"?user_id={'x' * 201}"])
def test_an_impossible_author_is_422(api, query):
    assert api.call("DELETE", f"whitelist/users{query}").status_code == 422


@pytest.mark.parametrize(
    "body",
    [{}, {"user_id": ""}, {"user_id": 5}, {"user_id": "x" * 201}, {"user_id": "a\0"},
     {"user_id": "a", "note": "x" * 1001}, {"user_id": "a", "note": []}, []],
)  # fmt: skip
def test_a_senseless_author_is_422(api, body):
    assert api.post("whitelist/users", body).status_code == 422


def test_matches_in_an_allowed_phrase_are_dropped(api):
    answer = allow(api)
    assert answer.status_code == 201
    assert answer.json().keys() == {"id", "phrase", "language", "added_by", "added_at"}
    assert api.check("what a blockword party")["verdict"] == "allow"


def test_a_phrase_is_allowed_no_longer(api):
    made = allow(api).json()["id"]
    answer = api.call("DELETE", f"whitelist/phrases/{made}")
    assert answer.json() == {"success": True, "message": "Phrase removed successfully"}
    assert api.check("what a blockword party")["verdict"] == "block"
    assert AuditEntry.objects.first().action == "phrase.disallowed"


@pytest.mark.parametrize(
    "body",
    [{}, {"phrase": ""}, {"phrase": 5}, {"phrase": "x" * 201}, {"phrase": "a", "language": "?"},
     {"phrase": "a", "language": None}],
)  # fmt: skip
def test_a_senseless_phrase_is_422(api, body):
    assert api.post("whitelist/phrases", body).status_code == 422


@pytest.mark.parametrize("name", [uuid.UUID(int=7), "x", "%00", "1%27"])
def test_an_unknown_phrase_is_404(api, name):
    assert api.call("DELETE", f"whitelist/phrases/{name}").status_code == 404


def test_another_projects_whitelist_is_unknown(api):
    made = allow(api).json()["id"]
    trust(api)
    valley = Api(key(project("valley"), "admin"))
    assert valley.get("whitelist/users").json()["results"] == []
    assert valley.get("whitelist/phrases").json()["results"] == []
    assert valley.call("DELETE", f"whitelist/phrases/{made}").status_code == 404
    assert valley.call("DELETE", "whitelist/users/zed").status_code == 404


def test_who_reads_changes_nothing(arena):
    reader = Api(key(arena, "read"))
    assert reader.get("whitelist/users").status_code == 200
    assert (trust(reader).status_code, allow(reader).status_code) == (403, 403)


@pytest.mark.parametrize(("add", "path"), [(trust, "users"), (allow, "phrases")])
def test_the_lists_are_paged_in_a_fixed_number_of_queries(api, add, path):
    add(api, "name0")
    with counted_queries() as few:
        api.get(f"whitelist/{path}")
    for number in range(1, 5):
        add(api, f"name{number}")
    with counted_queries() as many:
        first = api.get(f"whitelist/{path}?limit=3").json()
    second = api.client.get(first["next"], headers=api.headers).json()
    assert (len(many), len(first["results"]), len(second["results"])) == (len(few), 3, 2)


@pytest.mark.parametrize("path", ["users", "phrases"])
@pytest.mark.parametrize(
    "cursor", ["x", "%00", "cD14", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cj0xJnA9LTE="]
)
def test_a_forged_cursor_does_no_harm(api, path, cursor):
    assert api.get(f"whitelist/{path}?cursor={cursor}").status_code in {200, 404, 422}
