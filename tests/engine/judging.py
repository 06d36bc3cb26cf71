"""The shortest way from a text to its verdict, for the engine's tests."""

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.scorer import ScoreRequest
from moderation.engine.verdict.author_record import AuthorRecord, apply_author_record
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import PRESETS

BALANCED = PRESETS["balanced"]
DEFAULT = build_ruleset()


#: As a default install judges: the rules, and the bundled model beside them.
MODEL = ScoreRequest(bundled_model())


def found_in(text, ruleset=DEFAULT, score_request=None, **facts):
    return classify(text, ruleset, score_request=score_request, **facts)


def verdict_on(text, policy=BALANCED, ruleset=DEFAULT, record=None, score_request=MODEL, **facts):
    verdict = decide(found_in(text, ruleset, score_request, **facts), policy)
    return apply_author_record(record or AuthorRecord(), verdict, policy)


def words_in(text, **facts):
    return found_in(text, **facts).detected_words
