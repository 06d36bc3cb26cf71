"""Try a rule on the texts that it must hit and on those that it must leave alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from moderation.engine.classify import classify
from moderation.engine.rule_specs import RuleSpec, validate_rule
from moderation.engine.ruleset import BlacklistEntry, Ruleset, build_ruleset


@dataclass(frozen=True, slots=True)
class FailedExample:
    text: str
    #: What was asked of the rule: to match the text, or not to.
    must_match: bool

    def __str__(self) -> str:
        wish = "is not hit" if self.must_match else "is hit"
        return f"{self.text!r} {wish}"


def failed_examples(
    spec: RuleSpec,
    *,
    must_match: Iterable[str] = (),
    must_not_match: Iterable[str] = (),
    blacklist: Iterable[BlacklistEntry] = (),
) -> tuple[FailedExample, ...]:
    """Return the examples that a rule gets wrong, beside the blacklist that it will work with.

    RuleError says what keeps the rule from running at all. The examples of a rule about users
    are user ids.
    """
    validate_rule(spec)
    ruleset = build_ruleset(rules=[replace(spec, shadow=False)], blacklist=blacklist)
    expected = [(text, True) for text in must_match] + [(text, False) for text in must_not_match]
    return tuple(
        FailedExample(text, wish) for text, wish in expected if _is_hit(text, ruleset) is not wish
    )


def _is_hit(text: str, ruleset: Ruleset) -> bool:
    return bool(classify(text, ruleset, user_id=text).rule_hits)
