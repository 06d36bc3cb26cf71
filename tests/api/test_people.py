"""The project, its members and its keys over HTTP."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from moderation.accounts.invitations import accept_offer
from moderation.accounts.key_usage import run_once
from moderation.events.event import iso
from moderation.models import ApiKey, AuditEntry, Membership, Project
from tests.api.clients import Api
from tests.counting import counted_queries
from tests.messages import key, member, person, project

KEY = {"name": "our bot", "scopes": ["check", "read"]}


def browser_of(arena, role):
    browser = Client()
    browser.force_login(member(arena, role, name=f"the-{role}"))
    return Api(client=browser)


def invite(api, username="noor", role="moderator"):
    return api.post("members", {"username": username, "role": role})


def join(api, username="noor", role="moderator"):
    """Invite a new account and accept for it; return the member's id."""
    who = person(username)
    made = invite(api, username, role).json()
    return accept_offer(made["id"], who, now=timezone.now()).pk


# --- The project


def test_the_project_is_told(api):
    told = api.get("project").json()
    assert told.keys() == {
        "project_id", "name", "policy_version", "is_transparency_public", "created_at",
    }  # fmt: skip
    assert (told["project_id"], told["name"]) == ("arena", "arena")


def test_the_project_is_renamed(api):
    assert api.call("PATCH", "project", {"name": " The arena "}).json()["name"] == "The arena"
    assert api.get("project").json()["name"] == "The arena"
    assert AuditEntry.objects.first().action == "project.renamed"


@pytest.mark.parametrize("name", ["", " ", None, 5, [], "x" * 201, "a\0b"], ids=ascii)
def test_a_senseless_name_is_422(api, name):
    assert api.call("PATCH", "project", {"name": name}).status_code == 422
    assert Project.objects.get().name == "arena"


def test_the_report_is_public_once_it_is_switched_on(api, client):
    assert client.get("/transparency/arena").status_code == 404
    api.call("PATCH", "project", {"is_transparency_public": True})
    assert client.get("/transparency/arena").status_code == 200
    told = api.call("PATCH", "project", {"is_transparency_public": False}).json()
    assert (told["is_transparency_public"], told["name"]) == (False, "arena")
    assert client.get("/transparency/arena").status_code == 404
    assert AuditEntry.objects.first().action == "project.transparency"


@pytest.mark.parametrize("value", [None, 5, "perhaps", []], ids=ascii)
def test_a_senseless_switch_is_422(api, value):
    refused = api.call("PATCH", "project", {"is_transparency_public": value, "name": "mine"})
    assert refused.status_code == 422
    assert Project.objects.get().name == "arena"


def test_what_stays_as_it_is_is_not_audited(api):
    entries = AuditEntry.objects.count()
    assert api.call("PATCH", "project", {"name": "arena"}).status_code == 200
    assert api.call("PATCH", "project", {}).status_code == 200
    assert AuditEntry.objects.count() == entries


def test_who_reads_does_not_rename(arena):
    reader = Api(key(arena, "read"))
    assert reader.get("project").status_code == 200
    assert reader.call("PATCH", "project", {"name": "mine"}).status_code == 403


# --- Members


def test_a_person_becomes_a_member_by_accepting(api):
    who = person("noor")
    answer = invite(api)
    assert (answer.status_code, answer.json()["state"]) == (201, "open")
    assert (answer.json()["username"], answer.json()["role"]) == ("noor", "moderator")
    assert api.get("members").json()["results"] == []
    accept_offer(answer.json()["id"], who, now=timezone.now())
    row = api.get("members").json()["results"][0]
    assert row.keys() == {"id", "username", "role", "created_at"}
    assert api.get("invitations?state=accepted").json()["results"][0]["username"] == "noor"


def test_nobody_learns_which_names_exist(api):
    person("noor")
    known, unknown = invite(api), invite(api, "nobody")
    assert known.status_code == unknown.status_code == 201
    differ = {name for name, value in known.json().items() if unknown.json()[name] != value}
    assert differ <= {"id", "username", "created_at", "expires_at"}


def test_a_member_cannot_join_again(api):
    join(api)
    assert invite(api, role="viewer").status_code == 409


def test_a_viewer_leaves(arena):
    browser_of(arena, "owner")
    viewer = browser_of(arena, "viewer")
    assert viewer.call("DELETE", "members/me", {"confirm": "valley"}).status_code == 422
    assert viewer.call("DELETE", "members/me", {"confirm": "arena"}).json()["success"] is True
    assert viewer.call("DELETE", "members/me", {"confirm": "arena"}).status_code == 403
    assert Membership.objects.get().role == "owner"


def test_a_key_cannot_leave(api):
    assert api.call("DELETE", "members/me", {"confirm": "arena"}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [{}, {"username": "noor", "role": "king"},
     {"username": "noor"}, {"username": 5, "role": "viewer"}, {"username": "a\0", "role": "viewer"},
     {"username": "x" * 151, "role": "viewer"}, {"username": "noor", "role": []}],
    ids=ascii,
)  # fmt: skip
def test_a_senseless_member_is_422(api, body):
    person("noor")
    assert api.post("members", body).status_code == 422


def test_a_role_is_changed(api):
    made = join(api)
    assert api.call("PATCH", f"members/{made}", {"role": "viewer"}).json()["role"] == "viewer"


def test_a_member_is_removed(api):
    made = join(api)
    assert api.call("DELETE", f"members/{made}").json()["success"] is True
    assert api.call("DELETE", f"members/{made}").status_code == 404


def test_only_an_owner_makes_owners(arena, api):
    person("noor")
    assert invite(api, role="owner").status_code == 403
    assert invite(browser_of(arena, "admin"), role="owner").status_code == 403
    assert invite(browser_of(arena, "owner"), role="owner").status_code == 201


def test_the_last_owner_stays(arena):
    owner = browser_of(arena, "owner")
    own = Membership.objects.get().pk
    assert owner.call("DELETE", f"members/{own}").status_code == 409
    assert owner.call("PATCH", f"members/{own}", {"role": "viewer"}).status_code == 409


@pytest.mark.parametrize("name", ["0", "99999999999999999999999", "x", "-1", "%00"])
def test_an_unknown_member_or_key_is_404(api, name):
    assert api.call("DELETE", f"members/{name}").status_code == 404
    assert api.call("PATCH", f"members/{name}", {"role": "viewer"}).status_code == 404
    assert api.call("DELETE", f"keys/{name}").status_code == 404


# --- Keys


def test_a_key_is_shown_once_and_works(api):
    answer = api.post("keys", KEY)
    made = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert Api(made["key"]).get("logs").status_code == 200
    assert made["key"].startswith(made["prefix"])
    assert made["key"] not in api.get("keys").content.decode()


def test_the_list_of_keys_shows_no_hash(api):
    row = api.get("keys").json()["results"][0]
    assert row.keys() == {
        "id", "name", "prefix", "scopes", "made_by", "rate_per_minute", "rate_per_hour",
        "created_at", "expires_at", "revoked_at", "last_used_at",
    }  # fmt: skip


def test_the_list_says_when_a_key_was_used(api):
    made = api.post("keys", KEY).json()
    assert made["last_used_at"] is None
    Api(made["key"]).check()
    run_once()
    row = api.get("keys").json()["results"][0]
    assert row["created_at"] <= row["last_used_at"] <= iso(timezone.now())


def test_a_revoked_key_is_refused(api):
    made = api.post("keys", KEY).json()
    bot = Api(made["key"])
    bot.check()
    assert api.call("DELETE", f"keys/{made['id']}").json()["success"] is True
    assert bot.try_check().status_code == 401
    assert api.call("DELETE", f"keys/{made['id']}").status_code == 404
    assert api.get("keys").json()["results"][0]["revoked_at"]


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"name": " "}, {"name": "x" * 101}, {"name": None}, {"scopes": []},
     {"scopes": ["root"]}, {"scopes": "check"}, {"scopes": [[]]}, {"scopes": ["check"] * 9},
     {"rate_per_minute": 0}, {"rate_per_minute": 10**9}, {"rate_per_hour": "x"},
     {"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at": "x"}, {"expires_at": 5},
     {"expires_at": "9999-12-31T23:59:59-23:59"}],
    ids=ascii,
)  # fmt: skip
def test_a_senseless_key_is_422(api, changes):
    before = ApiKey.objects.count()
    assert api.post("keys", {**KEY, **changes}).status_code == 422
    assert ApiKey.objects.count() == before


def test_rates_and_end_are_kept(api):
    wanted = {"rate_per_minute": 5, "rate_per_hour": 50, "expires_at": "2099-01-01T00:00:00Z"}
    made = api.post("keys", {**KEY, **wanted}).json()
    assert (made["rate_per_minute"], made["rate_per_hour"]) == (5, 50)
    assert made["expires_at"] == "2099-01-01T00:00:00.000Z"


def rotate(api, key_id, **fields):
    return api.post(f"keys/{key_id}/rotate", fields)


def test_a_rotated_key_and_its_successor_work_during_the_overlap(api):
    old = api.post("keys", {**KEY, "rate_per_hour": 50}).json()
    answer = rotate(api, old["id"], overlap_hours=2)
    new = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert [new[name] for name in ("name", "scopes", "rate_per_hour", "expires_at")] == [
        "our bot", ["check", "read"], 50, None,
    ]  # fmt: skip
    assert [Api(one["key"]).try_check().status_code for one in (old, new)] == [200, 200]
    ends_in = ApiKey.objects.get(pk=old["id"]).expires_at - timezone.now()
    assert timedelta(minutes=119) < ends_in < timedelta(minutes=121)


@pytest.mark.django_db(transaction=True)
def test_without_overlap_the_old_key_ends_at_once(api):
    old = api.post("keys", KEY).json()
    Api(old["key"]).check()
    new = rotate(api, old["id"], overlap_hours=0).json()
    assert Api(old["key"]).try_check().status_code == 401
    assert Api(new["key"]).try_check().status_code == 200


def test_a_key_that_ends_sooner_is_not_prolonged(api):
    end = timezone.now() + timedelta(hours=1)
    old = api.post("keys", {**KEY, "expires_at": end.isoformat()}).json()
    rotate(api, old["id"], overlap_hours=5)
    assert ApiKey.objects.get(pk=old["id"]).expires_at == end


def test_a_revoked_key_is_not_rotated(api):
    old = api.post("keys", KEY).json()
    api.call("DELETE", f"keys/{old['id']}")
    assert rotate(api, old["id"]).status_code == 409


@pytest.mark.parametrize("hours", [-1, 721, "x", None, [], 10**30], ids=ascii)
def test_a_senseless_overlap_is_422(api, hours):
    assert rotate(api, ApiKey.objects.get().pk, overlap_hours=hours).status_code == 422


def test_another_projects_key_is_not_rotated(api):
    own = ApiKey.objects.get().pk
    valley = Api(key(project("valley"), "admin"))
    assert (rotate(valley, own).status_code, rotate(valley, 10**25).status_code) == (404, 404)


# --- Strangers


def test_another_projects_members_and_keys_are_unknown(arena, api):
    made, own = join(api), ApiKey.objects.get().pk
    valley = Api(key(project("valley"), "admin"))
    assert valley.get("members").json()["results"] == []
    assert [row["name"] for row in valley.get("keys").json()["results"]] == ["a key"]
    assert valley.call("PATCH", f"members/{made}", {"role": "viewer"}).status_code == 404
    assert valley.call("DELETE", f"members/{made}").status_code == 404
    assert valley.call("DELETE", f"keys/{own}").status_code == 404
    assert (arena.memberships.count(), ApiKey.objects.get(pk=own).revoked_at) == (1, None)


@pytest.mark.parametrize("path", ["members", "keys"])
@pytest.mark.parametrize("scope", ["check", "read", "review"])
def test_only_admins_see_members_and_keys(arena, scope, path):
    caller = Api(key(arena, scope))
    assert (caller.get(path).status_code, caller.post(path, {}).status_code) == (403, 403)


def test_more_members_take_no_more_queries(arena, api):
    member(arena, name="one")
    with counted_queries() as few:
        api.get("members")
    for name in ("two", "three", "four"):
        member(arena, name=name)
    with counted_queries() as many:
        assert len(api.get("members").json()["results"]) == 4
    assert len(many) == len(few)
