"""Rules and what a trial of one shows."""

from typing import Literal, TypedDict

from moderation.api.shapes.checking import MatchRow
from moderation.api.shapes.words import Id, JsonObject, Moment, Share, VerdictName

RuleType = Literal["keyword", "regex", "category", "pii", "spam", "user", "ai_prompt"]


class RuleExamples(TypedDict, total=False):
    must_match: list[str]
    must_not_match: list[str]


class RuleFields(TypedDict, total=False):
    """`config` hangs on the type; a new rule needs name, type, action and config."""

    name: str
    type: RuleType
    is_active: bool
    shadow: bool
    priority: int
    action: Literal["approve", "warn", "flag", "reject"]
    config: JsonObject
    examples: RuleExamples


class RuleFigures(TypedDict):
    """What the rule found in the last `days`, and how moderators ruled on it."""

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
