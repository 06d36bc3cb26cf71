"""Who did it: names carry an identity, and nobody takes a name that looks like another's."""

import copy

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from moderation.accounts.actors import Actor, behind, identity_of, maker_in
from moderation.accounts.callers import caller_of_member
from moderation.accounts.invitations import invite, join
from moderation.accounts.key_lookup import caller_of_key
from moderation.accounts.keys import create_key, rotate_key
from moderation.accounts.members import set_role
from moderation.accounts.names import skeleton
from moderation.accounts.people import create_person
from moderation.lib.errors import AlreadyExists, GavelError, Invalid
from moderation.models import ApiKey, AuditEntry
from tests.factories import make_caller, make_project

PASSWORD = "a sentence that is long"


@pytest.fixture
def arena(db):
    return make_project("arena")


def key_of(project, actor, name="bot"):
    return caller_of_key(create_key(project, name=name, scopes=["admin"], actor=actor)[1])


def latest(action):
    return AuditEntry.objects.filter(action=action).first()


# --- Identities


def test_audit_names_the_person_and_stores_who_it_was(arena):
    noor = make_caller(arena, "admin", "noor")
    key_of(arena, noor.name)
    entry = latest("key.created")
    assert (entry.actor, entry.identity) == ("noor", f"user:{noor.user.pk}")


def test_audit_of_a_key_stores_its_maker(arena):
    noor = make_caller(arena, "admin", "noor")
    bot = key_of(arena, noor.name)
    key_of(arena, bot.name, "other")
    entry = latest("key.created")
    assert (entry.actor, entry.identity) == (
        "bot", f"key:{bot.key_id} made by user:{noor.user.pk}",
    )  # fmt: skip


def test_key_made_by_a_key_belongs_to_the_same_person(arena):
    noor = make_caller(arena, "admin", "noor")
    second = key_of(arena, key_of(arena, noor.name).name, "other")
    assert second.key_maker == f"user:{noor.user.pk}"


def test_key_made_by_a_key_of_the_command_line_belongs_to_that_key(arena):
    first = key_of(arena, "command line")
    assert first.full_identity == f"key:{first.key_id}"
    assert key_of(arena, first.name, "other").key_maker == f"key:{first.key_id}"


def test_rotated_key_belongs_to_whoever_has_seen_it(arena):
    noor, omar = make_caller(arena, "admin", "noor"), make_caller(arena, "admin", "omar")
    key_of(arena, noor.name)
    key = ApiKey.objects.get()
    made, _ = rotate_key(key, overlap=timezone.timedelta(0), actor=omar.name, now=timezone.now())
    assert made.made_by == f"user:{omar.user.pk}"


def test_the_server_itself_has_no_identity(arena):
    assert latest("project.created").identity == ""


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy])
def test_actor_is_a_name_that_keeps_its_identity(clone):
    actor = clone(Actor("noor", "user:7"))
    assert (actor, identity_of(actor), identity_of("noor")) == ("noor", "user:7", "")


def test_both_the_key_and_its_maker_answer_for_an_act():
    assert behind("key:15 made by user:7") == {"key:15", "user:7"}
    assert (behind("user:7"), behind("")) == ({"user:7"}, frozenset())
    assert [maker_in(one) for one in ("key:15 made by user:7", "key:15", "")] == [
        "user:7", "key:15", "",
    ]  # fmt: skip


# --- Names

ALIKE = {
    "another case": "Noor",
    "Cyrillic": "nооr",
    "a digit": "n0or",
    "fullwidth": "ｎｏｏｒ",
    "an accent": "nóor",
    "mathematical": "𝐧𝐨𝐨𝐫",
}


@pytest.mark.parametrize("name", ALIKE.values(), ids=ALIKE)
def test_name_that_looks_like_anothers_is_refused(arena, name):
    create_person("noor")
    with pytest.raises(AlreadyExists):
        create_person(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ilya", "Llya"), ("arnold", "amold"), ("zoe.k", "zoe-k"), ("bill", "bi11")],
)
def test_letters_that_look_alike_are_one(one, other):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("noor", "nora"), ("ann", "anna"), ("m1", "m2")])
def test_different_names_stay_different(one, other):
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize("name", ["system", "System", "ѕystem", "Lexicon", "gavel", "PII"])
def test_the_servers_own_names_are_refused(arena, name):
    with pytest.raises(Invalid, match="Gavel itself"):
        create_person(name)
    with pytest.raises(Invalid, match="Gavel itself"):
        create_key(arena, name=name, scopes=["check"], actor="tests")


def test_who_joins_does_not_take_the_name_of_a_key(arena):
    create_key(arena, name="chat server", scopes=["check"], actor="tests")
    _, token = invite(make_caller(arena, "owner"), "viewer", now=timezone.now())
    with pytest.raises(AlreadyExists, match="keys"):
        join(token, "Chat_Server", PASSWORD, now=timezone.now())
    assert not User.objects.filter(username="Chat_Server").exists()


def test_key_does_not_take_the_name_of_a_member(arena):
    make_caller(arena, "viewer", "noor")
    with pytest.raises(Invalid, match="member"):
        create_key(arena, name="n0or", scopes=["check"], actor="tests")


def test_names_of_another_project_do_not_count(arena):
    den = make_project("den")
    make_caller(den, "viewer", "noor")
    create_key(den, name="chat server", scopes=["check"], actor="tests")
    create_key(arena, name="noor", scopes=["check"], actor="tests")
    _, token = invite(make_caller(arena, "owner"), "viewer", now=timezone.now())
    assert join(token, "chat_server", PASSWORD, now=timezone.now()).role == "viewer"


def test_refused_name_makes_no_account(arena):
    person = create_person("noor")
    set_role(arena, person, "viewer", actor="tests")
    with pytest.raises(GavelError):
        create_person("NOOR")
    assert caller_of_member(User.objects.get(), "arena").name == "noor"
