"""The search behind Ctrl+K: pages, settings, actions, authors, content and words."""

import pytest

from tests.factories import make_log

pytestmark = pytest.mark.django_db


@pytest.fixture
def search(signed_in):
    def ask(query, role="admin"):
        return signed_in(role).get("/p/arena/find", {"q": query}).content.decode()

    return ask


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("memb", "/p/arena/settings/members"),
        ("invite", "/p/arena/settings/members"),
        ("POLICY", "/p/arena/settings/policy"),
        ("key", "/p/arena/settings/keys"),
        ("queue", "/p/arena/queue"),
    ],
)
def test_pages_and_settings_are_found_by_name_and_other_words(search, query, path):
    assert f'href="{path}"' in search(query)


@pytest.mark.parametrize(
    ("query", "href"),
    [
        ("ban ana b", "/p/arena/bans/new?user_id=ana+b"),
        ("Block word grumble", "/p/arena/blacklist/new?word=grumble"),
        ("find author thorn", "/p/arena/authors?search=thorn"),
        ("search idiot", "/p/arena/content?search=idiot"),
    ],
)
def test_a_verb_offers_its_action_with_the_words_after_it(search, query, href):
    assert f'href="{href}"' in search(query)


def test_a_viewer_is_offered_no_action_and_no_setting_of_admins(search):
    assert "bans/new" not in search("ban ana", "viewer")
    assert "settings/keys" not in search("key", "viewer")


def test_a_verb_that_is_for_admins_says_so_and_finds_what_follows_it(arena, search):
    make_log(arena, "hello", user_id="tilda")
    shown = search("ban tilda", "moderator")
    assert "Only admins can do that." in shown
    assert "authors?user_id=tilda" in shown
    assert "No results" not in shown
    assert "Only admins" not in search("ban tilda")


def test_a_verb_is_suggested_only_to_those_who_may_use_it(signed_in):
    page = "/p/arena/live"
    assert "ban ana" in signed_in("admin").get(page).content.decode()
    assert "ban ana" not in signed_in("moderator").get(page).content.decode()


def test_an_author_is_found_by_a_part_of_the_id_and_a_message_by_its_words(arena, search):
    log = make_log(arena, "Where is the purple lantern", user_id="bramblejack")
    assert "authors?user_id=bramblejack" in search("JACK")
    assert f"/p/arena/content/{log.pk}" in search("purple lantern")
    assert f"/p/arena/content/{log.pk}" in search(log.message_id)


def test_nothing_found_says_so(search):
    assert "No results for" in search("zzzz")
