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
