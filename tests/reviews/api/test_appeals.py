"""Appeals over HTTP, and the links that restricting answers carry."""

import uuid

import pytest

from moderation.models import Author
from moderation.sanctions.by_staff import issue_ban
from tests import factories
from tests.reviews.calling import key_client, post
from tests.reviews.moments import NOON

pytestmark = pytest.mark.django_db

PLEA = {"user_id": "u1", "message_id": "m9", "statement": "It was a joke."}
STATE = {"id", "status", "outcome", "answer", "created_at", "decided_at"}
ROW = STATE | {
    "user_id", "content_id", "message_id", "ban_id", "statement", "decided_by", "self_reviewed",
}  # fmt: skip


@pytest.fixture
def app(project):
    return key_client(project, "check", name="an app")


@pytest.fixture
def bot(project):
    return key_client(project, "review")


@pytest.fixture
def charlie(db):
    """A stranger: owner of everything in another project."""
    return key_client(factories.make_project("elsewhere"), "admin", "check")


@pytest.fixture
def blocked(project):
    return factories.make_log(project, factories.BLOCKED, user_id="u1", message_id="m9")


@pytest.fixture
def appeal(app, blocked):
    answer = post(app, "appeals", PLEA)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_an_appeal_is_made_with_a_token_that_tells_its_state(client, bot, appeal):
    assert set(appeal) == ROW | {"token"}
    assert (appeal["status"], appeal["message_id"], appeal["ban_id"]) == ("open", "m9", None)
    answer = {"outcome": "overturned", "note": "Sorry."}
    decided = post(bot, f"appeals/{appeal['id']}/decide", answer).json()
    assert set(decided) == ROW
    told = client.get(f"/api/v1/appeals/status/{appeal['token']}").json()
    assert set(told) == STATE
    assert (told["status"], told["outcome"], told["answer"]) == ("decided", "overturned", "Sorry.")


def test_a_ban_is_appealed_by_its_id(app, project):
    ban = issue_ban(
        Author(project, "u1", ""),
        type="permanent",
        hours=None,
        reason="rude",
        actor="noor",
        now=NOON,
    )
    plea = {"user_id": "u1", "ban_id": str(ban.pk), "statement": "Not me."}
    made = post(app, "appeals", plea)
    assert (made.status_code, made.json()["ban_id"]) == (201, str(ban.pk))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 409),
        ({"user_id": "u2"}, 404),
        ({"message_id": "m0"}, 404),
        ({"ban_id": str(uuid.uuid4())}, 422),
        ({"message_id": None}, 422),
        ({"message_id": None, "ban_id": str(uuid.uuid4())}, 404),
        ({"message_id": None, "ban_id": "x"}, 422),
        ({"statement": ""}, 422),
        ({"statement": "   "}, 422),
        ({"statement": "x" * 5001}, 422),
        ({"statement": "nul\0"}, 422),
        ({"statement": 7}, 422),
        ({"user_id": None}, 422),
    ],
)
def test_what_is_no_appeal_is_refused(app, appeal, change, status):
    assert post(app, "appeals", {**PLEA, **change}).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outcome": "upheld"},
        {"outcome": "other", "note": "x"},
        {"outcome": "upheld", "note": ""},
    ],
)
def test_an_answer_needs_outcome_and_words(bot, appeal, body):
    assert post(bot, f"appeals/{appeal['id']}/decide", body).status_code == 422


def test_a_second_answer_is_refused_and_says_who_was_first(bot, appeal):
    body = {"outcome": "upheld", "note": "No."}
    post(bot, f"appeals/{appeal['id']}/decide", body)
    refused = post(bot, f"appeals/{appeal['id']}/decide", body)
    assert refused.status_code == 409
    assert (refused.json()["decided_by"], refused.json()["outcome"]) == ("a bot", "upheld")


def test_an_appeal_of_another_project_is_as_absent_as_none(charlie, appeal):
    body = {"outcome": "upheld", "note": "No."}
    answers = [post(charlie, f"appeals/{id_}/decide", body) for id_ in (appeal["id"], uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert post(charlie, "appeals", PLEA).status_code == 404
    assert charlie.get("/api/v1/appeals").json()["results"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 1), ("status=open", 1), ("status=decided", 0), ("user_id=u1", 1), ("user_id=u2", 0)],
)
def test_appeals_are_listed(bot, appeal, query, found):
    assert len(bot.get(f"/api/v1/appeals?{query}").json()["results"]) == found


def test_a_list_costs_the_same_however_long(bot, app, project, django_assert_max_num_queries):
    for number in range(4):
        factories.make_log(project, factories.BLOCKED, user_id="u1", message_id=f"n{number}")
        post(app, "appeals", {**PLEA, "message_id": f"n{number}"})
    with django_assert_max_num_queries(2):
        assert len(bot.get("/api/v1/appeals").json()["results"]) == 4


@pytest.mark.parametrize("token", ["x", "%00", "a" * 3000, "%F0%9F%98%80"])
def test_an_unknown_token_tells_nothing(client, db, token):
    assert client.get(f"/api/v1/appeals/status/{token}").status_code == 404


# --- Links


def check(app, content, user_id="u1", **fields):
    message = {"message_id": content[:20], "user_id": user_id, "channel_id": "general"}
    return post(app, "moderation/check", {**message, "content": content, **fields}).json()


@pytest.mark.parametrize(
    ("content", "has_link"),
    [
        (factories.BLOCKED, True),
        (factories.FLAGGED, False),
        ("damn", False),
        (factories.CLEAN, False),
    ],
    ids=["blocked", "flagged", "warned", "clean"],
)
def test_restricting_answers_carry_links(app, content, has_link):
    answer = check(app, content)
    links = answer["appeal_url"], answer["statement_url"]
    assert [bool(link) for link in links] == [has_link, has_link]


def test_links_are_the_same_for_a_repeat_and_absent_from_a_dry_run(app):
    first, again = check(app, factories.BLOCKED), check(app, factories.BLOCKED)
    assert first["appeal_url"] == again["appeal_url"]
    assert first["appeal_url"].startswith("http://testserver/appeal/")
    assert check(app, "I will kill you", dry_run=True)["appeal_url"] is None


def test_whom_a_ban_shut_out_is_linked_to_the_ban(app, project):
    ban = issue_ban(
        Author(project, "u1", ""),
        type="permanent",
        hours=None,
        reason="rude",
        actor="noor",
        now=NOON,
    )
    answer = check(app, factories.CLEAN)
    assert (answer["action"], answer["ban_info"]["id"]) == ("user_banned", str(ban.pk))
    assert answer["appeal_url"]
