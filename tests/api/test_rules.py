"""A project's own rules over HTTP: made, changed, tried, refused, counted (docs/api.md)."""

import uuid

import pytest
from django.utils import timezone

from moderation.delivery import relay
from moderation.models import AuditEntry, Counter, OutboxEvent, Rule
from moderation.rules import create_rule
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.models import DecisionKind, ReviewItem
from tests.api.clients import Api
from tests.factories import make_caller
from tests.messages import key, project

KEYWORD = {
    "name": "crypto",
    "type": "keyword",
    "action": "flag",
    "config": {"keywords": ["crypto"]},
}
#: One of each type, with a text or an author that it hits.
TYPES = {
    "keyword": ({"keywords": ["airdrop"], "case_sensitive": False}, "free a1rdrop", "zed"),
    "regex": ({"pattern": "ab+c", "flags": ["i"]}, "xABBc", "zed"),
    "category": ({"category": "profanity", "at_least": 0.5}, "a warnword", "zed"),
    "pii": ({"types": ["EMAIL"]}, "a@example.com", "zed"),
    "spam": ({"signals": ["stretched"]}, "nooooo", "zed"),
    "user": ({"user_ids": ["troll"]}, "hello", "troll"),
}


def rule(**fields):
    return {**KEYWORD, **fields}


@pytest.mark.parametrize("kind", TYPES)
def test_a_rule_of_each_type_acts_on_the_next_check(api, kind):
    config, text, user_id = TYPES[kind]
    made = api.post("rules", rule(name=kind, type=kind, config=config, action="reject"))
    assert made.status_code == 201
    answer = api.check(text, user_id=user_id)
    assert (answer["verdict"], answer["reasons"][-1]) == ("block", f"rule:{kind}")
    assert made.json()["config"] == config


def test_a_rule_is_read_changed_and_deleted(api):
    made = api.post("rules", KEYWORD).json()
    address = f"rules/{made['id']}"
    assert api.get(address).json() == made
    assert [row["id"] for row in api.get("rules").json()["results"]] == [made["id"]]
    changed = api.call("PUT", address, {**made, "action": "approve", "priority": 1}).json()
    assert (changed["action"], changed["priority"], changed["name"]) == ("approve", 1, "crypto")
    assert api.call("PUT", address, rule(action="approve")).json()["priority"] == 100
    assert api.check("crypto you idiot")["verdict"] == "allow"
    assert api.call("PATCH", address, {"is_active": False}).json()["is_active"] is False
    assert api.check("crypto again, friends")["reasons"] == []
    assert api.call("DELETE", address).json()["success"] is True
    assert api.get(address).status_code == 404


def test_the_list_begins_with_what_runs_first_and_is_filtered(api):
    for name, priority in (("late", 9), ("early", 1), ("draft", 5)):
        api.post("rules", rule(name=name, priority=priority, is_active=name != "draft"))
    names = [row["name"] for row in api.get("rules").json()["results"]]
    active = [row["name"] for row in api.get("rules?is_active=true").json()["results"]]
    assert (names, active) == (["early", "draft", "late"], ["early", "late"])


REFUSED = {
    "no name": ({"name": ""}, "name"),
    "a name of two lines": ({"name": "a\nb"}, "name"),
    "no such action": ({"action": "hug"}, "action"),
    "no such type": ({"type": "magic"}, "type"),
    "a type that is no text": ({"type": ["regex"]}, "type"),
    "a config that is no object": ({"config": []}, "config"),
    "an unknown field": ({"colour": "red"}, "colour"),
    "an unknown field of the config": (
        {"config": {"keywords": ["a"], "cased": True}},
        "config.cased",
    ),
    "too many keywords": ({"config": {"keywords": ["a"] * 1001}}, "config.keywords"),
    "a long keyword": ({"config": {"keywords": ["a" * 201]}}, "config.keywords"),
    "priority 0": ({"priority": 0}, "priority"),
    "a priority that is true": ({"priority": True}, "priority"),
    "shadow as a text": ({"shadow": "no"}, "shadow"),
    "examples as a list": ({"examples": []}, "examples"),
    "an example that is a number": ({"examples": {"must_match": [1]}}, "examples.must_match"),
    "a failing example": ({"examples": {"must_match": ["gold"]}}, "examples"),
    "an example that is hit": ({"examples": {"must_not_match": ["CRYPT0"]}}, "examples"),
}


@pytest.mark.parametrize(("fields", "where"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_by_field(api, fields, where):
    refused = api.post("rules", rule(**fields))
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [where]
    assert not Rule.objects.exists()


PATTERNS = {
    "a lookahead": ("ab(?=c)", "lookahead", 2),
    "a backreference": (r"(a)\1", "backreferences", 3),
    "an open bracket": ("a(b", "never closed", 1),
    "a repetition of repetitions": (
        "((a{1,99}){1,99}){1,99}",
        "invalid repetition size: {1,99}",
        3,
    ),
    "nothing to find": ("a*", "empty string", None),
}


@pytest.mark.parametrize(("pattern", "why", "where"), PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_that_cannot_run_is_refused_with_reason_and_place(api, pattern, why, where):
    refused = api.post("rules", rule(type="regex", config={"pattern": pattern})).json()
    assert refused["status"] == 422
    assert why in refused["detail"]
    assert refused.get("position") == where


def test_a_prompt_needs_a_provider(api):
    refused = api.post("rules", rule(type="ai_prompt", config={"prompt": "is it rude?"}))
    assert refused.status_code == 422
    assert "no AI provider configured" in refused.json()["detail"]


def test_a_name_is_taken_once_in_a_project(api, arena):
    api.post("rules", KEYWORD)
    assert api.post("rules", KEYWORD).status_code == 409
    assert Api(key(project("valley"), "admin")).post("rules", KEYWORD).status_code == 201


def test_a_rule_whose_examples_fail_stays_a_draft(api):
    examples = {"must_match": ["buy gold"], "must_not_match": []}
    made = api.post("rules", rule(is_active=False, examples=examples)).json()
    refused = api.call("PATCH", f"rules/{made['id']}", {"is_active": True})
    assert (refused.status_code, "'buy gold' is not hit" in refused.json()["detail"]) == (422, True)
    mended = {"is_active": True, "config": {"keywords": ["gold"]}}
    assert api.call("PATCH", f"rules/{made['id']}", mended).status_code == 200


def test_examples_are_tried_beside_the_projects_words(api):
    config = {"category": "profanity", "at_least": 0.9}
    examples = {"must_match": ["blockword"], "must_not_match": ["warnword"]}
    fields = {"type": "category", "config": config, "examples": examples}
    assert api.post("rules", rule(**fields)).status_code == 201


def test_a_rule_of_another_project_is_as_absent_as_none(api):
    foreign = create_rule(project("valley"), "tests", KEYWORD)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        there = api.call(method, f"rules/{foreign.pk}", KEYWORD)
        nowhere = api.call(method, f"rules/{uuid.uuid4()}", KEYWORD)
        assert (there.status_code, there.json()) == (404, nowhere.json())


def test_each_change_is_told_audited_and_versioned(api, arena):
    made = api.post("rules", KEYWORD).json()
    api.call("PATCH", f"rules/{made['id']}", {"priority": 3})
    api.call("DELETE", f"rules/{made['id']}")
    told = [row.data for row in OutboxEvent.objects.filter(type="rule_update").order_by("id")][3:]
    assert [data["action"] for data in told] == ["created", "updated", "deleted"]
    assert told[1]["rule"] == {
        "id": made["id"], "name": "crypto", "type": "keyword", "is_active": True, "priority": 3,
        "action": "flag",
    }  # fmt: skip
    audited = AuditEntry.objects.filter(action__startswith="rule.").order_by("id")
    assert [row.action for row in audited] == ["rule.created", "rule.changed", "rule.deleted"]
    kinds = [row.data["kind"] for row in arena.rulesets.order_by("-version")[:3]]
    assert kinds == ["rule", "rule", "rule"]


def test_a_rule_is_tried_without_being_stored(api):
    texts = ["buy cr\u200bypto now", "buy gold"]
    tried = api.post("rules/test", {"rule": rule(action="reject"), "texts": texts}).json()
    assert [row["is_hit"] for row in tried["results"]] == [True, False]
    assert tried["results"][0]["matches"][0]["text"] == "cr\u200bypto"
    verdicts = [(row["verdict"], row["verdict_without"]) for row in tried["results"]]
    assert verdicts == [("block", "allow"), ("allow", "allow")]
    assert not Rule.objects.exists()


def test_a_stored_rule_is_tried_by_its_id_with_its_examples(api):
    examples = {"must_match": ["gold"], "must_not_match": []}
    made = api.post("rules", rule(is_active=False, shadow=True, examples=examples)).json()
    tried = api.post("rules/test", {"rule": made["id"], "texts": ["crypto"]}).json()
    assert tried["results"][0]["verdict"] == "flag"
    assert tried["examples"] == [{"text": "gold", "must_match": True, "holds": False}]


@pytest.mark.parametrize(
    "body",
    [{}, {"rule": KEYWORD}, {"rule": KEYWORD, "texts": []}, {"rule": "x", "texts": ["a"]}, [1]],
    ids=["nothing", "no texts", "empty texts", "no id", "a list"],
)
def test_a_trial_needs_a_rule_and_texts(api, body):
    assert api.post("rules/test", body).status_code == 422


def counts():
    rows = Counter.objects.filter(metric__regex="^(rule|shadow|kept|gone):")
    return {row.metric.partition(":")[0]: row.value for row in rows}


def test_shadow_hits_are_counted_by_day_and_change_nothing(api):
    made = api.post("rules", rule(shadow=True, action="reject")).json()
    assert api.check("crypto", message_id="one")["verdict"] == "allow"
    api.check("crypto, edited", message_id="one")
    api.check("CRYPTO")
    relay.run_once([])
    assert counts() == {"shadow": 2}
    figures = api.get(f"rules/{made['id']}").json()["figures"]
    assert (figures["hits"], figures["shadow_hits"], figures["precision"]) == (0, 2, None)
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    assert set(Counter.objects.filter(metric__startswith="shadow").values_list("minute")) == {
        (midnight,)
    }


def test_a_rule_after_the_one_that_ends_the_walk_does_not_count(api):
    api.post("rules", rule(name="first", action="reject", priority=1))
    api.post("rules", rule(name="second", action="flag", priority=2))
    api.check("crypto")
    relay.run_once([])
    assert counts() == {"rule": 1}


def test_precision_is_the_share_of_decisions_that_agree(api, arena):
    made = api.post("rules", KEYWORD).json()
    caller = make_caller(arena, "moderator")
    for number, ruling in enumerate(
        [DecisionKind.REJECT, DecisionKind.REJECT, DecisionKind.APPROVE, DecisionKind.DISMISS]
    ):
        review_id = api.check(f"crypto {number}", user_id=f"u{number}")["review_id"]
        decide(uuid.UUID(review_id), DecisionRequest(ruling), caller, now=timezone.now())
    last = ReviewItem.objects.get(log__content="crypto 1")
    undo(last.pk, caller, now=timezone.now())
    relay.run_once([])
    figures = api.get(f"rules/{made['id']}").json()["figures"]
    assert (figures["approved"], figures["rejected"], figures["precision"]) == (1, 1, 0.5)


@pytest.mark.usefixtures("lasting_caches")
def test_the_list_costs_the_same_however_many_rules(api, django_assert_num_queries):
    for number in range(12):
        api.post("rules", rule(name=f"rule {number}"))
    api.get("rules")
    with django_assert_num_queries(2):
        api.get("rules")
