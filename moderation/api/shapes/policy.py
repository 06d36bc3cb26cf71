"""The policy: all settings of a project's verdicts (docs/policy.md)."""

from typing import Annotated, TypedDict

from moderation.lib.json_types import JsonObject, Moment, Share
from moderation.models.json_names import VerdictName


class Thresholds(TypedDict):
    warn: Share
    flag: Share
    block: Share


class RepeatOffender(TypedDict):
    violations: int
    hours: int


class Flood(TypedDict):
    violations: int
    seconds: int


class AuthorLimits(TypedDict):
    """null: no limit."""

    per_minute: int | None
    per_hour: int | None


class PolicyFields(TypedDict, total=False):
    """Fields left out stay as they are; `preset` resets all of them."""

    preset: Annotated[str, ("enum", ("balanced", "strict", "advisory"))]
    thresholds: Thresholds
    approved_verdicts: list[VerdictName]
    strike_verdicts: list[VerdictName]
    review_verdicts: list[VerdictName]
    queue_blocks: bool
    strikes_for_temp_ban: int
    strikes_for_perm_ban: int
    temp_ban_hours: int
    strike_days: int
    ban_scope: Annotated[str, ("enum", ("channel", "project"))]
    auto_ban: bool
    ban_requires_review: bool
    repeat_offender: RepeatOffender
    flood: Flood
    author_limits: AuthorLimits
    on_engine_failure: VerdictName
    model_may: Annotated[str, ("enum", ("flag", "strike", "block"))]
    model_wait_ms: int
    decision_hold_seconds: int
    languages: list[str]
    phone_regions: list[str]
    allowed_link_domains: list[str]
    blocked_link_domains: list[str]
    storage: Annotated[str, ("enum", ("full", "masked", "hash"))]
    retention_days: int
    meta_data_in_events: list[str]
    unknown_attributes: Annotated[str, ("enum", ("drop", "error"))]
    perspective_mapping: dict[str, list[list[Share]]]
    uncovered_language: Annotated[str, ("enum", ("answer", "neutral", "error"))]


class PolicyAnswer(PolicyFields):
    version: int


class PolicyVersionRow(TypedDict):
    version: int
    policy: JsonObject
    created_by: str
    created_at: Moment
