"""Import words over HTTP, figures of the list, and its cache."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.renderers import JSONRenderer

from moderation.models import BlacklistWord
from tests.api.clients import Api
from tests.messages import key, project

CSV = """word,language,category,severity
zorple,en,insult,high
blah,en,nonsense,high
zorple,en,insult,low
"""
ROW = {"word": "zorple", "language": "en", "category": "insult", "severity": "high"}


def send(api, text, media_type="text/csv", query=""):
    data = text.encode() if isinstance(text, str) else text
    path = f"/api/v1/blacklist/words/import{query}"
    # `post` would encode the bytes again in the charset that the type names.
    return api.client.generic("POST", path, data, content_type=media_type, headers=api.headers)


def send_rows(api, *rows):
    return send(api, json.dumps(rows), "application/json")


def test_csv_is_imported_with_a_report_line_by_line(api):
    answer = send(api, CSV).json()
    assert answer["data"] == {"total": 3, "added": 1, "exists": 1, "invalid": 1}
    assert [(row["line"], row["result"]) for row in answer["report"]] == [
        (2, "added"), (3, "invalid"), (4, "exists"),
    ]  # fmt: skip
    assert answer["report"][1]["detail"].startswith("category:")
    assert api.check("what a zorple")["verdict"] == "block"


@pytest.mark.parametrize("piece", [1, 2, 3, 4])
@pytest.mark.parametrize("accept", ["application/json", "application/json; indent=2"])
def test_a_report_in_pieces_is_the_same(api, monkeypatch, piece, accept):
    monkeypatch.setattr("moderation.api.words_import.REPORT_PIECE", piece)
    api.headers["Accept"] = accept
    answer = send(api, CSV.replace("blah", 'b\u2028lé"'))
    assert answer.content == JSONRenderer().render(answer.json(), accept)
    assert [row["result"] for row in answer.json()["report"]] == ["added", "invalid", "exists"]


def test_json_is_imported(api):
    answer = send_rows(api, ROW, {**ROW, "word": "blarg"}).json()
    assert (answer["success"], answer["data"]["added"]) == (True, 2)
    assert [row["line"] for row in answer["report"]] == [1, 2]


def test_json_by_category_and_language_is_imported(api):
    answer = send(api, '{"insult": {"en": ["zorple", "blarg"]}}', "application/json")
    assert answer.json()["data"]["added"] == 2


def test_a_plain_list_is_imported_with_its_category_and_language(api):
    query = "?category=insult&language=en&severity=high"
    answer = send(api, "zorple\n\nblarg\n", "text/plain", query).json()
    assert [(row["line"], row["result"]) for row in answer["report"]] == [
        (1, "added"), (3, "added"),
    ]  # fmt: skip
    assert api.check("what a zorple")["verdict"] == "block"


def test_a_charset_is_obeyed(api):
    text = "word,category,severity\nñandúsón,insult,high\n"
    assert send(api, text.encode("utf-16"), "text/csv; charset=utf-16").json()["data"]["added"] == 1
    again = send(api, text.encode("latin-1"), "text/csv; charset=ISO-8859-1").json()
    assert again["data"]["exists"] == 1


@pytest.mark.parametrize("query", ["?category=rude", "?language=Spanish", "?severity=worst"])
def test_wrong_values_for_all_rows_are_422(api, query):
    assert send(api, CSV, query=query).status_code == 422


def test_the_report_names_what_is_allowed(api):
    detail = send(api, CSV).json()["report"][1]["detail"]
    assert detail.startswith("category: must be one of profanity, insult,")
    assert detail.endswith("got 'nonsense'")


def test_a_file_is_imported(api):
    file = SimpleUploadedFile("words.csv", CSV.encode(), "text/csv")
    answer = api.client.post("/api/v1/blacklist/words/import", {"file": file}, headers=api.headers)
    assert answer.json()["data"]["added"] == 1


def test_a_dry_run_stores_nothing(api):
    before = BlacklistWord.objects.count()
    answer = send(api, CSV, query="?dry_run=true").json()
    assert answer["data"] == {"total": 3, "added": 1, "exists": 1, "invalid": 1}
    assert BlacklistWord.objects.count() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"word": ""}, {"word": None}, {"word": "x" * 201}, {"word": "a\0b"}, {"word": "\ud800"},
        {"word": "(", "is_regex": True}, {"language": {}}, {"language": None}, {"severity": []},
        {"score": 2}, {"score": []}, {"score": {}}, {"score": 10**400}, {"score": "x"},
        {"notes": []}, {"notes": None}, {"notes": "x" * 1001}, {"is_regex": "maybe"},
        {"is_regex": []}, {"expires_at": 5}, {"expires_at": []}, {"expires_at": {"a": 1}},
        {"expires_at": "0001-01-01T00:00:00+23:59"}, {"unknown": 1}, {"project": 1}, {"id": "x"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_bad_row_hinders_none_of_the_others(api, changes):
    answer = send_rows(api, {**ROW, "word": "first", **changes}, ROW)
    results = [row["result"] for row in answer.json()["report"]]
    assert (answer.status_code, results[1]) == (200, "added")
    assert BlacklistWord.objects.filter(word="zorple").exists()


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("", "text/csv"), (" \n", "text/csv"), ("a,b\n1,2\n", "text/csv"),
        (b"word\n\xff", "text/csv"), (b"word\n\xc3\xa9\xff", "text/csv"),
        ("word\nzorg", "text/csv; charset=klingon"), ("zorg\nzerg", "text/plain"),
        ("[", "application/json"), ("[1]", "application/json"), ('{"a": 1}', "application/json"),
        ('{"a": {"en": 5}}', "application/json"), ("[" * 100_000, "application/json"),
        ('word\n"abc', "text/csv"),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_what_is_no_list_of_words_is_422(api, text, media_type):
    answer = send(api, text, media_type)
    assert (answer.status_code, answer.json()["status"]) == (422, 422)


@pytest.mark.parametrize(
    "text", ["word\n" + "\0\n", "word\r\na\rb\n", "word,word\na,b\n", "\ufeffword\n"]
)
def test_odd_csv_does_no_harm(api, text):
    assert send(api, text).status_code in {200, 422}


def test_more_rows_than_allowed_are_422(api):
    assert send(api, "word\n" + "a\n" * 100_001).status_code == 422


def test_more_bytes_than_allowed_are_413(api):
    assert send(api, b"x" * (16 * 1024 * 1024 + 1)).status_code == 413


def test_a_form_without_file_is_422(api):
    path = "/api/v1/blacklist/words/import"
    assert api.client.post(path, {"file": "x"}, headers=api.headers).status_code == 422


def test_another_media_type_is_415(api):
    assert send(api, "word\na\n", "application/xml").status_code == 415


def test_an_import_stays_in_its_project(api):
    send(api, CSV)
    valley = Api(key(project("valley"), "admin"))
    assert valley.get("blacklist/words").json()["total"] == 0


def test_only_admins_import(arena):
    assert send(Api(key(arena, "read")), CSV).status_code == 403


def test_the_lists_figures(api):
    send_rows(api, ROW, {**ROW, "word": "gone", "language": "es"})
    gone = BlacklistWord.objects.get(word="gone")
    api.call("DELETE", f"blacklist/words/{gone.pk}")
    assert api.get("blacklist/stats").json() == {
        "total": 5,
        "active": 4,
        "inactive": 1,
        "by_language": {"*": 3, "en": 1, "es": 1},
        "by_category": {"insult": 2, "profanity": 3},
        "by_severity": {"high": 5},
    }


def test_the_figures_of_another_project_are_its_own(arena):
    figures = Api(key(project("valley"), "read")).get("blacklist/stats").json()
    assert (figures["total"], figures["by_language"]) == (0, {})


def test_the_cache_is_refreshed(api):
    answer = api.post("blacklist/refresh-cache", {}).json()
    assert (answer["success"], answer["message"]) == (True, "Cache refreshed successfully")


def test_a_word_that_was_not_told_acts_after_a_refresh(api, arena):
    api.check("what a zorple")
    BlacklistWord.objects.create(project=arena, **ROW)
    api.post("blacklist/refresh-cache", {})
    assert api.check("what a zorple")["verdict"] == "block"
