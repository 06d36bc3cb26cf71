"""POST moderation/analyze and GET moderation/status (docs/api.md)."""

import pytest

from tests.messages import BLOCKED, row_counts

UNKNOWN = {
    "user_id": "nobody", "channel_id": "general", "strike_count": 0, "is_banned": False,
    "ban_type": None, "ban_expires_at": None, "strikes_reset_at": None, "last_violation": None,
    "is_muted": False, "muted_until": None,
}  # fmt: skip
LABELS = {"toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_hate"}
FIELDS = {
    "is_toxic", "toxicity_score", "severity", "language", "detected_words", "categories",
    "detoxify_scores", "verdict", "reasons", "matches", "pii", "processing_time",
}  # fmt: skip


def analyzed(api, text):
    return api.post("moderation/analyze", {"text": text}).json()


def test_an_analysis_has_the_contracts_fields(api):
    answer = analyzed(api, "Eres un idiota")
    assert set(answer) >= FIELDS
    assert set(answer["detoxify_scores"]) == LABELS
    assert (answer["verdict"], answer["categories"]) == ("flag", ["harassment"])
    assert (answer["toxicity_score"], answer["language"]) == (0.75, "es")


@pytest.mark.parametrize(
    ("text", "is_toxic"),
    [
        ("Hello world", False), ("blockword", True), ("warnword", False),
        ("john@example.com", False), ("HELLOOOOOOO!!!!!!", False),
        ("warnword john@example.com", False),
    ],
)  # fmt: skip
def test_personal_data_and_spam_alone_are_not_toxic(api, text, is_toxic):
    assert analyzed(api, text)["is_toxic"] is is_toxic


def test_an_analysis_stores_nothing(api):
    before = row_counts()
    analyzed(api, BLOCKED)
    assert row_counts() == before


def test_an_unknown_author_has_zeros_and_nulls(api):
    assert api.get("moderation/status/nobody/general").json() == UNKNOWN


def test_a_banned_authors_status(api):
    for _ in range(3):
        answer = api.check(BLOCKED)
    status = api.get("moderation/status/zed/general").json()
    assert (status["strike_count"], status["is_banned"]) == (3, True)
    assert (status["ban_type"], status["ban_expires_at"]) == (
        "temporary", answer["ban_info"]["expires_at"],
    )  # fmt: skip
    assert status["strikes_reset_at"] > status["ban_expires_at"] > status["last_violation"]


def test_strikes_of_one_channel_do_not_count_in_another(api):
    api.check(BLOCKED)
    assert api.get("moderation/status/zed/other").json()["strike_count"] == 0


def test_the_twin_takes_authors_of_any_characters(api):
    api.check(BLOCKED, user_id="a/b ü?", channel_id="#/%")
    status = api.get("moderation/status?user_id=a%2Fb%20%C3%BC%3F&channel_id=%23%2F%25")
    assert status.json()["strike_count"] == 1


@pytest.mark.parametrize("query", ["", "?user_id=a", "?user_id=a&channel_id=", "?channel_id=c"])
def test_the_twin_needs_both_names(api, query):
    assert api.get(f"moderation/status{query}").status_code == 422
