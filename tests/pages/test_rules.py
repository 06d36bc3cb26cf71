"""The rule pages: the list, the editor with its bench, turning rules on and off, deleting."""

import pytest

from moderation.delivery import relay
from moderation.models import Rule
from moderation.rules import create_rule
from tests.factories import make_log, make_project

RULES, NEW = "/p/arena/rules", "/p/arena/rules/new"
EVIL = "<img src=x onerror=alert(1)>"
FIELDS = {
    "name": "cats",
    "action": "flag",
    "priority": "5",
    "state": "on",
    "keywords": "cats\n\n kittens ",
    "must_match": "two cats",
    "must_not_match": "concatenate",
}
OWN = {
    "keyword": {"keywords": "cats"},
    "regex": {"pattern": "c[aä]ts?", "flags": ["i", "s"]},
    "category": {"category": "hate_speech", "at_least": "0.5"},
    "pii": {"types": ["EMAIL", "IBAN"]},
    "spam": {"signals": ["links"]},
    "user": {"user_ids": "troll\nghost"},
}
CONFIGS = {
    "keyword": {"keywords": ["cats"], "case_sensitive": False},
    "regex": {"pattern": "c[aä]ts?", "flags": ["i", "s"]},
    "category": {"category": "hate_speech", "at_least": 0.5},
    "pii": {"types": ["EMAIL", "IBAN"]},
    "spam": {"signals": ["links"]},
    "user": {"user_ids": ["troll", "ghost"]},
}


def text_of(answer):
    return answer.content.decode()


def rule(project, **fields):
    known = {"name": "cats", "type": "keyword", "action": "flag"}
    return create_rule(project, "tests", {**known, "config": {"keywords": ["cats"]}, **fields})


def test_a_rule_is_made_with_its_examples(signed_in):
    assert signed_in("admin").post(NEW, FIELDS).headers["Location"] == RULES
    made = Rule.objects.get()
    assert (made.config["keywords"], made.priority) == (["cats", "kittens"], 5)
    assert made.examples == {"must_match": ["two cats"], "must_not_match": ["concatenate"]}


@pytest.mark.parametrize("kind", OWN)
def test_each_type_is_made_and_changed_by_its_own_form(signed_in, kind):
    page = signed_in("admin")
    plain = {"name": kind, "action": "reject", "priority": "1", "state": "shadow"}
    page.post(f"{NEW}?type={kind}", {**plain, **OWN[kind]})
    made = Rule.objects.get()
    assert (made.type, made.config, made.shadow) == (kind, CONFIGS[kind], True)
    shown = page.get(f"{RULES}/{made.pk}").context["form"]
    page.post(f"{RULES}/{made.pk}", {**{f.name: f.value() or "" for f in shown}, "state": "off"})
    made.refresh_from_db()
    assert (made.config, made.is_active) == (CONFIGS[kind], False)


BAD = {
    "no name": ({"name": ""}, "name"),
    "no words": ({"keywords": " \n "}, "keywords"),
    "priority 0": ({"priority": "0"}, "priority"),
    "a failing example": ({"must_match": "dogs"}, "must_match"),
    "an example that is hit": ({"must_not_match": "cats!"}, "must_match"),
}


@pytest.mark.parametrize(("fields", "where"), BAD.values(), ids=BAD)
def test_what_is_wrong_stands_at_its_field(signed_in, fields, where):
    refused = signed_in("admin").post(NEW, {**FIELDS, **fields})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, [where])
    assert not Rule.objects.exists()


def test_a_pattern_that_cannot_run_says_why_and_where(signed_in):
    fields = {**FIELDS, "pattern": "cat(?=s)"}
    refused = signed_in("admin").post(f"{NEW}?type=regex", fields)
    told = refused.context["form"].errors["pattern"][0]
    assert told == "Lookahead and lookbehind are not supported by RE2: (?= at position 3"


def test_the_bench_marks_what_would_be_hit_and_stores_nothing(signed_in):
    fields = {**FIELDS, "try": "yes", "texts": f"c a t s {EVIL}\nhello"}
    piece = text_of(signed_in("admin").post(NEW, fields, headers={"HX-Request": "true"}))
    assert "<mark" in piece
    assert "allow → flag" in piece
    assert EVIL not in piece
    assert "<html" not in piece
    assert not Rule.objects.exists()


def test_the_bench_works_without_htmx_and_says_which_examples_fail(signed_in):
    fields = {**FIELDS, "try": "yes", "must_match": "dogs", "must_not_match": "cats"}
    page = text_of(signed_in("admin").post(NEW, fields))
    assert "2 examples fail" in page
    assert page.count("data-bad") == 2


def test_the_bench_says_what_is_wrong(signed_in):
    fields = {**FIELDS, "try": "yes", "pattern": "(a"}
    address = f"{NEW}?type=regex"
    piece = signed_in("admin").post(address, fields, headers={"HX-Request": "true"})
    assert (piece.status_code, "never closed at position 0" in text_of(piece)) == (200, True)


def test_the_list_shows_order_state_hits_and_hostile_names_as_text(signed_in, arena):
    rule(arena, name=EVIL, priority=2, shadow=True)
    rule(arena, name="first", priority=1)
    make_log(arena, "cats")
    relay.run_once([])
    page = signed_in("viewer").get(RULES)
    rows = page.context["rows"]
    assert [(row["rule"].name, row["figures"].hits) for row in rows] == [("first", 1), (EVIL, 1)]
    assert EVIL not in text_of(page)
    assert "Create a rule" not in text_of(page)


def test_a_rule_is_switched_and_deleted(signed_in, arena):
    page, made = signed_in("admin"), rule(arena)
    states = []
    for to in ("off", "shadow", "on"):
        page.post(f"{RULES}/{made.pk}/switch", {"to": to})
        made.refresh_from_db()
        states.append((made.is_active, made.shadow))
    assert states == [(False, False), (True, True), (True, False)]
    assert "figures are deleted" in text_of(page.get(f"{RULES}/{made.pk}/delete"))
    page.post(f"{RULES}/{made.pk}/delete")
    assert not Rule.objects.exists()


def test_a_rule_whose_examples_fail_is_not_switched_on(signed_in, arena):
    examples = {"must_match": ["dogs"], "must_not_match": []}
    made = rule(arena, is_active=False, examples=examples)
    answer = signed_in("admin").post(f"{RULES}/{made.pk}/switch", {"to": "on"}, follow=True)
    made.refresh_from_db()
    assert (made.is_active, "is not hit" in text_of(answer)) == (False, True)


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_who_is_no_admin_changes_nothing(signed_in, arena, role):
    page, made = signed_in(role), rule(arena)
    addresses = [
        NEW,
        f"{RULES}/{made.pk}",
        f"{RULES}/{made.pk}/switch",
        f"{RULES}/{made.pk}/delete",
    ]
    assert [page.post(address, FIELDS).status_code for address in addresses] == [403] * 4


def test_a_rule_of_another_project_is_as_absent_as_none(signed_in):
    foreign = rule(make_project("valley"))
    page = signed_in("owner")
    assert page.get(f"{RULES}/{foreign.pk}").status_code == 404
    assert page.post(f"{RULES}/{foreign.pk}/delete").status_code == 404
