"""Try a rule on texts that it must match and on texts that it must not match."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import Ruleset, with_rules
from moderation.engine.custom_rules.specs import RuleSpec, validate_rule


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    #: Whether the rule must match the text or must not.
    must_match: bool
    holds: bool

    def __str__(self) -> str:
        """Describe the failure of an example that does not hold."""
        actual = "is not hit" if self.must_match else "is hit"
        return f"{self.text!r} {actual}"


def try_examples(
    spec: RuleSpec,
    ruleset: Ruleset,
    *,
    must_match: Iterable[str] = (),
    must_not_match: Iterable[str] = (),
) -> tuple[Example, ...]:
    """Return each example with its result, with the ruleset's lists in force.

    Raises RuleError if the rule cannot run. For a rule about users, the examples are user ids.
    """
    validate_rule(spec)
    alone = with_rules(ruleset, [replace(spec, shadow=False)])
    expected = [(text, True) for text in must_match] + [(text, False) for text in must_not_match]
    return tuple(
        Example(text, wish, bool(classify(text, alone, user_id=text).rule_hits) is wish)
        for text, wish in expected
    )


def failed_examples(
    spec: RuleSpec,
    ruleset: Ruleset,
    *,
    must_match: Iterable[str] = (),
    must_not_match: Iterable[str] = (),
) -> tuple[Example, ...]:
    """Return the examples that a rule gets wrong; see `try_examples`."""
    tried = try_examples(spec, ruleset, must_match=must_match, must_not_match=must_not_match)
    return tuple(example for example in tried if not example.holds)
