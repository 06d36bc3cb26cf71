"""A deleted project is closed at once, can be restored for 30 days, then loses its data."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.accounts.callers import caller_of_member, open_caller
from moderation.accounts.key_lookup import caller_of_key, forget_keys
from moderation.accounts.keys import create_key
from moderation.accounts.project_deletion import delete_project, remove_deleted, restore_project
from moderation.lib.errors import Conflict, Forbidden, Invalid, NotFound
from moderation.models import AuditEntry, ModerationLog, Project
from reviews.models import ReviewItem
from tests.api.clients import Api
from tests.factories import make_caller, make_item, make_project, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def arena():
    made = make_project()
    forget_keys()
    return made


@pytest.fixture
def owner(arena):
    return make_caller(arena, "owner", "ada")


def delete(owner, at=None):
    project = delete_project(owner, confirm=owner.project.slug, now=at or timezone.now())
    forget_keys()  # a test's transaction never commits
    return project


def test_keys_members_and_the_open_project_are_refused(arena, owner, settings):
    settings.OPEN_PROJECT = "arena"
    _, key = create_key(arena, name="app", scopes=["check"], actor="tests")
    assert caller_of_key(key)
    forget_keys()
    delete(owner)
    assert caller_of_key(key) is None
    assert caller_of_member(owner.user, "arena") is None
    assert open_caller() is None


def test_it_comes_back_as_it_was(arena, owner):
    item = make_item(arena)
    delete(owner)
    restore_project(owner.user, "arena", now=timezone.now())
    assert caller_of_member(owner.user, "arena")
    assert ReviewItem.objects.get() == item
    actions = AuditEntry.objects.filter(action__startswith="project.").order_by("pk")
    assert [entry.action for entry in actions][-2:] == ["project.deleted", "project.restored"]


def test_the_name_must_be_typed(owner):
    with pytest.raises(Invalid):
        delete_project(owner, confirm="other", now=timezone.now())


def test_an_admin_deletes_nothing(arena):
    with pytest.raises(Forbidden):
        delete(make_caller(arena, "admin"))


def test_only_its_owner_restores_it(arena, owner):
    stranger = make_caller(arena, "admin", "omar")
    delete(owner)
    with pytest.raises(NotFound):
        restore_project(stranger.user, "arena", now=timezone.now())


def test_after_thirty_days_the_data_goes_and_the_audit_log_stays(arena, owner):
    make_item(arena)
    other = make_item(make_project("den"))
    now = timezone.now()
    delete(owner, at=now - timedelta(days=30, minutes=1))
    with pytest.raises(Conflict):
        restore_project(owner.user, "arena", now=now)
    assert sum(remove_deleted(now, actor="system")) > 0
    assert [log.pk for log in ModerationLog.objects.all()] == [other.log_id]
    assert Project.objects.get(slug="arena").removed_at == now
    assert AuditEntry.objects.filter(project=arena, action="project.removed").exists()
    assert not arena.memberships.exists()


def test_within_thirty_days_nothing_is_removed(arena, owner):
    item = make_item(arena)
    delete(owner, at=timezone.now() - timedelta(days=29))
    assert list(remove_deleted(timezone.now(), actor="system")) == []
    assert ReviewItem.objects.get() == item


# --- Over HTTP and on the console


def test_over_http_by_owners_alone(arena, owner):
    client = Api(client=sign_in(arena, "owner", "kim"))
    assert client.call("DELETE", "project", {"confirm": "valley"}).status_code == 422
    assert client.call("DELETE", "project", {}).status_code == 422
    answer = client.call("DELETE", "project", {"confirm": "arena"})
    assert (answer.status_code, answer.json()["project_id"]) == (200, "arena")
    assert answer.json()["gone_at"]


def test_no_key_and_no_admin_deletes_it(arena, owner):
    _, key = create_key(arena, name="app", scopes=["admin"], actor="tests")
    body = {"confirm": "arena"}
    assert Api(key).call("DELETE", "project", body).status_code == 403
    assert Api(client=sign_in(arena, "admin")).call("DELETE", "project", body).status_code == 403


def test_on_the_console_it_is_deleted_by_its_typed_name_and_restored(arena, owner):
    page = sign_in(arena, "owner", "kim")
    assert "Type arena to confirm" in page.get("/p/arena/settings/delete").content.decode()
    assert page.post("/p/arena/settings/delete", {"confirm": "no"}).status_code == 422
    page.post("/p/arena/settings/delete", {"confirm": "arena"})
    assert page.get("/p/arena/queue").status_code == 404
    assert "/projects/arena/restore" in page.get("/").content.decode()
    page.post("/projects/arena/restore")
    assert page.get("/p/arena/settings/project").status_code == 200


def test_admins_do_not_see_the_button(arena):
    page = sign_in(arena, "admin")
    assert "Delete project" not in page.get("/p/arena/settings/project").content.decode()
    assert page.get("/p/arena/settings/delete").status_code == 403
