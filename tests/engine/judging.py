"""The shortest way from a text to its verdict, for the engine's tests."""

from moderation.engine.bundled import bundled_model
from moderation.engine.classify import classify
from moderation.engine.decide import decide
from moderation.engine.policy import PRESETS
from moderation.engine.ruleset import build_ruleset
from moderation.engine.standing import Standing, in_light_of
from moderation.engine.toxicity import Asked

BALANCED = PRESETS["balanced"]
DEFAULT = build_ruleset()


#: As a default install judges: the rules, and the bundled model beside them.
MODEL = Asked(bundled_model())


def found_in(text, ruleset=DEFAULT, asked=None, **facts):
    return classify(text, ruleset, asked=asked, **facts)


def verdict_on(text, policy=BALANCED, ruleset=DEFAULT, standing=None, **facts):
    verdict = decide(found_in(text, ruleset, MODEL, **facts), policy)
    return in_light_of(standing or Standing(), verdict, policy)


def words_in(text, **facts):
    return found_in(text, **facts).detected_words
