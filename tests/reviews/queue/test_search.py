"""Content is found by a text in it: everywhere by an index, else among the newest, and says so."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from moderation import rules
from moderation.events.event import iso
from moderation.models import ModerationLog
from moderation.queries import searching
from moderation.queries.searching import reach_of
from tests import factories
from tests.counting import counted_queries
from tests.reviews.calling import key_client
from tests.reviews.moments import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]
postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no index of texts"
)
ONE_LATER = iso(NOON + timedelta(minutes=1))


@pytest.fixture
def reader(project):
    return key_client(project, "read", name="a reader")


def search(client, text, **query):
    answer = client.get("/api/v1/logs", {"search": text, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


def found(client, text):
    return [row["content"] for row in search(client, text)["results"]]


def send(project, *texts):
    """Moderate these texts, a minute apart, the newest last."""
    for minute, text in enumerate(texts):
        factories.make_log(project, text, now=NOON + timedelta(minutes=minute))


@pytest.mark.parametrize(
    ("asked", "content"),
    [
        ("BREAD", "we bake bread"),
        ("read", "we bake bread"),
        ("100%", "it is 100% safe"),
        ("snake_case", "in snake_case it is"),
        ("back\\slash", "a back\\slash here"),
        ("'; DROP", "o'; DROP TABLE logs"),
        ("ÉCLAIR", "an éclair for me"),
        ("مرحبا", "قال مرحبا لك"),
        ("👍👍", "fine 👍👍 so"),
        ("a.c", "an a.c here"),
    ],
)
def test_a_text_is_found_as_it_is_written_in_any_case(project, reader, asked, content):
    send(project, content, "100 dollars", "snakeXcase abc back/slash")
    assert found(reader, asked) == [content]


def test_without_an_index_only_the_newest_are_looked_through(project, reader, monkeypatch):
    monkeypatch.setattr(searching, "SEARCH_WINDOW", 2)
    send(project, "an old ox", "a new ox", "the newest ox")
    # An index of three letters each knows none of two.
    answer = search(reader, "ox")
    assert [row["content"] for row in answer["results"]] == ["the newest ox", "a new ox"]
    assert answer["searched_since"] == ONE_LATER


def test_a_search_that_reached_everything_says_so(project, reader):
    send(project, "a lone ox")
    assert search(reader, "ox")["searched_since"] is None
    assert "searched_since" not in reader.get("/api/v1/logs").json()


@postgresql
def test_the_index_reaches_what_lies_beyond_the_newest(project, reader, monkeypatch):
    monkeypatch.setattr(searching, "SEARCH_WINDOW", 1)
    send(project, "an old walrus", "the newest ox")
    answer = search(reader, "walrus")
    assert (len(answer["results"]), answer["searched_since"]) == (1, None)


@postgresql
def test_the_index_serves_the_search(project):
    send(project, "an old walrus")
    logs = reach_of(project, "WALRUS").among(ModerationLog.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "log_text" in logs.explain()


@postgresql
def test_without_the_extension_the_search_is_bounded(project, reader, monkeypatch):
    monkeypatch.setattr(searching, "SEARCH_WINDOW", 1)
    send(project, "an old walrus", "the newest walrus")
    migration = import_module("moderation.migrations.0010_search_by_text")
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE without_rights")
        cursor.execute("SET LOCAL ROLE without_rights")
        with connection.schema_editor() as editor:
            migration.make_index(None, editor)
        cursor.execute("RESET ROLE")
    answer = search(reader, "walrus")
    assert [row["content"] for row in answer["results"]] == ["the newest walrus"]
    assert answer["searched_since"] == ONE_LATER


@pytest.mark.parametrize("text", ["walrus", "ox"])
def test_more_rows_take_no_more_queries(project, reader, text):
    send(project, "a walrus and an ox")
    search(reader, text)
    with counted_queries() as few:
        search(reader, text)
    send(project, *["a walrus and an ox"] * 4)
    with counted_queries() as many:
        search(reader, text)
    assert len(many) == len(few)


def test_pages_of_a_search_join_without_gap_or_repeat(project, reader):
    send(project, *[f"walrus {number}" for number in range(5)])
    seen, page = [], search(reader, "WALRUS", limit=2)
    seen += page["results"]
    while page["next"]:
        page = reader.get(page["next"]).json()
        seen += page["results"]
    assert [row["content"] for row in seen] == [f"walrus {number}" for number in range(4, -1, -1)]


def test_where_content_is_not_kept_a_search_is_refused(project, reader):
    rules.change_policy(project, "tests", {"storage": "hash"})
    answer = reader.get("/api/v1/logs?search=walrus")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "search")
    assert "does not store content" in answer.json()["detail"]
    assert reader.get("/api/v1/logs").status_code == 200


@pytest.mark.parametrize(("text", "status"), [("x" * 1000, 200), ("x" * 1001, 422), ("\0", 422)])
def test_a_text_that_cannot_be_looked_for_is_422(reader, text, status):
    assert reader.get("/api/v1/logs", {"search": text}).status_code == status


def test_the_page_says_how_far_back_it_looked(project, monkeypatch):
    monkeypatch.setattr(searching, "SEARCH_WINDOW", 1)
    send(project, "an old ox", "the newest ox")
    text = factories.sign_in(project).get("/p/forum/content?search=ox").content.decode()
    assert "the newest ox" in text
    assert "an old ox" not in text
    assert f'datetime="{ONE_LATER}"' in text.partition("The search covers only the newest")[2]


def test_the_page_says_why_there_is_nothing_to_search(project):
    rules.change_policy(project, "tests", {"storage": "hash"})
    answer = factories.sign_in(project).get("/p/forum/content?search=ox")
    assert answer.status_code == 422
    assert "does not store content" in answer.content.decode()
