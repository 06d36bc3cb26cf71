"""Policies are read with care and written back unchanged."""

import json

import pytest

from moderation.engine.verdict.policy import PRESETS, PolicyError, policy_from_dict, policy_to_dict
from moderation.engine.verdict.policy_fields import check_domains


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_preset_survives_the_way_through_json(preset):
    data = json.loads(json.dumps(policy_to_dict(PRESETS[preset])))
    assert policy_from_dict(data) == PRESETS[preset]


def test_given_fields_are_laid_over_their_preset():
    policy = policy_from_dict({"preset": "strict", "thresholds": {"warn": 0.4}})
    assert (policy.thresholds.warn, policy.thresholds.flag) == (0.4, 0.7)
    assert policy.approved_verdicts == ("allow",)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"preset": "harsh"}, "preset"),
        ({"preset": 3}, "preset"),
        ({"colour": "red"}, "colour"),
        ({"thresholds": {"warn": 0.7, "flag": 0.6}}, "thresholds"),
        ({"thresholds": {"block": 1.5}}, "thresholds.block"),
        ({"thresholds": {"warn": True}}, "thresholds.warn"),
        ({"thresholds": {"mild": 0.1}}, "thresholds.mild"),
        ({"thresholds": 0.5}, "thresholds"),
        ({"strikes_for_temp_ban": -1}, "strikes_for_temp_ban"),
        ({"strikes_for_temp_ban": 9}, "strikes_for_perm_ban"),
        ({"temp_ban_hours": 1.5}, "temp_ban_hours"),
        ({"auto_ban": "yes"}, "auto_ban"),
        ({"ban_scope": "world"}, "ban_scope"),
        ({"strike_verdicts": "block"}, "strike_verdicts"),
        ({"strike_verdicts": ["allow"]}, "strike_verdicts"),
        ({"languages": []}, "languages"),
        ({"phone_regions": ["usa"]}, "phone_regions"),
        ({"on_engine_failure": "allow"}, "on_engine_failure"),
        ({"flood": {"violations": 0}}, "flood.violations"),
        ({"unknown_attributes": "ignore"}, "unknown_attributes"),
        ({"uncovered_language": "guess"}, "uncovered_language"),
        *(
            ({"perspective_mapping": wrong}, "perspective_mapping")
            for wrong in (
                [],
                {"TOXICITY": []},
                {"TOXICITY": [[0, 2]]},
                {"TOXICITY": [[0.5, 0.5], [0.2, 0.7]]},
                {"TOXICITY": [[0, 0.5], [1, 0.2]]},
                {"TOXICITY": [[0, True]]},
                {"TOXICITY": [[0]]},
                {"toxicity": [[0, 0]]},
                {"TOXICITY": [[n / 300, 0] for n in range(300)]},
            )
        ),
        ({"author_limits": {"per_minute": 0}}, "author_limits.per_minute"),
        ({"author_limits": {"per_hour": "many"}}, "author_limits.per_hour"),
        ({"author_limits": {"per_day": 5}}, "author_limits.per_day"),
        ({"author_limits": 5}, "author_limits"),
        ({"blocked_link_domains": ["https://bad.example"]}, "blocked_link_domains"),
        ({"blocked_link_domains": ["Bad.example"]}, "blocked_link_domains"),
        ({"allowed_link_domains": ["localhost"]}, "allowed_link_domains"),
        ({"allowed_link_domains": "good.example"}, "allowed_link_domains"),
    ],
)
def test_a_wrong_field_is_named(data, field):
    with pytest.raises(PolicyError) as refusal:
        policy_from_dict(data)
    assert refusal.value.field == field


#: Field → what is just allowed and what is just not, each with what a group needs beside it.
BOUNDS = {
    "temp_ban_hours": ([1, 8760], [0, 8761, True, "1"]),
    "strike_days": ([1, 3650], [0, 3651]),
    "strikes_for_temp_ban": ([1, 5], [0]),
    "strikes_for_perm_ban": ([3, 1000], [1001]),
    "model_wait_ms": ([0, 60_000], [-1, 60_001]),
    "decision_hold_seconds": ([0, 86_400], [-1, 86_401]),
    "retention_days": ([1, 36_500], [0, 36_501, None]),
    "repeat_offender.violations": ([1, 1000], [0, 1001]),
    "repeat_offender.hours": ([1, 8760], [0, 8761]),
    "flood.violations": ([1, 1000], [0, 1001]),
    "flood.seconds": ([1, 86_400], [0, 86_401]),
    "author_limits.per_minute": ([None, 1, 1_000_000], [0, 1_000_001, False]),
    "author_limits.per_hour": ([None, 1, 1_000_000], [0, 1_000_001]),
    "thresholds.warn": ([0, 0.6, 0.0], [-0.01, False, None, "0"]),
    "thresholds.block": ([0.6, 1, 1.0], [1.01, True]),
    "queue_blocks": ([True, False], [1, None]),
    "ban_requires_review": ([True, False], ["true"]),
    "model_may": (["flag", "strike", "block"], ["ban", ["flag"], None]),
    "on_engine_failure": (["warn", "flag", "block"], ["allow"]),
    "storage": (["full", "masked", "hash"], ["none"]),
    "ban_scope": (["channel", "project"], ["world"]),
    "approved_verdicts": ([[], ["allow", "block"]], [["allow", "allow"], ["ok"], [1], [["allow"]]]),
    "review_verdicts": ([["warn", "flag", "block"], []], [["allow"], {}, "flag", 1, None]),
    "languages": ([["en"], ["ur-Latn", "es-419"]], [["EN"], ["e"], ["en-"], ["en", "en"], [7]]),
    "phone_regions": ([[], ["US"]], [["us"], ["USA"], [None]]),
    "meta_data_in_events": ([[], ["a", "b"]], [[" "], [3], ["a", "a"]]),
    "allowed_link_domains": ([[f"a{n}.example" for n in range(1000)], []],
                             [[f"a{n}.example" for n in range(1001)], ["a"], [3]]),
    "perspective_mapping": (
        [
            {}, {"A": [[0, 0]]}, {"A_B": [[0.1, 0.5], [1, 0.5]]}, {"A" * 50: [(0, 1)]},
            {"A" * n: [[0, 0]] for n in range(1, 51)},
            {"A": [[n / 250, n / 250] for n in range(250)]},
        ],
        [
            {"A": [[0.5, 0.1], [0.5, 0.2]]}, {"A": [[0, 0.2], [1, 0.1]]}, {"A": [[-0.1, 0]]},
            {"A": [[0, 1.1]]}, {"A": [[0, 0, 0]]}, {"A": [0]}, {"A": "x"}, {"A" * 51: [[0, 0]]},
            {1: [[0, 0]]}, {"A": [[0, None]]}, {"A": [[n / 251, 0] for n in range(251)]},
            {letter + other: [[0, 0]] for letter in "ABCDEFGH" for other in "ABCDEFG"},
        ],
    ),
}  # fmt: skip


def changed(field, value):
    group, _, name = field.partition(".")
    return {group: {name: value}} if name else {field: value}


def cases(which):
    """Return the pairs of a field and a value: 0 those allowed, 1 those refused."""
    return [(field, value) for field, both in BOUNDS.items() for value in both[which]]


@pytest.mark.parametrize(("field", "value"), cases(0), ids=lambda value: str(value)[:40])
def test_what_is_just_allowed_is_taken(field, value):
    stored = policy_to_dict(policy_from_dict(changed(field, value)))
    group, _, name = field.partition(".")
    assert (stored[group][name] if name else stored[field]) == value


@pytest.mark.parametrize(("field", "value"), cases(1), ids=lambda value: str(value)[:40])
def test_what_is_just_not_allowed_is_refused(field, value):
    with pytest.raises(PolicyError) as refusal:
        policy_from_dict(changed(field, value))
    assert refusal.value.field == field
    assert str(refusal.value) == f"{field} {refusal.value.message}"


@pytest.mark.parametrize(
    "thresholds", [{"warn": 0.61}, {"flag": 0.29}, {"flag": 0.91}, {"block": 0.59}]
)
def test_thresholds_that_do_not_ascend_are_refused(thresholds):
    with pytest.raises(PolicyError, match="must ascend"):
        policy_from_dict({"thresholds": thresholds})
    even = {"warn": 0.5, "flag": 0.5, "block": 0.5}
    assert policy_from_dict({"thresholds": even}).thresholds.flag == 0.5


def test_the_permanent_ban_may_come_with_the_temporary_one():
    steps = {"strikes_for_temp_ban": 4, "strikes_for_perm_ban": 4}
    assert policy_from_dict(steps).strikes_for_perm_ban == 4


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"preset": "harsh"}, "must be one of balanced, strict, advisory"),
        ({"colour": "red"}, "is not a field of the policy"),
        ({"flood": {"hours": 1}}, "is not a field of the policy"),
        ({"flood": []}, "must be an object"),
        ({"languages": "en"}, "must be a list"),
        ({"languages": []}, "must have 1 to 100 items"),
        ({"languages": ["en", "en"]}, "contains an item twice"),
        ({"phone_regions": ["us"]}, "must contain only two-letter regions such as US"),
        ({"strike_days": 0}, "must be a whole number from 1 to 3650"),
        ({"auto_ban": 1}, "must be true or false"),
        ({"thresholds": {"warn": 2}}, "must be a number from 0 to 1"),
        ({"storage": 1}, "must be one of full, masked, hash"),
    ],
)
def test_a_refusal_says_what_is_allowed(data, message):
    with pytest.raises(PolicyError) as refusal:
        policy_from_dict(data)
    assert refusal.value.message == message


@pytest.mark.parametrize(
    "domain",
    [
        "xn--a.example",
        "xn--bad-.example",
        "\u00fc-.example",
        "\u00fc" * 62 + ".example",
        "a.b." * 80 + "com",
    ],
)
def test_what_dns_cannot_hold_is_no_domain(domain):
    policy_from_dict({"blocked_link_domains": [domain]})  # An earlier version may have stored it.
    with pytest.raises(PolicyError, match="is not one"):
        check_domains("blocked_link_domains", ["good.example", domain])


def test_every_domain_that_dns_knows_may_be_listed():
    domains = ["my_shop.example", "m\u00fcnchen.example", "xn--i-7iq.ws", "\u0939\u093f.example"]
    check_domains("blocked_link_domains", domains)
    assert policy_from_dict({"blocked_link_domains": domains}).blocked_link_domains == (*domains,)


def test_a_mapping_of_scores_survives_the_way_through_json():
    policy = policy_from_dict({"perspective_mapping": {"TOXICITY": [[0, 0], [0.6, 0.8], [1, 1]]}})
    assert policy_from_dict(json.loads(json.dumps(policy_to_dict(policy)))) == policy


def test_only_strict_limits_authors():
    limits = {name: policy_to_dict(preset)["author_limits"] for name, preset in PRESETS.items()}
    off = {"per_minute": None, "per_hour": None}
    strict = {"per_minute": 60, "per_hour": 1000}
    assert limits == {"balanced": off, "strict": strict, "advisory": off}


def test_advisory_never_punishes_by_itself():
    advisory = PRESETS["advisory"]
    assert (advisory.auto_ban, advisory.strike_verdicts) == (False, ())
