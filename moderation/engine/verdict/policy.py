"""A project's policy: thresholds, strikes and bans, with three presets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from moderation.engine.verdict.policy_fields import PolicyError, check_fields


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
class AuthorLimits:
    """How many messages one author may send; None: any number."""

    per_minute: int | None = None
    per_hour: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Every setting of one project's moderation; the defaults are the balanced preset."""

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
    author_limits: AuthorLimits = AuthorLimits()
    on_engine_failure: str = "flag"
    model_may: str = "flag"
    model_wait_ms: int = 300
    decision_hold_seconds: int = 10
    languages: tuple[str, ...] = ("en", "es", "ur-Latn")
    phone_regions: tuple[str, ...] = ("US", "GB", "PK", "IN", "ES", "MX")
    allowed_link_domains: tuple[str, ...] = ()
    blocked_link_domains: tuple[str, ...] = ()
    storage: str = "full"
    retention_days: int = 90
    meta_data_in_events: tuple[str, ...] = ("user_id", "source")
    unknown_attributes: str = "drop"
    uncovered_language: str = "answer"
    #: Attribute of Perspective → points [ours, theirs], which `compare --apply` stores.
    perspective_mapping: Mapping[str, Any] = field(default_factory=dict)


# docs/verdicts.md, "Presets", compares them.
PRESETS: Mapping[str, Policy] = {
    "balanced": Policy(),
    "strict": Policy(
        preset="strict",
        thresholds=Thresholds(0.5, 0.7, 0.9),
        approved_verdicts=("allow",),
        strike_verdicts=("warn", "flag", "block"),
        author_limits=AuthorLimits(60, 1000),
        model_may="strike",
    ),
    "advisory": Policy(
        preset="advisory", strike_verdicts=(), review_verdicts=("flag", "block"), auto_ban=False
    ),
}

GROUPS: Mapping[str, type[Thresholds | RepeatOffender | Flood | AuthorLimits]] = {
    "thresholds": Thresholds,
    "repeat_offender": RepeatOffender,
    "flood": Flood,
    "author_limits": AuthorLimits,
}


def policy_from_dict(data: Mapping[str, Any]) -> Policy:
    """Return the preset with the given fields changed; PolicyError names a wrong field."""
    preset = data.get("preset", "balanced")
    if not isinstance(preset, str) or preset not in PRESETS:
        raise PolicyError("preset", f"must be one of {', '.join(PRESETS)}")
    known = {one.name for one in fields(Policy)}
    for name in data:
        if name not in known:
            raise PolicyError(str(name), "is not a field of the policy")
    base = PRESETS[preset]
    changes = {name: _parse(getattr(base, name), name, value) for name, value in data.items()}
    policy = replace(base, **changes)
    check_fields(policy_to_dict(policy))
    return policy


def _parse(current: Any, name: str, value: Any) -> Any:
    """Return a field's JSON value as the policy stores it: a tuple for a list, a group object."""
    if name not in GROUPS:
        if not isinstance(current, tuple):
            return value
        if not isinstance(value, list | tuple):
            raise PolicyError(name, "must be a list")
        return tuple(value)
    if not isinstance(value, Mapping):
        raise PolicyError(name, "must be an object")
    known = {one.name for one in fields(GROUPS[name])}
    for key in value:
        if key not in known:
            raise PolicyError(f"{name}.{key}", "is not a field of the policy")
    return replace(current, **dict(value))


def policy_to_dict(policy: Policy) -> dict[str, Any]:
    """Return the policy as JSON: objects for groups and lists for tuples."""
    data: dict[str, Any] = {}
    for one in fields(Policy):
        value = getattr(policy, one.name)
        if one.name in GROUPS:
            value = {each.name: getattr(value, each.name) for each in fields(value)}
        data[one.name] = list(value) if isinstance(value, tuple) else value
    return data


__all__ = [
    "PRESETS",
    "AuthorLimits",
    "Flood",
    "Policy",
    "PolicyError",
    "RepeatOffender",
    "Thresholds",
    "policy_from_dict",
    "policy_to_dict",
]
