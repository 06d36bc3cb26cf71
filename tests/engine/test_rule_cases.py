"""The promises of the contract's section 5, and the cases kept beside them."""

import json
from pathlib import Path

import pytest

from moderation.engine.verdict.author_record import AuthorRecord
from tests.engine.judging import found_in, verdict_on

CASES = json.loads((Path(__file__).parents[1] / "data" / "rule_cases.json").read_text())["cases"]
WITH_PII = [case for case in CASES if "pii" in case]
MATRIX = [
    ("Hello world", {"allow"}),
    ("This is damn good", {"warn"}),
    ("damn", {"warn"}),
    ("shit", {"warn"}),
    ("hell", {"warn"}),
    ("crap", {"warn"}),
    ("Ye kya bakwas hai", {"warn", "flag"}),
    ("You terrorist scum", {"block"}),
    ("Shut up idiot", {"flag"}),
    ("you loser", {"flag"}),
    ("Chup kar bewakoof", {"flag"}),
    ("HELLOOOOOOO!!!!!!", {"warn", "flag"}),
    ("THIS IS ALL CAPS", {"warn", "flag"}),
    ("\U0001f600" * 11, {"flag"}),
    ("+92-300-1234567", {"flag"}),
    ("test@example.com", {"flag"}),
    ("You fucking idiot, die", {"block"}),
    ("You're a fucking idiot", {"block"}),
    ("fuck", {"block"}),
    ("bitch", {"block"}),
    ("bhenchod", {"block"}),
    ("I will kill you", {"block"}),
    ("maar doon ga", {"block"}),
    ("this lag is killing me", {"allow"}),
    ("I could kill for a coffee", {"allow"}),
    ("Contact me at john@example.com", {"flag"}),
    ("classic Scunthorpe problem", {"allow"}),
    ("Dick Van Dyke was great", {"allow"}),
    ("kya haal hai bhai", {"allow"}),
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_case_gets_an_acceptable_verdict(case):
    standing = AuthorRecord(recent_violations=case.get("violations", 0))
    is_duplicate = case.get("repeats", 0) >= 2
    verdict = verdict_on(case["text"], record=standing, is_duplicate=is_duplicate)
    assert verdict.kind in case["verdicts"]
    assert case.get("reason") in {None, *verdict.reasons}


@pytest.mark.parametrize("case", WITH_PII, ids=[case["id"] for case in WITH_PII])
def test_personal_data_of_a_case_is_named(case):
    assert case["pii"] in [pii.type for pii in found_in(case["text"]).pii]


@pytest.mark.parametrize(("text", "kinds"), MATRIX, ids=[text[:30] for text, _ in MATRIX])
def test_rule_matrix_of_the_contract(text, kinds):
    assert verdict_on(text).kind in kinds


def test_spellings_of_pagal_get_the_same_verdict():
    spelled = [verdict_on(text) for text in ("pagal", "pagaaal", "pgl")]
    assert {(verdict.kind, verdict.reasons) for verdict in spelled} == {
        (spelled[0].kind, ("harassment",))
    }


def test_spanish_example_of_the_contract_is_answered_as_promised():
    found = found_in("Eres un idiota")
    assert found.labels == {"toxicity": 0.75, "insult": 0.75}
    assert found.language == "es"
    assert [(match.start, match.end) for match in found.matches] == [(8, 14)]
    assert verdict_on("Eres un idiota").reasons == ("harassment",)


def test_timeline_ends_in_a_block_for_repetition():
    verdict = verdict_on("crap", record=AuthorRecord(recent_violations=3))
    assert (verdict.kind, verdict.severity) == ("block", "high")
    assert verdict.reasons == ("profanity", "repeat_offender")
