"""The blacklist's own calls, and health (docs/api.md)."""

import pytest

from tests.api.clients import Api
from tests.api.hostile import WORD

WORD_FIELDS = {
    "id", "word", "language", "category", "severity", "score", "is_active", "is_regex",
    "match", "added_by", "added_at", "updated_at", "notes", "expires_at",
}  # fmt: skip


def added(api, **fields):
    return api.post("blacklist/words", {**WORD, **fields})


def test_a_word_is_added(api):
    response = added(api)
    answer = response.json()
    assert (response.status_code, answer["message"]) == (201, "Word added successfully")
    assert (answer["success"], answer["data"]["word"]) == (True, "zzz")


def test_notes_may_be_null(api):
    word = added(api, notes=None).json()["data"]["id"]
    assert api.get("blacklist/words").json()["words"][0]["notes"] == ""
    assert (
        api.call("patch", f"blacklist/words/{word}", {"notes": None}).json()["data"]["notes"] == ""
    )


def test_the_same_word_and_language_again_is_409(api):
    added(api)
    assert (added(api).status_code, added(api, language="es").status_code) == (409, 201)


@pytest.mark.parametrize(("severity", "score"), [("low", 0.6), ("medium", 0.75), ("high", 0.9)])
def test_a_word_acts_on_the_next_check_with_its_severitys_score(api, severity, score):
    api.check("this is zorple")
    added(api, word="zorple", severity=severity)
    assert api.check("this is zorple")["toxicity_score"] == score


def test_a_word_says_how_it_matches(api):
    added(api, word="zorple", match="exact", severity="high")
    added(api, word="blick", match="part", severity="high")
    texts = ("zorple", "z0rple", "superblicks")
    assert [api.check(text)["verdict"] for text in texts] == ["block", "allow", "block"]
    assert added(api, word="x-other", match="anywhere").status_code == 422


def test_a_new_word_says_what_else_it_hits(api):
    api.check("two zorples and a zorple")
    data = added(api, word="zorple", match="part").json()["data"]
    assert data["also_matches"] == {"words": ["zorples"], "messages": 1, "is_ordinary": False}
    assert added(api, word="table").json()["data"]["also_matches"]["is_ordinary"] is True


def test_a_deleted_word_acts_no_longer(api):
    word = added(api, word="zorple", severity="high").json()["data"]["id"]
    answer = api.call("DELETE", f"blacklist/words/{word}").json()
    assert answer == {"success": True, "message": "Word deleted successfully"}
    assert api.check("this is zorple")["verdict"] == "allow"


def test_a_deleted_word_is_absent(api):
    word = added(api).json()["data"]["id"]
    api.call("DELETE", f"blacklist/words/{word}")
    assert api.call("DELETE", f"blacklist/words/{word}").status_code == 404


def test_a_list_has_the_total_of_all_that_match(api):
    answer = api.get("blacklist/words?limit=1&category=profanity").json()
    assert (answer["total"], len(answer["words"])) == (3, 1)
    assert set(answer["words"][0]) == WORD_FIELDS
    assert answer["words"][0]["added_by"] == "tests"


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "skip=10001", "skip=-1", "limit=x"])
def test_a_list_is_bounded(api, query):
    assert api.get(f"blacklist/words?{query}").status_code == 422


def test_a_word_is_changed(api):
    word = added(api).json()["data"]["id"]
    changed = api.call("PATCH", f"blacklist/words/{word}", {"severity": "high"}).json()
    assert changed["data"]["severity"] == "high"


def test_a_word_is_switched_off_and_on(api):
    word = added(api, word="zorple", severity="high").json()["data"]["id"]
    for is_active, verdict in ((False, "allow"), (True, "block")):
        changed = api.call("PATCH", f"blacklist/words/{word}", {"is_active": is_active})
        assert (changed.status_code, changed.json()["data"]["is_active"]) == (200, is_active)
        assert api.check("this is zorple")["verdict"] == verdict


def test_a_word_that_was_added_again_is_not_switched_on(api):
    word = added(api).json()["data"]["id"]
    api.call("PATCH", f"blacklist/words/{word}", {"is_active": False})
    added(api)
    again = api.call("PATCH", f"blacklist/words/{word}", {"is_active": True})
    assert again.status_code == 409


def test_a_word_says_when_it_expires(api):
    word = added(api, expires_at="2099-01-02T03:04:05Z").json()["data"]["id"]
    changed = api.call("PATCH", f"blacklist/words/{word}", {"severity": "high"}).json()["data"]
    assert changed["expires_at"] == "2099-01-02T03:04:05.000Z"


def test_health_names_its_dependencies(db):
    answer = Api().get("health").json()
    assert answer["dependencies"]["database"] == "connected"
    assert set(answer["dependencies"]) == {"database", "redis", "rabbitmq", "model", "relay"}


def test_ping_answers_pong(db):
    assert Api().get("ping").json() == {"status": "ok", "message": "pong"}
