"""Create a project in the browser, and the three steps to its first message."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from moderation.accounts.key_lookup import caller_of_key
from moderation.models import ApiKey, AuditEntry, Membership, Project
from tests.factories import make_log

pytestmark = pytest.mark.django_db
NEW = "/projects/new"


@pytest.fixture
def client_of():
    def sign_in(name, **rights):
        client = Client()
        client.force_login(User.objects.create_user(name, **rights))
        return client

    return sign_in


def create(client, **changed):
    return client.post(NEW, {"name": "My Community", "slug": "", "preset": "strict", **changed})


def test_the_first_person_creates_a_project_and_owns_it(client_of):
    client = client_of("ada")
    assert "New project" in client.get("/").content.decode()
    assert create(client)["Location"] == "/p/my-community/start"
    membership = Membership.objects.get()
    assert (membership.user.username, membership.role) == ("ada", "owner")
    assert AuditEntry.objects.get(action="project.created").data == {"preset": "strict"}


@pytest.mark.parametrize(
    ("who", "rights", "status"),
    [
        ("first", {}, 403),
        ("first", {"is_superuser": True}, 302),
        ("staff", {}, 403),
        ("staff", {"is_staff": True}, 302),
        ("everybody", {}, 302),
        ("nobody", {"is_superuser": True, "is_staff": True}, 403),
    ],
)
def test_the_setting_says_who_may(client_of, settings, who, rights, status):
    settings.PROJECT_CREATION = who
    User.objects.create_user("first")
    client = client_of("second", **rights)
    assert create(client).status_code == status
    assert Project.objects.exists() == (status == 302)
    assert ("New project" in client.get("/").content.decode()) == (status == 302)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"slug": "Not a slug!"}, "slug"),
        ({"name": "!!!"}, "slug"),
        ({"preset": "mild"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_in_the_form(client_of, fields, said):
    answer = create(client_of("ada"), **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Project.objects.exists()


def test_a_name_that_is_taken_is_refused(client_of):
    client = client_of("ada")
    create(client, slug="forum")
    assert create(client, slug="forum").status_code == 409


def test_who_is_signed_out_is_sent_to_the_sign_in(db):
    assert Client().get(NEW)["Location"] == f"/login?next={NEW}"


def test_the_first_step_makes_a_key_once_that_works(arena, signed_in):
    page = signed_in("owner")
    once = re.search(r'name="once" value="([^"]+)"', page.get("/p/arena/start").content.decode())[1]
    answer = page.post("/p/arena/start", {"once": once})
    text = answer.content.decode()
    raw = re.search(r">(gvl_[\w-]+)</output>", text)[1]
    assert caller_of_key(raw).scopes == {"check"}
    assert text.count(raw) == 4
    assert "no-store" in answer["Cache-Control"]
    page.post("/p/arena/start", {"once": once})
    assert ApiKey.objects.count() == 1


def test_the_last_step_waits_and_then_links_to_the_message(arena, signed_in):
    page = signed_in("owner")
    assert "data-waiting>" in page.get("/p/arena/start").content.decode()
    log = make_log(arena)
    text = page.get("/p/arena/start").content.decode()
    assert "data-waiting hidden>" in text
    assert f"/p/arena/content/{log.pk}" in text


def test_a_moderator_makes_no_key(arena, signed_in):
    assert signed_in("moderator").post("/p/arena/start").status_code == 403


def test_a_message_can_be_written_without_a_terminal(signed_in):
    page = signed_in("owner")
    assert 'href="/p/arena/chat/general"' in page.get("/p/arena/start").content.decode()
