"""The calls of the moderation service's reference and its samples (docs/moving.md)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Ban
from moderation.sanctions.bans import expire_sanctions
from tests.api.clients import Api
from tests.messages import key, project

MESSAGE = {"user_id": "user123", "channel_id": "channel456", "content": "Eres un idiota"}
WHERE = "channel_id=channel456"
DETOXIFY = {"toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_hate"}
WORD = {
    "word": "zoquete", "language": "es", "category": "insult", "severity": "medium",
    "is_regex": False, "notes": "from the reference",
}  # fmt: skip
#: Method, path, body, and the fields that the reference promises.
CALLS = [
    ("GET", "health", None, "status version timestamp dependencies"),
    ("GET", "ping", None, "status message"),
    ("POST", "moderation/check", {"message_id": "m9", **MESSAGE, "metadata": {"a": 1}},
     ("is_approved action severity toxicity_score strike_count message detected_words language "
      "ban_info")),
    ("POST", "moderation/analyze", {"text": "Texto a analizar", "language": "es"},
     "is_toxic toxicity_score severity language detected_words categories detoxify_scores"),
    ("GET", "moderation/status/user123/channel456", None,
     ("user_id channel_id strike_count is_banned ban_type ban_expires_at strikes_reset_at "
      "last_violation")),
    ("GET", "blacklist/words?language=es&category=insult&limit=50&skip=0", None, "total words"),
    ("GET", "blacklist/stats", None,
     "total active inactive by_language by_category by_severity"),
    ("POST", "blacklist/refresh-cache", {}, "success message"),
    ("GET", f"admin/banned-users?{WHERE}", None, "total banned_users"),
    ("GET", f"admin/users/user123/violations?{WHERE}&limit=50", None,
     "user_id channel_id total_violations current_strikes is_banned violations"),
    ("GET", f"admin/users/user123/status?{WHERE}", None,
     "user_id channel_id strike_count is_banned ban_info violation_summary"),
    ("GET", "admin/channels/channel456/stats", None,
     ("channel_id total_violations total_users_with_strikes banned_users temp_banned perm_banned "
      "avg_strikes")),
    ("PUT", "admin/users/user123/unban",
     {"channel_id": "channel456", "reason": "appealed", "reset_strikes": False},
     "success message"),
    ("POST", f"admin/users/user123/reset-strikes?{WHERE}", {}, "success message"),
    ("POST", "admin/maintenance/expire-bans", {}, "success message data"),
    ("POST", "admin/maintenance/cleanup?days=90", {}, "success message"),
]  # fmt: skip


@pytest.fixture
def service(db):
    return Api(key(project(preset="strict"), "check", "admin"))


def check(service, number):
    response = service.post("moderation/check", {"message_id": f"msg{number}", **MESSAGE})
    return response.json()


def test_every_documented_call_is_answered(service):
    for number in range(3):
        check(service, number)
    added = service.post("blacklist/words", WORD)
    assert (added.status_code, set(added.json()["data"]) >= {"id", "word"}) == (201, True)
    for method, path, body, fields in CALLS:
        response = service.call(method, path, body)
        assert response.status_code == 200, path
        assert set(fields.split()) <= set(response.json()), path
    scores = service.post("moderation/analyze", {"text": "hola"}).json()["detoxify_scores"]
    assert set(scores) >= DETOXIFY
    removed = service.call("DELETE", f"blacklist/words/{added.json()['data']['id']}")
    assert removed.json()["success"] is True


def unban(service, *, reset_strikes):
    body = {"channel_id": "channel456", "reset_strikes": reset_strikes}
    return service.call("PUT", "admin/users/user123/unban", body).status_code


def test_the_documented_ladder_of_strikes_and_bans(service):
    check(service, 1)
    second = check(service, 2)
    assert (second["action"], second["message"]) == ("warning", "Advertencia. Strike 2/3")
    assert (second["severity"], second["toxicity_score"]) == ("medium", 0.75)
    assert (second["detected_words"], second["language"]) == (["idiota"], "es")
    third = check(service, 3)
    assert (third["action"], third["ban_info"]["type"]) == ("temp_ban", "temporary")
    assert check(service, 4)["action"] == "user_banned"
    Ban.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert expire_sanctions(timezone.now()).bans == 1
    fourth = check(service, 5)
    assert (fourth["action"], fourth["strike_count"]) == ("temp_ban", 4)
    assert unban(service, reset_strikes=False) == 200
    fifth = check(service, 6)
    assert (fifth["action"], fifth["ban_info"]["expires_at"]) == ("perm_ban", None)
    assert unban(service, reset_strikes=True) == 200
    assert check(service, 7)["strike_count"] == 1
