"""Figures, events, the audit log and the policy's versions over HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.delivery.relay.ticks import run_once
from moderation.models import AuditEntry, Counter, OutboxEvent
from tests.api.clients import Api
from tests.counting import counted_queries
from tests.messages import key, project

STATS_FIELDS = {
    "total_content", "approved", "rejected", "flagged", "approval_rate", "rejection_rate",
    "flag_rate", "recent_activity", "open_reviews", "window",
}  # fmt: skip


@pytest.fixture
def busy(api):
    """Return the client of a project with a clean, a flagged and a blocked message."""
    for word in ("hello", "flagword", "blockword"):
        api.check(word)
    run_once([])
    return api


def results(api, path):
    answer = api.get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


@pytest.mark.parametrize("query", ["", "?window=24h", "?window=7d", "?window=30d"])
def test_the_figures_of_a_window(busy, query):
    stats = busy.get(f"stats{query}").json()
    assert stats.keys() == STATS_FIELDS
    assert (stats["total_content"], stats["approved"], stats["flagged"]) == (3, 1, 1)
    assert (stats["rejected"], stats["flag_rate"], stats["open_reviews"]) == (1, 33.3, 1)
    assert len(stats["recent_activity"]) == 3


def test_what_is_older_than_the_window_does_not_count(busy):
    old = timezone.now() - timedelta(days=2)
    Counter.objects.filter(minute__year__gt=1970).update(
        minute=old.replace(second=0, microsecond=0)
    )
    assert busy.get("stats?window=24h").json()["total_content"] == 0
    assert busy.get("stats?window=7d").json()["total_content"] == 3


@pytest.mark.parametrize("window", ["1y", "", "%00", "24H", "-1"])
def test_an_unknown_window_is_422(api, window):
    assert api.get(f"stats?window={window}").status_code == 422


def test_the_figures_are_those_of_the_callers_project(busy):
    valley = Api(key(project("valley"), "read"))
    assert valley.get("stats?window=24h").json()["total_content"] == 0


def test_events_come_in_order_without_gap(busy):
    found = results(busy, "events?limit=200")
    assert [event["seq"] for event in found] == list(range(1, len(found) + 1))
    assert found[0].keys() == {"type", "seq", "project_id", "timestamp", "data"}
    assert {"moderation_update", "stats_update"} <= {event["type"] for event in found}


def test_events_go_on_after_a_number(busy):
    whole = results(busy, "events?limit=200")
    first = busy.get("events?since=1&limit=2").json()
    second = busy.client.get(first["next"], headers=busy.headers).json()
    assert first["results"] == whole[1:3]
    assert second["results"] == whole[3:5]
    assert (first["reset"], first["seq"]) == (False, len(whole))


def test_the_newest_page_has_no_next(busy):
    last = busy.get("events").json()["seq"]
    page = busy.get(f"events?since={last}").json()
    assert (page["results"], page["next"], page["reset"]) == ([], None, False)


def test_events_that_are_kept_no_longer_are_told(busy):
    OutboxEvent.objects.filter(seq__lte=2).delete()
    assert busy.get("events?since=0").json()["reset"] is True
    assert busy.get("events?since=2").json()["reset"] is False


@pytest.mark.parametrize(
    "query",
    ["since=-1", "since=x", "since=", "since=%00", "since=9223372036854775808", "since=1.5",
     "since=%D9%A1", "limit=0", "limit=201", f"since={'9' * 5000}"],
    ids=lambda query: query[:20],
)  # fmt: skip
def test_a_bad_question_for_events_is_422(api, query):
    assert api.get(f"events?{query}").status_code == 422


def test_the_greatest_number_does_no_harm(api):
    assert api.get("events?since=9223372036854775807").json()["results"] == []


def test_another_projects_events_are_not_told(busy):
    valley = Api(key(project("valley"), "read"))
    assert results(valley, "events") == []


def test_the_audit_log_tells_the_newest_first(api, arena):
    api.post("whitelist/users", {"user_id": "ana"})
    newest = results(api, "audit")[0]
    assert newest.keys() == {
        "id", "actor", "identity", "action", "object_type", "object_id", "data", "created_at",
    }  # fmt: skip
    assert (newest["actor"], newest["action"]) == ("a key", "author.trusted")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=word.added", 3), ("action=nothing", 0), ("actor=tests&action=word.added", 3),
        ("actor=nobody", 0), ("object_type=blacklistword", 3), ("object_id=x", 0),
        ("action=word.added&created_after=2020-01-01T00:00:00Z", 3),
        ("created_before=2020-01-01T00:00:00Z", 0),
    ],
)  # fmt: skip
def test_the_audit_log_is_filtered(api, query, found):
    assert len(results(api, f"audit?{query}")) == found


@pytest.mark.parametrize(
    "query",
    ["actor=%00", "created_after=x", "created_before=0001-01-01T00:00:00%2B23:59", "limit=0"],
)
def test_a_bad_question_for_the_audit_log_is_422(api, query):
    assert api.get(f"audit?{query}").status_code == 422


def test_the_audit_log_of_another_project_is_its_own(api):
    valley = Api(key(project("valley"), "admin"))
    assert {entry["action"] for entry in results(valley, "audit")} == {
        "project.created",
        "key.created",
    }


def test_each_version_of_the_policy_is_told(api):
    api.call("PUT", "policy", {"strike_days": 7})
    versions = results(api, "policy/versions")
    assert [version["version"] for version in versions] == [2, 1]
    assert versions[0]["policy"]["strike_days"] == 7
    assert (versions[0]["created_by"], versions[1]["policy"]["strike_days"]) == ("a key", 30)


@pytest.mark.parametrize("path", ["audit", "policy/versions"])
def test_a_list_takes_as_many_queries_for_many_rows(api, path):
    with counted_queries() as few:
        api.get(f"{path}?limit=1")
    for days in (5, 6, 7, 8):
        api.call("PUT", "policy", {"strike_days": days})
    with counted_queries() as many:
        api.get(path)
    assert len(many) == len(few)


def test_a_page_of_the_audit_log_goes_on_without_gap(api):
    whole = [entry["id"] for entry in results(api, "audit")]
    first = api.get("audit?limit=2").json()
    second = api.client.get(first["next"], headers=api.headers).json()
    seen = [entry["id"] for page in (first, second) for entry in page["results"]]
    assert seen == whole[:4]


@pytest.mark.parametrize("path", ["audit", "policy/versions"])
@pytest.mark.parametrize(
    "cursor", ["x", "%00", "cD14", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cj0xJnA9LTE="]
)
def test_a_forged_cursor_does_no_harm(api, path, cursor):
    assert api.get(f"{path}?cursor={cursor}").status_code in {200, 404, 422}


@pytest.mark.parametrize("path", ["stats", "events", "policy/versions", "audit"])
def test_a_key_that_may_only_check_reads_no_figures(arena, path):
    assert Api(key(arena, "check")).get(path).status_code == 403


def test_a_reader_does_not_see_the_audit_log(arena):
    assert Api(key(arena, "read")).get("audit").status_code == 403
    assert AuditEntry.objects.exists()
