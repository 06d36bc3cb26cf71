"""Rules, and what a trial of one finds."""

from typing import Annotated, TypedDict

from moderation.lib.json_types import Id, JsonObject, Moment, Share
from moderation.models.json_names import VerdictName
from moderation.pipeline.shapes import MatchRow

RuleType = Annotated[
    str, ("enum", ("keyword", "regex", "category", "pii", "spam", "user", "ai_prompt"))
]


class RuleExamples(TypedDict, total=False):
    must_match: list[str]
    must_not_match: list[str]


class RuleFields(TypedDict, total=False):
    """`config` depends on the type; a new rule needs name, type, action and config."""

    name: str
    type: RuleType
    is_active: bool
    shadow: bool
    priority: int
    action: Annotated[str, ("enum", ("approve", "warn", "flag", "reject"))]
    config: JsonObject
    examples: RuleExamples


class RuleFigures(TypedDict):
    """What the rule found in the last `days`, and what moderators decided."""

    days: int
    hits: int
    shadow_hits: int
    approved: int
    rejected: int
    precision: Share | None


class RuleRow(RuleFields):
    id: Id
    created_by: str
    created_at: Moment
    updated_at: Moment
    figures: RuleFigures


class TrialRow(TypedDict):
    text: str
    is_hit: bool
    matches: list[MatchRow]
    verdict: VerdictName
    verdict_without: VerdictName
    reasons: list[str]


class ExampleRow(TypedDict):
    text: str
    must_match: bool
    holds: bool


class TrialAnswer(TypedDict):
    results: list[TrialRow]
    examples: list[ExampleRow]
