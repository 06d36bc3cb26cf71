"""The Django admin shows staff the projects that they administer, and superusers everything."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from moderation.accounts.members import set_role
from moderation.admin.base import ServiceAdmin
from moderation.models import ApiKey, Ban, Invitation, Membership
from reviews.models import ReviewItem
from tests.admin.rows import make_ban, make_item, make_project, person

PAGES = {
    model._meta.label_lower: page
    for model, page in admin.site._registry.items()
    if isinstance(page, ServiceAdmin)
}


@pytest.fixture
def den(db):
    """A project in which noor is nobody."""
    return make_project("den")


@pytest.fixture
def noor(client, arena):
    """Somebody of the staff with every permission of Django, admin of arena alone."""
    user = person("noor")
    user.user_permissions.set(Permission.objects.all())
    set_role(arena, user, "admin", actor="tests")
    client.force_login(user)
    return user


def page_of(name, model, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def told_by(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def add(client, model, **fields):
    return client.post(page_of("add", model), fields)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_row_of_another_project_is_listed(client, noor, den, rf, page):
    request = rf.get("/")
    request.user = noor
    make_item(den)
    make_ban(den, "zed")
    if page.project_path:
        rows = page.get_queryset(request).values_list(page.project_path, flat=True)
        assert den.pk not in rows
    else:
        assert page.model._meta.model_name == "project" or not page.has_view_permission(request)


def test_row_of_another_project_does_not_open(client, noor, den):
    ban = make_ban(den, "zed")
    assert client.get(page_of("change", Ban, ban.pk)).status_code == 302
    act = {"action": "lift", "_selected_action": [ban.pk]}
    client.post(page_of("changelist", Ban), act)
    ban.refresh_from_db()
    assert ban.lifted_at is None


def test_own_project_is_listed(client, noor, arena, den):
    mine, foreign = make_item(arena), make_item(den, "m2")
    rows = client.get(page_of("changelist", ReviewItem)).context["cl"].result_list
    assert [row.pk for row in rows] == [mine.pk]
    assert foreign.pk not in rows


def test_filter_names_own_projects_only(client, noor, arena, den):
    set_role(make_project("pit"), noor, "admin", actor="tests")
    text = client.get(page_of("changelist", Ban)).content.decode()
    assert ">pit<" in text
    assert ">den<" not in text


def test_no_key_ban_or_invitation_is_made_in_another_project(client, noor, den):
    add(client, ApiKey, project=den.pk, name="bot", scopes=["admin"])
    add(client, Invitation, project=den.pk, role="owner", email="", days="7")
    fields = {"user_id": "zed", "channel_id": "", "type": "permanent", "reason": "spam"}
    add(client, Ban, project=den.pk, **fields)
    assert not ApiKey.objects.exists()
    assert not Invitation.objects.exists()
    assert not Ban.objects.exists()


def test_key_is_made_in_the_own_project(client, noor, arena):
    add(client, ApiKey, project=arena.pk, name="bot", scopes=["admin"])
    assert ApiKey.objects.get().project == arena


def test_admin_makes_no_owner(client, noor, arena):
    own = Membership.objects.get(user=noor)
    client.post(page_of("change", Membership, own.pk), {"role": "owner"})
    add(client, Invitation, project=arena.pk, role="owner", email="", days="7")
    own.refresh_from_db()
    assert own.role == "admin"
    assert not Invitation.objects.exists()


def test_nobody_but_a_superuser_makes_members_or_opens_accounts(client, noor, arena):
    zoe = User.objects.create_user("zoe")
    add(client, Membership, project=arena.pk, user=zoe.pk, role="viewer")
    assert not Membership.objects.filter(user=zoe).exists()
    assert client.get(page_of("changelist", User)).status_code == 403
    assert client.get(page_of("change", User, zoe.pk)).status_code == 403


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_sees_no_keys(client, arena, den, role):
    user = person("omar")
    user.user_permissions.set(Permission.objects.all())
    set_role(arena, user, role, actor="tests")
    client.force_login(user)
    assert client.get(page_of("changelist", ApiKey)).context["cl"].result_count == 0
    assert (
        client.get(page_of("add", ApiKey))
        .context["adminform"]
        .form.fields["project"]
        .queryset.count()
        == 0
    )


def test_only_owner_is_not_deleted(page, arena):
    owner = User.objects.create_user("owner")
    set_role(arena, owner, "owner", actor="tests")
    answer = page.post(page_of("delete", User, owner.pk), {"post": "yes"}, follow=True)
    assert "only owner of arena" in told_by(answer)
    act = {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"}
    answer = page.post(page_of("changelist", User), act, follow=True)
    assert "only owner of arena" in told_by(answer)
    assert User.objects.filter(username="owner").exists()
