"""The older services' calls about reviewed messages (docs/legacy.md)."""

import pytest

from moderation.models import AuditEntry, ModerationLog
from reviews.models import Decision, ReviewItem
from tests import factories
from tests.reviews.calling import key_client

pytestmark = pytest.mark.django_db
LOG = {
    "id", "message_id", "user_id", "content", "pii_detected", "pii_type", "content_category",
    "action_taken", "action_reason", "flagged", "categories_scores", "created_at",
    "manual_review", "manual_review_approved", "manual_review_notes", "reviewed_at",
}  # fmt: skip
FIGURES = {"total", "pii_detected", "actions_taken", "flagged"}


@pytest.fixture
def bot(project):
    return key_client(project, "review")


def get(client, path):
    response = client.get(f"/api/admin/moderation/{path}")
    assert response.status_code == 200, response.content
    return response.json()


def rule(client, message_id, query="", body=None):
    path = f"/api/admin/moderation/review/{message_id}{query}"
    return client.post(path, body or {}, content_type="application/json")


@pytest.fixture
def logs(project):
    """Five messages: clean, flagged twice, with an address, and blocked."""
    texts = ["Hello world", "Shut up idiot", "john@example.com", "I will kill you", "you loser"]
    return [
        factories.make_log(project, text, user_id=f"u{number % 2}", message_id=f"m{number}")
        for number, text in enumerate(texts)
    ]


def test_figures_of_a_day_a_week_and_so_many_days(bot, logs):
    answer = get(bot, "stats?days=30")
    assert all(set(answer[name]) >= FIGURES for name in ("stats_24h", "stats_7d", "stats"))
    assert {name: answer["stats_24h"][name] for name in FIGURES} == {
        "total": 5, "pii_detected": 1, "actions_taken": 4, "flagged": 3,
    }  # fmt: skip
    assert answer["stats"]["blocked_messages"] == 1
    assert answer["top_violators"] == [
        {"user_id": "u0", "violation_count": 2}, {"user_id": "u1", "violation_count": 2},
    ]  # fmt: skip
    breakdown = {row["content_category"]: row["count"] for row in answer["category_breakdown"]}
    assert breakdown == {"OK": 2, "HR": 2, "V2": 1}


def test_flagged_messages_newest_first_with_the_total_of_all(bot, logs):
    page = get(bot, "flagged?skip=1&limit=1")
    assert page["total"] == 3
    (row,) = page["items"]
    assert set(row) == LOG
    assert (row["message_id"], row["pii_type"], row["action_taken"]) == ("m2", "EMAIL", "WARNING")
    assert (row["flagged"], row["manual_review"], row["reviewed_at"]) == (True, False, None)


def test_a_page_of_flagged_costs_the_same_however_long(bot, logs, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        get(bot, "flagged?limit=200")


@pytest.mark.parametrize(
    ("query", "body", "approved", "status"),
    [
        ("?approved=true&notes=fine", None, True, "approved"),
        ("?approved=false", None, False, "rejected"),
        ("", {"approved": True, "notes": "fine"}, True, "approved"),
        ("", {"approved": False, "notes": None}, False, "rejected"),
    ],
)
def test_a_review_rules_on_the_message(bot, logs, query, body, approved, status):
    assert rule(bot, "m1", query, body).json() == {"message_id": "m1", "approved": approved}
    assert ModerationLog.objects.get(message_id="m1").status == status
    assert get(bot, "flagged")["total"] == 2
    ruling = Decision.objects.get()
    assert (ruling.decided_by, ruling.note) == ("a bot", "fine" if approved else "")
    assert AuditEntry.objects.filter(action="review.decided", actor="a bot").count() == 1


def test_a_review_may_be_done_again_and_the_last_one_counts(bot, logs):
    for approved in ("false", "true", "true"):
        assert rule(bot, "m1", f"?approved={approved}").status_code == 200
    log = ModerationLog.objects.get(message_id="m1")
    assert (log.status, log.strikes.filter(revoked_at=None).count()) == ("approved", 0)
    assert ReviewItem.objects.filter(log=log, status="open").count() == 0


def test_what_was_never_flagged_can_be_reviewed_too(bot, logs):
    assert rule(bot, "m3", "?approved=true").status_code == 200
    assert ModerationLog.objects.get(message_id="m3").is_approved


def test_a_message_id_may_hold_a_slash(bot, project):
    factories.make_log(project, "Shut up idiot", message_id="a/b c")
    assert rule(bot, "a/b%20c", "?approved=true").status_code == 200


def test_what_makes_no_sense_is_told_in_detail(bot, logs):
    for path in ("nobody", "%00"):
        response = rule(bot, path, "?approved=true")
        assert (response.status_code, response.json()["detail"]) == (404, "Message not found")
    for query in ("", "?approved=perhaps", "?approved=true&notes=%00"):
        assert rule(bot, "m1", query).status_code == 422
    assert bot.get("/api/admin/moderation/stats?days=0").status_code == 422
    assert bot.get("/api/admin/moderation/flagged?skip=-1").status_code == 422


def test_who_may(project, logs):
    reader, checker = key_client(project, "read"), key_client(project, "check", name="app")
    assert rule(reader, "m1", "?approved=true").status_code == 403
    assert checker.get("/api/admin/moderation/stats").status_code == 403
    stranger = key_client(factories.make_project("elsewhere"), "admin")
    assert rule(stranger, "m1", "?approved=true").status_code == 404
    assert get(stranger, "flagged") == {"items": [], "total": 0}
