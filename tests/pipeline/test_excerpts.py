"""Excerpts of a text: their rows, and what of them each kind of storage keeps."""

import pytest

from moderation.engine.matches import (
    Category,
    Classification,
    Match,
    PiiMatch,
    PiiType,
    RuleHit,
    Source,
)
from moderation.pipeline.excerpts import ai_rows, match_row, pii_row, quotes_of, redact_for_storage

TEXT = "idiot: a@b.com"
INSULT = Match(0, 5, "idiot", Category.INSULT, Source.LEXICON, 0.75, "idiot")
RULED = Match(7, 14, "a@b.com", Category.OTHER, Source.RULE, 0.0, "a@b.com", rule_id="7")
EMAIL = PiiMatch(PiiType.EMAIL, 7, 14, "a@b.com")
FOUND = Classification("en", (INSULT, RULED), (EMAIL,), score=0.75)
MASKED = "idiot: •••••••"


def test_matches_and_personal_data_have_rows():
    assert match_row(RULED) == {
        "start": 7, "end": 14, "text": "a@b.com", "category": "other", "source": "rule",
        "score": 0.0, "rule_id": "7",
    }  # fmt: skip
    assert pii_row(EMAIL) == {"type": "EMAIL", "start": 7, "end": 14, "text": "a@b.com"}
    assert quotes_of(TEXT, FOUND) == {
        "content": TEXT, "matches": [match_row(INSULT), match_row(RULED)],
        "pii": [pii_row(EMAIL)], "detected_words": ["idiot", "a@b.com"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("storage", "text", "words", "personal"),
    [
        ("full", TEXT, ["idiot", "a@b.com"], "a@b.com"),
        ("masked", MASKED, ["idiot", "•••••••"], "•••••••"),
        ("hash", "", [], ""),
    ],
)
def test_each_storage_keeps_its_part(storage, text, words, personal):
    kept, finding = redact_for_storage(TEXT, FOUND, storage)
    assert (kept, finding.detected_words, finding.pii[0].text) == (text, words, personal)
    assert [(one.start, one.end, one.score) for one in finding.matches] == [
        (0, 5, 0.75),
        (7, 14, 0.0),
    ]
    assert finding.score == 0.75


@pytest.mark.parametrize("part", ["engine", "normalization", "pii", "lexicon"])
def test_where_personal_data_may_be_missed_nothing_is_kept(part):
    failed = Classification("en", (INSULT,), failed=(part,))
    kept, _ = redact_for_storage(TEXT, failed, "masked")
    assert kept == (TEXT if part == "lexicon" else "")
    assert redact_for_storage(TEXT, failed, "full") == (TEXT, failed)


def test_only_what_an_ai_provider_said_is_stored_and_only_in_full():
    said = Match(0, 0, "", Category.OTHER, Source.RULE, 0.0, "too rude", rule_id="7")
    hits = (RuleHit("7", "AI", "flag", 1, shadow=False, matches=(said, RULED, INSULT)),)
    finding = Classification("en", rule_hits=hits)
    assert ai_rows(finding, "full") == [{**match_row(said), "reason": "too rude"}]
    assert ai_rows(finding, "masked") == ai_rows(finding, "hash") == []
