"""Try a rule on the texts that it must hit and on those that it must leave alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from moderation.engine.classify import classify
from moderation.engine.rule_specs import RuleSpec, validate_rule
from moderation.engine.ruleset import Ruleset, with_rules


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    #: What is asked of the rule: to match the text, or not to.
    must_match: bool
    holds: bool

    def __str__(self) -> str:
        """Say what is wrong with one that does not hold."""
        wish = "is not hit" if self.must_match else "is hit"
        return f"{self.text!r} {wish}"


def try_examples(
    spec: RuleSpec,
    ruleset: Ruleset,
    *,
    must_match: Iterable[str] = (),
    must_not_match: Iterable[str] = (),
) -> tuple[Example, ...]:
    """Return the examples and whether each holds, beside the lists that the rule will work with.

    RuleError says what keeps the rule from running at all. The examples of a rule about users
    are user ids.
    """
    validate_rule(spec)
    alone = with_rules(ruleset, [replace(spec, shadow=False)])
    expected = [(text, True) for text in must_match] + [(text, False) for text in must_not_match]
    return tuple(Example(text, wish, _is_hit(text, alone) is wish) for text, wish in expected)


def failed_examples(
    spec: RuleSpec,
    ruleset: Ruleset,
    *,
    must_match: Iterable[str] = (),
    must_not_match: Iterable[str] = (),
) -> tuple[Example, ...]:
    """Return the examples that a rule gets wrong; the rest as `try_examples`."""
    tried = try_examples(spec, ruleset, must_match=must_match, must_not_match=must_not_match)
    return tuple(example for example in tried if not example.holds)


def _is_hit(text: str, ruleset: Ruleset) -> bool:
    return bool(classify(text, ruleset, user_id=text).rule_hits)
