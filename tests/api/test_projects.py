"""Create a project over the API."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from moderation.models import Membership
from tests.factories import make_project
from tests.reviews.calling import key_client, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db):
    client = Client()
    client.force_login(User.objects.create_user("ada"))
    return client


def test_a_person_creates_a_project_and_owns_it(person):
    answer = post(person, "projects", {"slug": "forum", "name": "The forum", "preset": "strict"})
    assert answer.status_code == 201
    assert (answer.json()["project_id"], answer.json()["name"]) == ("forum", "The forum")
    assert Membership.objects.get().role == "owner"


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"slug": "Not a slug!"}, 422), ({"slug": "a", "preset": "mild"}, 422)],
)
def test_a_wrong_value_is_refused(person, body, status):
    assert post(person, "projects", body).status_code == status


def test_a_slug_that_is_taken_is_a_conflict(person):
    make_project("forum")
    assert post(person, "projects", {"slug": "forum"}).status_code == 409


def test_a_key_creates_no_project(db):
    client = key_client(make_project("forum"), "admin")
    assert post(client, "projects", {"slug": "other"}).status_code in {401, 403}


def test_the_setting_may_forbid_it(person, settings):
    settings.PROJECT_CREATION = "nobody"
    assert post(person, "projects", {"slug": "forum"}).status_code == 403
