"""While texts are encrypted nobody can search them, and each place says so."""

import pytest

from moderation.models import ModerationLog
from tests import factories
from tests.messages import key, project, send

pytestmark = pytest.mark.django_db
KEY = "first-key-0123456789-abcdefghijkl"
REASON = "encrypted texts cannot be searched"


@pytest.fixture
def arena(settings):
    settings.CONTENT_ENCRYPTION_KEYS = [KEY]
    made = project()
    send(made, "Shut up idiot", message_id="m1")
    return made


@pytest.fixture
def page(arena):
    browser = factories.sign_in(arena, "moderator")
    return lambda path: browser.get(f"/p/arena/{path}")


def test_the_api_refuses_a_search(arena, client):
    headers = {"X-API-Key": key(arena, "read")}
    answer = client.get("/api/v1/logs?search=idiot", headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "search")
    assert REASON in answer.json()["detail"]
    assert client.get("/api/v1/logs?user_id=zed", headers=headers).json()["results"]


@pytest.mark.parametrize("query", ["search=idiot", "word=idiot"])
def test_the_content_page_refuses_it_in_words(page, query):
    answer = page(f"content?{query}")
    assert (answer.status_code, REASON in answer.text) == (422, True)


def test_pages_say_that_texts_cannot_be_searched(page):
    sentence = "texts encrypted, so they cannot be searched"
    assert sentence in page("content").text
    assert sentence in page("queue").text
    assert "Texts are stored encrypted" in page("find?q=nothing-like-it").text


def test_the_queue_ignores_and_does_not_offer_the_filter(page):
    answer = page("queue?text=idiot")
    assert "Ignored invalid filters: text" in answer.text
    assert 'id="filter-text"' not in answer.text


def test_the_admin_searches_the_other_columns(arena, admin_client):
    found = admin_client.get("/admin/moderation/moderationlog/?q=m1")
    assert REASON in found.text
    assert str(ModerationLog.objects.get().pk) in found.text
    assert found.context["cl"].result_count == 1
