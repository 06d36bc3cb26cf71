"""Texts that filters are known to get wrong, with the right answers and their neighbours."""

import json
from pathlib import Path

import pytest

from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.matches import Category, Source
from tests.engine.judging import DEFAULT, MODEL, found_in, verdict_on

pytestmark = pytest.mark.no_cover

DATA = Path(__file__).parents[1] / "data"
#: Kinds of whole calls, not of texts: their tests are in tests/api and tests/reviews.
CALLS = frozenset({"re-report", "edit-after-reject", "charset", "csv-dialect", "near-duplicate"})
CASES = [
    case
    for name in ("field_cases.json", "field_neighbours.json")
    for case in json.loads((DATA / name).read_text(encoding="utf-8"))
    if case.get("text") is not None and case["kind"] not in CALLS
]


#: Only the bundled model finds hatred without a listed word.
UNLISTED = "hatred of people"
JUDGED = [
    pytest.param(case, model, id=f"{name}, {case['kind']}: {case['text']!a}")
    for case in CASES
    for name, model in (("rules", None), ("model", MODEL))
    if model or UNLISTED not in case.get("why", "")
]


@pytest.mark.parametrize(("case", "model"), JUDGED)
def test_the_engine_gets_the_field_s_hard_cases_right(case, model):
    text, expected, ruleset = case["text"], case["expect"], ruleset_of(case)
    found = found_in(text, ruleset, model)
    verdict = verdict_on(text, ruleset=ruleset, score_request=model).kind.value
    if "verdict" in expected:
        assert verdict in expected["verdict"], found.matches
    if mark := expected.get("same_as_without"):
        assert verdict == verdict_on(text.replace(mark, ""), score_request=model).kind.value
    if "own_word" in expected:
        own = [match for match in found.matches if match.source is Source.BLACKLIST]
        assert bool(own) is expected["own_word"]
    if "span" in expected:
        assert tuple(expected["span"]) in {(match.start, match.end) for match in found.matches}
    types = [pii.type.value for pii in found.pii]
    assert expected.get("pii") in {None, *types}
    assert expected.get("no_pii") not in types


def ruleset_of(case):
    words = case.get("setup", {}).get("blacklist")
    if not words:
        return DEFAULT
    return build_ruleset(
        blacklist=[
            BlacklistEntry(
                str(number), word["word"], Category(word["category"]), 0.75, word["is_regex"]
            )
            for number, word in enumerate(words)
        ]
    )
