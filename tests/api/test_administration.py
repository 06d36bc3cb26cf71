"""What the staff asks and does over HTTP (docs/administration.md)."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from moderation.models import Ban, ModerationLog, Strike
from tests.api.clients import Api
from tests.counting import counted_queries
from tests.messages import key, project

TEMPORARY = {"channel_id": "general", "type": "temporary", "hours": 2, "reason": "spam"}
PERMANENT = {"channel_id": None, "type": "permanent", "reason": "raid"}
HOSTILE = [
    "a/b",
    "../..",
    "50%",
    "名前 ✨",
    "a\nb",
    "<img onerror=x>",
    "' OR 1=1",
    "x" * 200,
    "?&#",
]
READS = ["violations", "status"]


def ban(api, user_id="zed", **fields):
    return api.post(f"admin/users/{user_id}/ban", {**TEMPORARY, **fields})


def unban(api, user_id="zed", **fields):
    return api.call("PUT", f"admin/users/{user_id}/unban", {"channel_id": "general", **fields})


def test_a_ban_is_issued(api):
    answer = ban(api)
    data = answer.json()["data"]
    assert (answer.status_code, answer.json()["success"]) == (201, True)
    assert (data["user_id"], data["type"], data["channel_id"]) == ("zed", "temporary", "general")
    assert api.check("hello")["action"] == "user_banned"


def test_a_temporary_ban_lasts_a_day_unless_said(api):
    ban(api, hours=None)
    made = Ban.objects.get()
    assert made.expires_at - made.issued_at == timedelta(hours=24)


def test_a_ban_may_last_one_minute(api):
    assert ban(api, hours=None, minutes=1).status_code == 201
    made = Ban.objects.get()
    assert made.expires_at - made.issued_at == timedelta(minutes=1)


MUTE = {"channel_id": "general", "minutes": 10, "reason": "calm down"}


@pytest.mark.parametrize("path", ["admin/users/zed/mute", "admin/users/mute?user_id=zed"])
def test_an_author_is_muted(api, path):
    answer = api.post(path, MUTE)
    assert (answer.status_code, answer.json()["data"]["type"]) == (201, "mute")
    check = api.check("hello")
    assert (check["action"], check["is_approved"], check["status"]) == ("muted", False, "rejected")
    assert check["ban_info"]["type"] == "mute"
    assert check["appeal_url"]
    status = api.get("moderation/status/zed/general").json()
    assert (status["is_banned"], status["is_muted"], status["ban_type"]) == (False, True, None)
    assert status["muted_until"] == check["ban_info"]["expires_at"]
    assert api.get("admin/users/zed/status").json()["is_muted"] is True
    assert api.get("admin/banned-users").json()["total"] == 0
    assert api.get("admin/channels/general/stats").json()["muted"] == 1


@pytest.mark.parametrize("verb", ["unmute", "unban"])
def test_a_mute_is_ended(api, verb):
    api.post("admin/users/zed/mute", MUTE)
    body = {"channel_id": "general", "reason": "sorry"}
    assert api.call("PUT", f"admin/users/zed/{verb}", body).json()["success"] is True
    assert api.check("hello")["action"] == "approved"
    assert api.call("PUT", "admin/users/zed/unmute", body).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"minutes": 0}, {"minutes": None}, {"minutes": "x"}, {"reason": ""}, {"channel_id": ""}],
)
def test_a_senseless_mute_is_422(api, changes):
    assert api.post("admin/users/zed/mute", {**MUTE, **changes}).status_code == 422


def test_a_mute_of_a_banned_author_is_409(api):
    ban(api)
    assert api.post("admin/users/zed/mute", MUTE).status_code == 409


def test_a_ban_without_channel_holds_everywhere(api):
    assert api.post("admin/users/zed/ban", PERMANENT).status_code == 201
    assert api.check("hello", channel_id="elsewhere")["action"] == "user_banned"


def test_a_second_permanent_ban_is_409(api):
    api.post("admin/users/zed/ban", PERMANENT)
    assert api.post("admin/users/zed/ban", PERMANENT).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"channel_id": ""}, {"channel_id": 5}, {"channel_id": "x" * 201}, {"channel_id": "a\0b"},
        {"type": "mute"}, {"minutes": 5}, {"hours": None, "minutes": 0}, {"type": "forever"},
        {"type": None}, {"hours": 0}, {"hours": 8761}, {"hours": "x"},
        {"hours": 10**30}, {"reason": ""}, {"reason": " "}, {"reason": "x" * 1001},
        {"reason": None}, {"reason": ["a"]},
    ],
)  # fmt: skip
def test_a_senseless_ban_is_422(api, changes):
    assert ban(api, **changes).status_code == 422
    assert not Ban.objects.exists()


@pytest.mark.parametrize("missing", ["channel_id", "type", "reason"])
def test_a_ban_names_place_type_and_reason(api, missing):
    body = {name: value for name, value in TEMPORARY.items() if name != missing}
    answer = api.post("admin/users/zed/ban", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, missing)


@pytest.mark.parametrize("body", [[], "x", "null", 5])
def test_a_body_that_is_no_object_is_422(api, body):
    assert api.post("admin/users/zed/ban", body).status_code in {400, 422}


def test_a_ban_is_lifted(api):
    ban(api)
    answer = unban(api, reason="talked")
    assert answer.json() == {"success": True, "message": "User unbanned successfully"}
    assert Ban.objects.get().lift_reason == "talked"
    assert api.check("hello")["action"] == "approved"


def test_a_ban_is_lifted_with_the_strikes(api):
    api.check("blockword")
    ban(api)
    answer = unban(api, reset_strikes=True).json()
    assert answer["message"] == "User unbanned successfully and strikes reset"
    assert Strike.objects.get().revoked_at is not None


def test_who_is_not_banned_there_cannot_be_unbanned(api):
    ban(api)
    assert unban(api, channel_id=None).status_code == 404
    assert unban(api, "somebody").status_code == 404


def test_the_status_of_an_author(api):
    api.check("blockword")
    api.check("flagword")
    ban(api)
    status = api.get("admin/users/zed/status?channel_id=general").json()
    assert (status["user_id"], status["channel_id"]) == ("zed", "general")
    assert (status["strike_count"], status["is_banned"]) == (1, True)
    assert status["ban_info"].keys() == {"id", "type", "expires_at", "reason", "channel_id"}
    summary = status["violation_summary"]
    assert (summary["total"], summary["by_severity"]) == (2, {"low": 0, "medium": 1, "high": 1})
    assert summary["last_violation"].endswith("Z")


def test_an_unknown_author_has_zeros(api):
    assert api.get("admin/users/nobody/status").json() == {
        "user_id": "nobody",
        "channel_id": None,
        "strike_count": 0,
        "is_banned": False,
        "is_muted": False,
        "ban_info": None,
        "violation_summary": {
            "total": 0,
            "last_violation": None,
            "by_severity": {"low": 0, "medium": 0, "high": 0},
        },
    }


def test_the_violations_of_an_author(api):
    api.check("hello")
    api.check("flagword", message_id="v1")
    api.check("blockword", message_id="v2", channel_id="other")
    answer = api.get("admin/users/zed/violations").json()
    assert (answer["total_violations"], answer["current_strikes"]) == (2, 1)
    assert [row["message_id"] for row in answer["violations"]] == ["v2", "v1"]
    assert answer["violations"][1].keys() >= {
        "id", "message_id", "detected_words", "toxicity_score", "severity", "action_taken",
        "strike_count_at_time", "timestamp",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "total", "shown"),
    [("channel_id=other", 1, 1), ("limit=1", 2, 1), ("days=1", 2, 2), ("channel_id=none", 0, 0)],
)
def test_violations_are_filtered(api, query, total, shown):
    api.check("flagword")
    api.check("blockword", channel_id="other")
    answer = api.get(f"admin/users/zed/violations?{query}").json()
    assert (answer["total_violations"], len(answer["violations"])) == (total, shown)


def test_violations_older_than_the_days_are_left_out(api):
    api.check("flagword")
    ModerationLog.objects.update(judged_at=timezone.now() - timedelta(days=31))
    assert api.get("admin/users/zed/violations").json()["total_violations"] == 0
    assert api.get("admin/users/zed/violations?days=40").json()["total_violations"] == 1


@pytest.mark.parametrize(
    "query", ["days=0", "days=x", "days=99999999999", "limit=0", "limit=201", "channel_id=%00"]
)
def test_a_bad_question_is_422(api, query):
    assert api.get(f"admin/users/zed/violations?{query}").status_code == 422


def test_strikes_are_reset(api):
    api.check("blockword")
    answer = api.post("admin/users/zed/reset-strikes?channel_id=general", {}).json()
    assert (answer["success"], answer["data"]) == (True, {"reset_count": 1})
    assert api.get("admin/users/zed/status").json()["strike_count"] == 0


def test_strikes_of_an_unknown_author_are_404(api):
    assert api.post("admin/users/nobody/reset-strikes", {}).status_code == 404


def test_the_bans_that_hold_are_listed(api):
    api.check("blockword")
    ban(api)
    answer = api.get("admin/banned-users").json()
    row = answer["banned_users"][0]
    assert (answer["total"], row["user_id"], row["channel_id"]) == (1, "zed", "general")
    assert (row["ban_type"], row["reason"]) == ("temporary", "spam")
    assert (row["total_violations"], row["strike_count"]) == (1, 1)
    assert row.keys() >= {"banned_at", "banned_until"}


def test_a_lifted_ban_is_not_listed(api):
    ban(api)
    unban(api)
    assert api.get("admin/banned-users").json() == {"total": 0, "banned_users": []}


def test_a_channels_bans_include_those_of_the_whole_project(api):
    ban(api, "ana")
    ban(api, "ben", channel_id="other")
    api.post("admin/users/cleo/ban", PERMANENT)
    found = api.get("admin/banned-users?channel_id=general").json()["banned_users"]
    assert {row["user_id"] for row in found} == {"ana", "cleo"}


def test_the_list_of_bans_is_bounded_and_paged(api):
    for name in ("ana", "ben", "cleo"):
        ban(api, name)
    page = api.get("admin/banned-users?limit=1&skip=1").json()
    assert (page["total"], page["banned_users"][0]["user_id"]) == (3, "ben")


@pytest.mark.parametrize(
    "query",
    ["skip=-1", "skip=10001", "limit=0", "limit=2147483648", "channel_id=%00", "channel_id="],
)
def test_a_bad_page_of_bans_is_422(api, query):
    assert api.get(f"admin/banned-users?{query}").status_code == 422


def test_more_bans_take_no_more_queries(api):
    ban(api, "ana")
    with counted_queries() as few:
        api.get("admin/banned-users")
    for number in range(5):
        ban(api, f"author{number}")
    with counted_queries() as many:
        api.get("admin/banned-users")
    assert len(many) == len(few)


def test_the_figures_of_a_channel(api):
    api.check("blockword")
    api.check("hello", user_id="ana")
    ban(api)
    assert api.get("admin/channels/general/stats").json() == {
        "channel_id": "general",
        "total_violations": 1,
        "total_users_with_strikes": 1,
        "banned_users": 1,
        "temp_banned": 1,
        "perm_banned": 0,
        "muted": 0,
        "avg_strikes": 1.0,
        "toxicity": 0.475,
    }


def test_an_unknown_channel_has_zeros(api):
    figures = api.get("admin/channels/nowhere/stats").json()
    assert (figures["total_violations"], figures["avg_strikes"], figures["toxicity"]) == (0, 0, 0)


def test_bans_whose_time_is_over_are_ended(api):
    ban(api)
    Ban.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    first = api.post("admin/maintenance/expire-bans", {}).json()
    again = api.post("admin/maintenance/expire-bans", {}).json()
    assert (first["success"], first["data"]) == (True, {"expired_count": 1})
    assert again["data"] == {"expired_count": 0}


def test_old_content_is_removed(api):
    api.check("hello")
    api.check("hello again")
    old = timezone.now() - timedelta(days=100)
    ModerationLog.objects.filter(content="hello").update(created_at=old, judged_at=old)
    answer = api.post("admin/maintenance/cleanup?days=90", {}).json()
    assert (answer["success"], answer["data"]) == (True, {"deleted_count": 1})


@pytest.mark.parametrize("days", ["0", "-1", "x", "99999999", "%00"])
def test_a_senseless_retention_is_422(api, days):
    assert api.post(f"admin/maintenance/cleanup?days={days}", {}).status_code == 422


def test_maintenance_leaves_other_projects_alone(api):
    valley = Api(key(project("valley"), "admin", "check"))
    ban(valley)
    Ban.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert api.post("admin/maintenance/expire-bans", {}).json()["data"]["expired_count"] == 0


def test_another_projects_bans_are_unknown(api):
    valley = Api(key(project("valley"), "admin"))
    ban(api)
    assert valley.get("admin/banned-users").json()["total"] == 0
    assert valley.get("admin/users/zed/status").json()["is_banned"] is False
    assert unban(valley).status_code == 404
    assert valley.post("admin/users/zed/reset-strikes", {}).status_code == 404
    assert Ban.objects.get().lifted_at is None


@pytest.mark.parametrize("user_id", HOSTILE)
def test_ids_of_any_characters_are_told_in_the_query(api, user_id):
    named = f"user_id={quote(user_id, safe='')}"
    assert api.post(f"admin/users/ban?{named}", TEMPORARY).status_code == 201
    for read in READS:
        answer = api.get(f"admin/users/{read}?{named}").json()
        assert (answer["user_id"], answer["is_banned"]) == (user_id, True)
    assert api.post(f"admin/users/reset-strikes?{named}", {}).status_code == 200
    lifted = api.call("PUT", f"admin/users/unban?{named}", {"channel_id": "general"})
    assert lifted.status_code == 200
    channel = quote(user_id, safe="")
    assert api.get(f"admin/channels/stats?channel_id={channel}").json()["channel_id"] == user_id


@pytest.mark.parametrize("query", ["", "user_id=", "user_id=%00", f"user_id={'x' * 201}"])
def test_an_impossible_author_is_422(api, query):
    assert api.get(f"admin/users/status?{query}").status_code == 422
    assert api.post(f"admin/users/ban?{query}", TEMPORARY).status_code == 422


@pytest.mark.parametrize("user_id", ["%00", "a%00b", "x" * 201])
def test_an_impossible_author_in_the_path_is_422(api, user_id):
    assert api.get(f"admin/users/{user_id}/status").status_code == 422


@pytest.mark.parametrize("scope", ["check", "read", "review"])
def test_only_admins_administer(arena, scope):
    caller = Api(key(arena, scope))
    assert ban(caller).status_code == 403
    assert caller.get("admin/banned-users").status_code == 403
