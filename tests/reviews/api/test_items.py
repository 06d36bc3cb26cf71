import uuid
from base64 import b64encode

import pytest

from reviews.models import ReviewItem
from tests import factories
from tests.reviews.calling import key_client, post
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def bot(project):
    return key_client(project, "review")


@pytest.fixture
def reader(project):
    return key_client(project, "read", name="a reader")


@pytest.fixture
def charlie(project):
    """A stranger: owner of everything in another project."""
    return key_client(factories.make_project("elsewhere"), "admin", "check")


CALLS = ["claim", "release", "decide", "undo", "notes"]
BODIES = {"decide": {"decision": "approve"}, "notes": {"text": "seen before"}}


def test_the_list_shows_content_and_claim(bot, item):
    post(bot, f"reviews/{item.pk}/claim")
    page = bot.get("/api/v1/reviews").json()
    row = page["results"][0]
    assert (page["next"], page["previous"]) == (None, None)
    assert (row["id"], row["content"]) == (str(item.pk), "Shut up idiot")
    assert (row["status"], row["claimed_by"], row["version"]) == ("claimed", "a bot", 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=open", 1),
        ("status=claimed", 0),
        ("status=decided", 0),
        ("status=open,decided", 1),
        ("lane=urgent", 0),
        ("lane=reported", 0),
        ("lane=held", 1),
        ("lane=mine", 0),
        ("lane=done", 0),
        ("source=engine", 1),
        ("source=report", 0),
        ("severity=medium", 1),
        ("category=harassment", 1),
        ("category=sexual", 0),
        ("user_id=u1", 1),
        ("channel_id=elsewhere", 0),
        ("language=xx", 0),
        ("claimed_by=noor", 0),
    ],
)
def test_the_list_is_filtered(bot, item, query, found):
    assert len(bot.get(f"/api/v1/reviews?{query}").json()["results"]) == found


@pytest.mark.parametrize("query", ["status=claimed", "lane=mine", "claimed_by=a bot"])
def test_claimed_items_are_found(bot, item, query):
    post(bot, f"reviews/{item.pk}/claim")
    assert len(bot.get(f"/api/v1/reviews?{query}").json()["results"]) == 1


@pytest.mark.parametrize(
    "query",
    ["status=lost", "lane=fast", "ordering=content", "limit=0", "limit=201", "user_id=%00"],
)
def test_a_filter_that_cannot_be_is_refused(bot, item, query):
    assert bot.get(f"/api/v1/reviews?{query}").status_code == 422


def test_pages_follow_each_other_without_gap(project, bot):
    made = [str(factories.make_item(project, now=NOON).pk) for _ in range(5)]
    seen, address = [], "/api/v1/reviews?limit=2&ordering=created_at"
    while address:
        page = bot.get(address).json()
        seen += [row["id"] for row in page["results"]]
        address = page["next"]
    assert seen == made


@pytest.mark.usefixtures("lasting_caches")
@pytest.mark.parametrize("count", [1, 8])
def test_the_list_costs_the_same_however_long(project, bot, count, django_assert_num_queries):
    for _ in range(count):
        factories.make_item(project)
    bot.get("/api/v1/reviews")
    with django_assert_num_queries(2):
        bot.get("/api/v1/reviews")


def test_an_item_shows_author_context_and_notes(project, bot, item):
    for number in range(7):
        factories.make_log(project, f"line {number}", user_id="u2")
    factories.make_item(project, user_id="u1")
    post(bot, f"reviews/{item.pk}/notes", {"text": "again"})
    shown = bot.get(f"/api/v1/reviews/{item.pk}").json()
    lines = shown["context"]["before"] + shown["context"]["after"]
    assert [note["text"] for note in shown["notes"]] == ["again"]
    assert "line 6" in [line["content"] for line in lines]
    assert len(shown["context"]["before"]) <= 5


def test_an_item_shows_strikes_bans_and_decisions(bot, item):
    order = {"decision": "reject", "ban": {"type": "permanent"}, "reason_code": "harassment"}
    post(bot, f"reviews/{item.pk}/decide", order)
    shown = bot.get(f"/api/v1/reviews/{item.pk}").json()
    author = shown["author"]
    assert [ban["type"] for ban in author["bans"]] == ["permanent"]
    assert [strike["given_by"] for strike in author["strikes"]] == ["a bot"]
    assert [past["decision"] for past in author["decisions"]] == ["reject"]
    assert (shown["decision"], shown["decided_by"]) == ("reject", "a bot")


def test_a_claim_is_answered_with_its_end(bot, item):
    answer = post(bot, f"reviews/{item.pk}/claim")
    assert answer.status_code == 200
    assert answer.json().keys() == {"claimed_by", "claim_expires_at"}


def test_anothers_claim_is_a_conflict_that_names_them(project, bot, item):
    post(key_client(project, "review", name="first"), f"reviews/{item.pk}/claim")
    answer = post(bot, f"reviews/{item.pk}/claim")
    assert answer.status_code == 409
    assert answer.json()["claimed_by"] == "first"
    assert "first" in answer.json()["detail"]


def test_next_answers_the_item_and_then_nothing(bot, item):
    assert post(bot, "reviews/next").json()["id"] == str(item.pk)
    assert post(bot, "reviews/next").status_code == 204


def test_a_decision_is_answered_with_the_item(bot, item):
    answer = post(bot, f"reviews/{item.pk}/decide", {"decision": "approve", "version": 1})
    row = answer.json()
    assert answer.status_code == 200
    assert (row["status"], row["decision"], row["content_status"]) == (
        "decided",
        "approve",
        "approved",
    )


def test_the_second_decision_is_a_conflict(bot, item):
    post(bot, f"reviews/{item.pk}/decide", {"decision": "approve"})
    answer = post(bot, f"reviews/{item.pk}/decide", {"decision": "reject"})
    problem = answer.json()
    assert answer.status_code == 409
    assert (problem["decided_by"], problem["decision"]) == ("a bot", "approve")


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"decision": "maybe"},
        {"decision": ["approve"]},
        {"decision": "reject", "note": 5},
        {"decision": "reject", "reason_code": "x" * 41},
        {"decision": "reject", "strike": "perhaps"},
        {"decision": "reject", "version": "new"},
        {"decision": "reject", "version": 10**30},
        {"decision": "reject", "ban": "forever"},
        {"decision": "reject", "ban": {"type": "temporary", "hours": 0}},
        {"decision": "reject", "ban": {"type": "temporary", "channel_id": 7}},
        {"decision": "reject", "ban": {"type": "temporary", "channel_id": ""}},
    ],
)
def test_an_order_that_cannot_be_is_refused(bot, item, body):
    assert post(bot, f"reviews/{item.pk}/decide", body).status_code in {409, 422}
    assert ReviewItem.objects.get().status == "open"


def test_undo_opens_the_item_again(bot, item):
    post(bot, f"reviews/{item.pk}/decide", {"decision": "reject"})
    row = post(bot, f"reviews/{item.pk}/undo").json()
    assert (row["status"], row["decision"], row["content_status"]) == ("open", None, "flagged")


def test_bulk_says_of_each_whether_it_was_ruled(project, bot, item):
    missing, other = uuid.uuid4(), factories.make_item(project)
    ids = [str(item.pk), str(missing), str(other.pk)]
    results = post(bot, "reviews/bulk", {"ids": ids, "decision": "dismiss"}).json()["results"]
    assert [(row["id"], row["ok"]) for row in results] == list(
        zip(ids, [True, False, True], strict=True)
    )
    assert results[1]["error"]["status"] == 404


@pytest.mark.parametrize("ids", [[], ["nothing"], [str(uuid.uuid4())] * 101, "all", None])
def test_bulk_takes_one_to_a_hundred_ids(bot, item, ids):
    answer = post(bot, "reviews/bulk", {"ids": ids, "decision": "dismiss"})
    assert answer.status_code == 422


@pytest.mark.parametrize("call", CALLS)
def test_a_strangers_call_is_answered_as_if_nothing_were_there(charlie, item, call):
    answer = post(charlie, f"reviews/{item.pk}/{call}", BODIES.get(call))
    absent = post(charlie, f"reviews/{uuid.uuid4()}/{call}", BODIES.get(call))
    assert (answer.status_code, absent.status_code) == (404, 404)


def test_a_stranger_sees_nothing(charlie, item):
    assert charlie.get(f"/api/v1/reviews/{item.pk}").status_code == 404
    assert charlie.get("/api/v1/reviews").json()["results"] == []
    assert post(charlie, "reviews/next").status_code == 204


@pytest.mark.parametrize("call", CALLS)
def test_a_reader_may_not_review(reader, item, call):
    assert post(reader, f"reviews/{item.pk}/{call}", BODIES.get(call)).status_code == 403


def test_without_a_key_there_is_no_queue(client, item):
    assert client.get("/api/v1/reviews").status_code == 401


@pytest.mark.parametrize("ordering", ["-priority", "created_at"])
@pytest.mark.parametrize("position", ["p=abc", "p=nan", "o=5", "p=2030-13-45", "r=1&p=%00"])
def test_a_forged_cursor_breaks_nothing(bot, item, position, ordering):
    cursor = b64encode(position.encode()).decode()
    answer = bot.get("/api/v1/reviews", {"cursor": cursor, "ordering": ordering})
    assert answer.status_code < 500
