"""The specification of a project's rules and its validation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.engine.custom_rules.ai import provider
from moderation.engine.detectors.regex_check import PatternError, validate_pattern
from moderation.engine.detectors.spam import SIGNALS
from moderation.engine.matches import Category, PiiType
from moderation.engine.words.entries import normal_form

ACTIONS = ("approve", "warn", "flag", "reject")
AI_PROMPT = "ai_prompt"
#: The type of a rule that looks at the author alone.
USER = "user"
#: What an answer of a provider may do: it never blocks or approves alone.
AI_ACTIONS = ("warn", "flag")
LONGEST_PROMPT = 2_000


#: Limits: every rule checks every message and stays in memory.
MOST_TEXTS = 1_000
LONGEST_TEXT = 200
CONFIG_KEYS: Mapping[str, tuple[str, ...]] = {
    "keyword": ("keywords", "case_sensitive"),
    "regex": ("pattern", "flags"),
    "category": ("category", "at_least"),
    "pii": ("types",),
    "spam": ("signals",),
    USER: ("user_ids",),
    AI_PROMPT: ("prompt",),
}


class RuleError(ValueError):
    """A field of a rule is missing, or has a wrong type or value."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class RuleSpec:
    id: str
    name: str
    type: str
    action: str
    priority: int = 100
    config: Mapping[str, Any] = field(default_factory=dict)
    shadow: bool = False


def validate_rule(spec: RuleSpec) -> None:
    """Raise RuleError for the first field that is wrong."""
    if spec.action not in ACTIONS:
        raise RuleError("action", f"must be one of {', '.join(ACTIONS)}")
    if spec.type == AI_PROMPT and provider() is None:
        raise RuleError("type", "no AI provider configured")
    if spec.type == AI_PROMPT and spec.action not in AI_ACTIONS:
        raise RuleError("action", f"of an AI prompt must be one of {', '.join(AI_ACTIONS)}")
    if spec.type not in CHECKS:
        raise RuleError("type", f"must be one of {', '.join(CHECKS)}")
    if not isinstance(spec.config, Mapping):
        raise RuleError("config", "must be an object")
    CHECKS[spec.type](spec.config)
    for key in spec.config:
        if key not in CONFIG_KEYS[spec.type]:
            known = ", ".join(CONFIG_KEYS[spec.type])
            raise RuleError(f"config.{key}"[:60], f"is not a field of this type: {known}")


def check_keyword(config: Mapping[str, Any]) -> None:
    _check_texts(config, "keywords")
    for keyword in config["keywords"]:
        if not normal_form(keyword):
            raise RuleError("config.keywords", "contains a keyword without a visible character")
    if not isinstance(config.get("case_sensitive", False), bool):
        raise RuleError("config.case_sensitive", "must be true or false")


def check_regex(config: Mapping[str, Any]) -> None:
    pattern = config.get("pattern")
    flags = config.get("flags", [])
    if not isinstance(pattern, str):
        raise RuleError("config.pattern", "must be a regular expression")
    if not isinstance(flags, list | tuple) or not all(isinstance(flag, str) for flag in flags):
        raise RuleError("config.flags", "must be a list of i, m, s")
    try:
        validate_pattern(pattern, flags)
    except PatternError as error:
        raise RuleError("config.pattern", str(error)) from error


def check_category(config: Mapping[str, Any]) -> None:
    if config.get("category") not in tuple(Category):
        raise RuleError("config.category", f"must be one of {', '.join(Category)}")
    least = config.get("at_least", 0.0)
    if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
        raise RuleError("config.at_least", "must be a number from 0 to 1")


def check_ai_prompt(config: Mapping[str, Any]) -> None:
    prompt = config.get("prompt")
    if not isinstance(prompt, str) or not 1 <= len(prompt.strip()) <= LONGEST_PROMPT:
        raise RuleError("config.prompt", f"must be a text of 1 to {LONGEST_PROMPT} characters")


def _check_known(config: Mapping[str, Any], key: str, known: tuple[str, ...]) -> None:
    _check_texts(config, key)
    for name in config[key]:
        if name not in known:
            raise RuleError(f"config.{key}", f"must contain only {', '.join(known)}")


def _check_texts(config: Mapping[str, Any], key: str) -> None:
    values = config.get(key)
    if not isinstance(values, list | tuple) or not values:
        raise RuleError(f"config.{key}", "must be a list with at least one item")
    if len(values) > MOST_TEXTS:
        raise RuleError(f"config.{key}", f"must have at most {MOST_TEXTS} items")
    if not all(isinstance(value, str) and 1 <= len(value) <= LONGEST_TEXT for value in values):
        raise RuleError(
            f"config.{key}", f"must contain only texts of 1 to {LONGEST_TEXT} characters"
        )


CHECKS: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
    "keyword": check_keyword,
    "regex": check_regex,
    "category": check_category,
    "pii": lambda config: _check_known(config, "types", tuple(PiiType)),
    "spam": lambda config: _check_known(config, "signals", SIGNALS),
    USER: lambda config: _check_texts(config, "user_ids"),
    AI_PROMPT: check_ai_prompt,
}
