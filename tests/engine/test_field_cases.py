"""Texts that filters are known to get wrong, with the right answers and their neighbours."""

import json
from pathlib import Path

import pytest

from moderation.engine.custom_rules.ruleset import BlacklistEntry, build_ruleset
from moderation.engine.matches import Category, Source
from tests.engine.judging import DEFAULT, MODEL, found_in, verdict_on

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
MODELS = {"rules": None, "model": MODEL}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("kind", sorted({case["kind"] for case in CASES}))
def test_the_engine_gets_the_field_s_hard_cases_right(kind, name):
    cases = [case for case in CASES if case["kind"] == kind]
    judged = [case for case in cases if MODELS[name] or UNLISTED not in case.get("why", "")]
    wrong = {case["text"]: faults for case in judged if (faults := faults_of(case, MODELS[name]))}
    assert wrong == {}


def faults_of(case, model):
    """Return what the engine makes of a case where that is not what it should."""
    text, expected, ruleset = case["text"], case["expect"], ruleset_of(case)
    found = found_in(text, ruleset, model)
    verdict = verdict_on(text, ruleset=ruleset, score_request=model).kind.value
    allowed = expected.get("verdict", [verdict])
    if mark := expected.get("same_as_without"):
        plain = verdict_on(text.replace(mark, ""), score_request=model).kind.value
        allowed = [one for one in allowed if one == plain]
    own = any(match.source is Source.BLACKLIST for match in found.matches)
    spans = {(match.start, match.end) for match in found.matches}
    types = [pii.type.value for pii in found.pii]
    faults = {
        "verdict": (verdict, found.matches) if verdict not in allowed else None,
        "own word": own if own is not expected.get("own_word", own) else None,
        "spans": spans if "span" in expected and tuple(expected["span"]) not in spans else None,
        "pii": types if expected.get("pii") not in {None, *types} else None,
        "no pii": types if expected.get("no_pii") in types else None,
    }
    return {name: fault for name, fault in faults.items() if fault is not None}


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
