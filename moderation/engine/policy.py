"""What a project makes of a classification: thresholds, strikes, bans; three presets."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from moderation.engine.policy_fields import PolicyError, check_fields


@dataclass(frozen=True, slots=True)
class Thresholds:
    warn: float = 0.3
    flag: float = 0.6
    block: float = 0.9


@dataclass(frozen=True, slots=True)
class RepeatOffender:
    violations: int = 3
    hours: int = 24


@dataclass(frozen=True, slots=True)
class Flood:
    violations: int = 5
    seconds: int = 60


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number of one project's judgement; the defaults are the balanced preset."""

    preset: str = "balanced"
    thresholds: Thresholds = Thresholds()
    approved_verdicts: tuple[str, ...] = ("allow", "warn", "flag")
    strike_verdicts: tuple[str, ...] = ("block",)
    review_verdicts: tuple[str, ...] = ("flag",)
    queue_blocks: bool = False
    strikes_for_temp_ban: int = 3
    strikes_for_perm_ban: int = 5
    temp_ban_hours: int = 24
    strike_days: int = 30
    ban_scope: str = "channel"
    auto_ban: bool = True
    ban_requires_review: bool = False
    repeat_offender: RepeatOffender = RepeatOffender()
    flood: Flood = Flood()
    on_engine_failure: str = "flag"
    model_wait_ms: int = 300
    decision_hold_seconds: int = 10
    languages: tuple[str, ...] = ("en", "es", "ur-Latn")
    phone_regions: tuple[str, ...] = ("US", "GB", "PK", "IN", "ES", "MX")
    storage: str = "full"
    retention_days: int = 90
    meta_data_in_events: tuple[str, ...] = ("user_id", "source")


# CONTRACT section 5, the table of presets.
PRESETS: Mapping[str, Policy] = {
    "balanced": Policy(),
    "strict": Policy(
        preset="strict",
        thresholds=Thresholds(0.5, 0.7, 0.9),
        approved_verdicts=("allow",),
        strike_verdicts=("warn", "flag", "block"),
    ),
    "advisory": Policy(
        preset="advisory", strike_verdicts=(), review_verdicts=("flag", "block"), auto_ban=False
    ),
}

GROUPS: Mapping[str, type[Thresholds | RepeatOffender | Flood]] = {
    "thresholds": Thresholds,
    "repeat_offender": RepeatOffender,
    "flood": Flood,
}


def policy_from_dict(data: Mapping[str, Any]) -> Policy:
    """Lay the given fields over their preset; PolicyError names the field that is wrong."""
    preset = data.get("preset", "balanced")
    if not isinstance(preset, str) or preset not in PRESETS:
        raise PolicyError("preset", f"must be one of {', '.join(PRESETS)}")
    known = {field.name for field in fields(Policy)}
    for name in data:
        if name not in known:
            raise PolicyError(str(name), "is not a field of the policy")
    policy = replace(PRESETS[preset], **_changes(PRESETS[preset], data))
    check_fields(policy_to_dict(policy))
    return policy


def _changes(base: Policy, data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _changed(getattr(base, name), name, data[name]) for name in data}


def _changed(current: Any, name: str, value: Any) -> Any:
    if name in GROUPS:
        return _changed_group(current, name, value)
    if isinstance(current, tuple):
        if not isinstance(value, list | tuple):
            raise PolicyError(name, "must be a list")
        return tuple(value)
    return value


def _changed_group(current: Any, name: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise PolicyError(name, "must be an object")
    known = {field.name for field in fields(GROUPS[name])}
    for key in value:
        if key not in known:
            raise PolicyError(f"{name}.{key}", "is not a field of the policy")
    return replace(current, **dict(value))


def policy_to_dict(policy: Policy) -> dict[str, Any]:
    """Return the policy as JSON has it, with lists for tuples."""
    return {field.name: _plain(getattr(policy, field.name)) for field in fields(Policy)}


def _plain(value: Any) -> Any:
    if isinstance(value, Thresholds | RepeatOffender | Flood):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return list(value) if isinstance(value, tuple) else value


__all__ = [
    "PRESETS",
    "Flood",
    "Policy",
    "PolicyError",
    "RepeatOffender",
    "Thresholds",
    "policy_from_dict",
    "policy_to_dict",
]
