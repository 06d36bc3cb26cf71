"""Actions, reasons and certainty in the words of the older services."""

from types import SimpleNamespace

import pytest

from moderation.engine.matches import PiiType
from moderation.pipeline.legacy_actions import (
    PII_TYPES,
    confidence_in_status,
    confidence_in_verdict,
    content_category,
    pii_type,
    reason_in_words,
    recommended_action,
)

PLAIN = {
    "verdict": "allow", "action": "approved", "severity": "none", "status": "approved",
    "is_approved": True, "reasons": [], "pii": [], "score": 0.2, "rule_name": None,
    "moderator_type": "rule",
}  # fmt: skip
EMAIL = {"type": PiiType.EMAIL, "start": 0, "end": 7, "text": "a@b.com"}


def log(**changed):
    return SimpleNamespace(**{**PLAIN, **changed})


@pytest.mark.parametrize(
    ("changed", "action"),
    [
        ({}, None),
        ({"is_approved": False}, "WARNING"),
        ({"verdict": "warn"}, "WARNING"),
        ({"verdict": "flag", "severity": "high", "reasons": ["threat"]}, "WARNING"),
        ({"verdict": "block", "severity": "high", "reasons": ["insult"]}, "KICK"),
        ({"verdict": "block", "severity": "medium", "reasons": ["threat"]}, "KICK"),
        ({"verdict": "block", "severity": "high", "reasons": ["insult", "threat"]}, "BAN"),
        ({"verdict": "block", "severity": "high", "reasons": ["hate_speech"]}, "BAN"),
        ({"action": "user_banned"}, "BAN"),
        ({"action": "muted", "verdict": "block"}, "WARNING"),
    ],
    ids=str,
)
def test_the_action_follows_the_verdict(changed, action):
    assert recommended_action(log(**changed)) == action


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"is_approved": False, "status": "flagged"}, "Awaits review"),
        ({"is_approved": False, "status": "rejected"}, "Rejected by a moderator"),
        ({"action": "user_banned"}, "User is banned"),
        ({"action": "muted", "verdict": "block"}, "User is muted"),
        (
            {"verdict": "flag", "reasons": ["personal_info"], "pii": [EMAIL]},
            "Personal information detected: EMAIL",
        ),
        (
            {"verdict": "flag", "reasons": ["insult", "personal_info"], "pii": [EMAIL]},
            "Inappropriate content: insult, personal_info",
        ),
    ],
    ids=str,
)
def test_the_reason_is_told_in_words(changed, reason):
    assert reason_in_words(log(**changed)) == reason


@pytest.mark.parametrize(
    ("changed", "status", "verdict"),
    [
        ({}, 0.8, 0.2),
        ({"score": 0.7}, 0.5, 0.7),
        ({"score": 1 / 3}, 0.666667, 0.333333),
        ({"moderator_type": "manual"}, 1.0, 0.2),
        ({"verdict": "block", "status": "rejected", "score": 0.9}, 0.9, 0.9),
        ({"verdict": "flag", "status": "flagged", "score": 0.1}, 0.5, 0.5),
        ({"verdict": "flag", "status": "flagged", "score": 2 / 3}, 0.666667, 0.666667),
        ({"verdict": "block", "status": "rejected", "rule_name": "No ads"}, 1.0, 1.0),
        ({"verdict": "block", "status": "rejected", "pii": [EMAIL]}, 1.0, 1.0),
        ({"status": "rejected"}, 0.5, 0.2),
    ],
    ids=str,
)
def test_how_sure_status_and_verdict_are(changed, status, verdict):
    one = log(**changed)
    assert (confidence_in_status(one), confidence_in_verdict(one)) == (status, verdict)


def test_the_first_personal_data_gives_its_type():
    assert pii_type(log()) is None
    assert pii_type(log(pii=[{"type": PiiType.IBAN}, EMAIL])) == "IBAN"
    assert {kind for kind in PiiType if kind not in PII_TYPES} == set()


@pytest.mark.parametrize(
    ("reasons", "severity", "code"),
    [
        ([], "high", "OK"),
        (["spam", "rule:x"], "high", "OK"),
        (["profanity"], "high", "HR"),
        (["insult", "threat"], "medium", "V"),
        (["threat", "hate_speech"], "high", "H2"),
        (["threat"], "high", "V2"),
        (["hate_speech", "sexual"], "high", "S"),
        (["self_harm"], "high", "SH"),
    ],
    ids=str,
)
def test_the_worst_category_gives_the_code(reasons, severity, code):
    assert content_category(iter(reasons), severity) == code
