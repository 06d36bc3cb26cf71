"""The policy: every number of a project's judgement (CONTRACT section 3)."""

from typing import Literal, TypedDict

from moderation.api.shapes.words import JsonObject, Moment, Share, VerdictName


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


class PolicyFields(TypedDict, total=False):
    """What is left out stays as it is; `preset` sets every number anew."""

    preset: Literal["balanced", "strict", "advisory"]
    thresholds: Thresholds
    approved_verdicts: list[VerdictName]
    strike_verdicts: list[VerdictName]
    review_verdicts: list[VerdictName]
    queue_blocks: bool
    strikes_for_temp_ban: int
    strikes_for_perm_ban: int
    temp_ban_hours: int
    strike_days: int
    ban_scope: Literal["channel", "project"]
    auto_ban: bool
    ban_requires_review: bool
    repeat_offender: RepeatOffender
    flood: Flood
    on_engine_failure: VerdictName
    model_wait_ms: int
    decision_hold_seconds: int
    languages: list[str]
    phone_regions: list[str]
    storage: Literal["full", "masked", "hash"]
    retention_days: int
    meta_data_in_events: list[str]


class PolicyAnswer(PolicyFields):
    version: int


class PolicyVersionRow(TypedDict):
    version: int
    policy: JsonObject
    created_by: str
    created_at: Moment
