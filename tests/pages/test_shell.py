"""Who can see a project's pages, and the shell around them."""

import pytest
from django.urls import reverse

from moderation.models import Role
from moderation.pages.shell import PLACES

SETTINGS = "/p/arena/settings/me"


def test_who_is_not_signed_in_is_sent_to_the_sign_in(arena, client):
    answer = client.get(SETTINGS)
    assert answer.status_code == 302
    assert answer["Location"] == f"/login?next={SETTINGS}"


def test_a_piece_for_a_session_that_ended_loads_the_sign_in_as_a_page(arena, client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/p/arena/try"}
    answer = client.get(SETTINGS, headers=headers)
    assert answer.status_code == 401
    assert answer["HX-Redirect"].startswith("/login?next=")


def test_a_strangers_project_is_as_absent_as_none(signed_in):
    stranger = signed_in(None)
    assert stranger.get(SETTINGS).status_code == 404
    assert stranger.get("/p/nowhere/settings/me").status_code == 404


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_each_place_of_the_rail_opens_and_is_lit(signed_in, place):
    answer = signed_in("owner").get(reverse(place.view, args=["arena"]))
    assert answer.status_code == 200
    text = answer.content.decode()
    lit = text[: text.index('aria-current="page"')].rsplit("<a ", 1)[1]
    assert reverse(place.view, args=["arena"]) in lit


def test_a_role_that_is_too_low_reads_which_one_it_takes(signed_in):
    answer = signed_in("viewer").get("/p/arena/try")
    assert answer.status_code == 403
    assert f"need the role {Role.MODERATOR}" in answer.content.decode()


def test_a_page_may_run_only_its_own_files(signed_in):
    policy = signed_in().get(SETTINGS)["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_the_administration_has_a_policy_of_its_own(signed_in, admin_client):
    assert "unsafe-inline" in admin_client.get("/admin/")["Content-Security-Policy"]


def test_a_projects_name_is_shown_as_text(arena, signed_in):
    arena.name = "<img src=x onerror=alert(1)>"
    arena.save()
    text = signed_in().get(SETTINGS).content.decode()
    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_my_settings_are_kept(signed_in):
    client = signed_in()
    client.post(SETTINGS, {"theme": "dark", "veil": "low"})
    text = client.get(SETTINGS).content.decode()
    assert 'data-theme="dark"' in text
    assert 'data-shortcuts="off"' in text


def test_an_unknown_theme_is_refused(signed_in):
    answer = signed_in().post(SETTINGS, {"theme": "pink", "veil": "low"})
    assert answer.status_code == 422


def test_the_projects_of_a_person_are_listed(signed_in):
    text = signed_in("viewer").get("/").content.decode()
    assert "/p/arena/queue" in text
    assert "your role: viewer" in text


def test_without_a_project_the_page_says_how_to_get_one(signed_in):
    assert "You have no projects yet" in signed_in(None).get("/").content.decode()


def test_an_unknown_page_is_told_in_words(client, settings, db):
    settings.DEBUG = False
    answer = client.get("/no-such-page")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_an_address_with_a_slash_at_its_end_leads_to_the_page(signed_in):
    answer = signed_in().get("/p/arena/queue/?lane=held")
    assert answer.status_code == 302
    assert answer["Location"] == "/p/arena/queue?lane=held"


@pytest.mark.parametrize("path", ["/p/nowhere/queue", "/nothing/here"])
def test_an_unknown_address_is_our_own_page_also_with_debug_on(signed_in, settings, path):
    settings.DEBUG = True
    answer = signed_in().get(path)
    assert answer.status_code == 404
    assert "<h1>Page not found</h1>" in answer.content.decode()
    assert '<span class="brand">' in answer.content.decode()
