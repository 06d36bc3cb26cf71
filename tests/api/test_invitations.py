"""Invitations over HTTP."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from moderation.accounts import invitations
from moderation.models import AuditEntry, Invitation
from tests.api.clients import Api
from tests.counting import counted_queries
from tests.messages import key, member, person, project


def invite(api, role="moderator", **fields):
    return api.post("invitations", {"role": role, **fields})


def browser_of(arena, role):
    browser = Client()
    browser.force_login(member(arena, role, name=f"the-{role}"))
    return Api(client=browser)


def token_of(answer):
    return answer.json()["link"].rpartition("/")[2]


def test_the_link_is_shown_once_and_works(api):
    answer = invite(api, email="zoe@example.org", days=3)
    made = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert made["link"].startswith("http://testserver/invitations/")
    assert (made["email"], made["role"], made["state"]) == ("zoe@example.org", "moderator", "open")
    assert token_of(answer) not in api.get("invitations").content.decode()
    accepted = invitations.accept(token_of(answer), person("zoe"), now=timezone.now())
    assert accepted.role == "moderator"
    row = api.get("invitations").json()["results"][0]
    assert (row["state"], row["accepted_by"]) == ("accepted", "zoe")


def test_the_list_shows_no_link_and_no_hash(api):
    invite(api)
    row = api.get("invitations").json()["results"][0]
    assert row.keys() == {
        "id", "username", "email", "role", "state", "invited_by", "created_at", "expires_at",
        "accepted_by", "accepted_at", "revoked_at",
    }  # fmt: skip
    assert row["invited_by"] == "a key"


def test_a_revoked_invitation_is_over(api):
    answer = invite(api)
    made = answer.json()["id"]
    assert api.call("DELETE", f"invitations/{made}").json()["success"] is True
    assert api.call("DELETE", f"invitations/{made}").status_code == 404
    with pytest.raises(invitations.InvitationOver):
        invitations.accept(token_of(answer), person(), now=timezone.now())
    assert AuditEntry.objects.first().action == "invitation.revoked"


def test_invitations_are_found_by_their_state(api):
    made = {state: invite(api).json()["id"] for state in ("open", "revoked", "expired", "accepted")}
    api.call("DELETE", f"invitations/{made['revoked']}")
    now = timezone.now()
    Invitation.objects.filter(pk=made["expired"]).update(expires_at=now - timedelta(days=1))
    Invitation.objects.filter(pk=made["accepted"]).update(accepted_at=now)
    found = {
        state: [row["id"] for row in api.get(f"invitations?state={state}").json()["results"]]
        for state in made
    }
    assert found == {state: [number] for state, number in made.items()}
    assert api.get("invitations?state=lost").status_code == 422


@pytest.mark.parametrize(
    "body",
    [{}, {"role": "king"}, {"role": []}, {"role": "viewer", "email": "nobody"},
     {"role": "viewer", "email": 5}, {"role": "viewer", "email": "a\0@example.org"},
     {"role": "viewer", "email": f"{'x' * 260}@example.org"}, {"role": "viewer", "days": 0},
     {"role": "viewer", "days": 91}, {"role": "viewer", "days": "x"}],
    ids=ascii,
)  # fmt: skip
def test_a_senseless_invitation_is_422(api, body):
    assert api.post("invitations", body).status_code == 422
    assert not Invitation.objects.exists()


def test_only_an_owner_invites_owners(arena, api):
    assert invite(api, "owner").status_code == 403
    assert invite(browser_of(arena, "admin"), "owner").status_code == 403
    assert invite(browser_of(arena, "owner"), "owner").status_code == 201


def test_a_members_address_is_409(arena, api):
    user = member(arena)
    user.email = "noor@example.org"
    user.save()
    arena.memberships.update(shares_email=True)
    assert invite(api, email="noor@example.org").status_code == 409


@pytest.mark.parametrize("name", ["0", "99999999999999999999999", "x", "-1", "%00"])
def test_an_unknown_invitation_is_404(api, name):
    assert api.call("DELETE", f"invitations/{name}").status_code == 404


@pytest.mark.parametrize("scope", ["check", "read", "review"])
def test_only_admins_see_and_make_invitations(arena, scope):
    caller = Api(key(arena, scope))
    assert (caller.get("invitations").status_code, invite(caller).status_code) == (403, 403)


def test_another_projects_invitations_are_unknown(api):
    made = invite(api).json()["id"]
    valley = Api(key(project("valley"), "admin"))
    assert valley.get("invitations").json()["results"] == []
    assert valley.call("DELETE", f"invitations/{made}").status_code == 404
    assert Invitation.objects.get().revoked_at is None


def test_more_invitations_take_no_more_queries(api):
    taken = []
    for number in (1, 4):
        for each in range(number):
            zoe = person(f"p{number}-{each}")
            invitations.accept(token_of(invite(api)), zoe, now=timezone.now())
        with counted_queries() as queries:
            api.get("invitations")
        taken.append(len(queries))
    assert taken[0] == taken[1]
