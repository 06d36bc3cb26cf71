"""The list of content and its entries over HTTP."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.models import ReviewItem
from tests import factories
from tests.reviews.calling import key_client, post
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db
ROW_FIELDS = {
    "id", "content_id", "message_id", "user_id", "username", "channel_id", "content", "status",
    "is_approved", "verdict", "severity", "toxicity_score", "reasons", "language", "matches",
    "pii", "stage", "action", "categories", "detected_words", "metadata", "reply_to", "revision",
    "policy_version", "engine_version", "judged_at", "created_at",
}  # fmt: skip


@pytest.fixture
def reader(project):
    return key_client(project, "read", name="a reader")


def rows(client, query=""):
    answer = client.get(f"/api/v1/logs?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_row_has_the_fields_of_the_answer(reader, item):
    found = rows(reader)
    assert found[0].keys() >= ROW_FIELDS
    assert (found[0]["id"], found[0]["status"]) == (str(item.log_id), "flagged")


def test_the_newest_come_first_unless_asked_otherwise(project, reader):
    for minute, name in enumerate(("m1", "m2")):
        factories.make_log(project, message_id=name, now=NOON + timedelta(minutes=minute))
    newest, oldest = rows(reader), rows(reader, "ordering=created_at")
    assert [row["message_id"] for row in newest] == ["m2", "m1"]
    assert [row["message_id"] for row in oldest] == ["m1", "m2"]


def test_the_pages_join_without_gap_or_repeat(project, reader):
    # All of one moment: the cursor has to tell them apart.
    made = {factories.make_log(project, now=NOON).message_id for _ in range(5)}
    first = reader.get("/api/v1/logs?limit=2").json()
    second = reader.get(first["next"]).json()
    third = reader.get(second["next"]).json()
    seen = [row["message_id"] for page in (first, second, third) for row in page["results"]]
    assert (set(seen), len(seen), third["next"]) == (made, 5, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=flagged", 1),
        ("status=approved", 0),
        ("verdict=flag", 1),
        ("verdict=block", 0),
        ("action=flagged", 1),
        ("severity=medium", 1),
        ("severity=high", 0),
        ("category=harassment", 1),
        ("category=sexual", 0),
        ("language=en", 1),
        ("language=es", 0),
        ("user_id=u1", 1),
        ("user_id=u2", 0),
        ("channel_id=general", 1),
        ("message_id=m1", 1),
        ("message_id=m2", 0),
        ("created_after=2030-05-01T12:00:00Z", 1),
        ("created_after=2030-05-01T12:00:01Z", 0),
        ("created_before=2030-05-01T12:00:00Z", 0),
        ("search=IDIOT", 1),
        ("search=%25", 0),
        ("has_pii=true", 0),
        ("has_pii=false", 1),
        ("reviewed=true", 0),
        ("reviewed=false", 1),
    ],
)
def test_a_filter_finds(reader, item, query, found):
    assert len(rows(reader, query)) == found


def test_decided_content_counts_as_reviewed(project, reader, item):
    post(key_client(project, "review"), f"reviews/{item.pk}/decide", {"decision": "approve"})
    assert len(rows(reader, "reviewed=true")) == 1


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense", "verdict=x", "severity=x", "category=x", "action=x", "search=%00",
        "user_id=%00", "created_after=0000-00-00", "created_after=2026-02-30T00:00:00Z",
        "created_before=x", "ordering=-__class__", "ordering=content", "limit=0", "limit=201",
        "created_after=0001-01-01T00:00:00%2B23:59", "created_before=9999-12-31T23:59:59-23:59",
        "limit=", "limit=%D9%A1%D9%A0", "limit=99999999999999999999999",
        "has_pii=maybe", "reviewed=1",
    ],
)  # fmt: skip
def test_a_bad_filter_is_422(reader, item, query):
    answer = reader.get(f"/api/v1/logs?{query}")
    assert (answer.status_code, answer.json()["status"]) == (422, 422)


@pytest.mark.parametrize(
    "query",
    [
        "cursor=garbage", "cursor=%00", "cursor=AAAA%2F%2F", "cursor=cD0wMDAwLTAwLTAw",
        "search=%FF", "user_id=%F0%9F%98%80",
    ],
)  # fmt: skip
def test_hostile_queries_are_answered(reader, item, query):
    assert reader.get(f"/api/v1/logs?{query}").status_code in {200, 404, 422}


def test_an_entry_tells_its_revisions_decisions_and_history(project, reader, item):
    post(key_client(project, "review"), f"reviews/{item.pk}/decide", {"decision": "reject"})
    factories.make_log(project, "Hello", user_id="u1", message_id="m1", now=NOON)
    entry = reader.get(f"/api/v1/logs/{item.log_id}").json()
    assert entry.keys() >= ROW_FIELDS
    assert [row["content"] for row in entry["revisions"]] == ["Shut up idiot"]
    assert [row["decision"] for row in entry["decisions"]] == ["reject"]
    assert entry["history"].keys() == {"strikes", "bans", "decisions"}
    waiting = ReviewItem.objects.open().get()
    assert (entry["revision"], entry["review_id"]) == (2, str(waiting.pk))


@pytest.mark.parametrize("name", ["00000000-0000-0000-0000-000000000000", "x", "1%27", "%00"])
def test_an_unknown_entry_is_404(reader, name):
    assert reader.get(f"/api/v1/logs/{name}").status_code == 404


def test_a_stranger_sees_no_content(item):
    stranger = key_client(factories.make_project("elsewhere"), "admin")
    assert rows(stranger) == []
    foreign = stranger.get(f"/api/v1/logs/{item.log_id}")
    absent = stranger.get(f"/api/v1/logs/{uuid.uuid4()}")
    assert (foreign.status_code, foreign.json()) == (404, absent.json())


def test_a_key_that_may_only_check_reads_nothing(project, item):
    checker = key_client(project, "check")
    assert checker.get("/api/v1/logs").status_code == 403
    assert checker.get(f"/api/v1/logs/{item.log_id}").status_code == 403


def queries_for(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


@pytest.mark.usefixtures("lasting_caches")
def test_more_rows_take_no_more_queries(project, reader):
    factories.make_item(project, now=NOON)
    rows(reader)
    few = queries_for(lambda: rows(reader))
    for _ in range(5):
        factories.make_item(project, now=NOON)
    assert queries_for(lambda: rows(reader)) == few
