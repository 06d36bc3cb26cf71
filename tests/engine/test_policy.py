"""Policies are read with care and written back unchanged."""

import json

import pytest

from moderation.engine.policy import PRESETS, PolicyError, policy_from_dict, policy_to_dict


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
    ],
)
def test_a_wrong_field_is_named(data, field):
    with pytest.raises(PolicyError) as refusal:
        policy_from_dict(data)
    assert refusal.value.field == field


def test_advisory_never_punishes_by_itself():
    advisory = PRESETS["advisory"]
    assert (advisory.auto_ban, advisory.strike_verdicts) == (False, ())
