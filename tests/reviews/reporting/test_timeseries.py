"""Figures in steps of time: from counters and rows, over HTTP and on the page Insights."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from moderation.delivery import relay
from moderation.queries.series import MONTH, TWO_DAYS
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from reviews.reporting import timeseries
from reviews.reporting.timeseries import METRICS, channel_means, time_series, window_of
from tests.api.clients import Api
from tests.factories import (
    BLOCKED,
    FLAGGED,
    make_caller,
    make_item,
    make_log,
    make_project,
    sign_in,
)
from tests.messages import key

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = [pytest.mark.django_db, pytest.mark.on_services]


@pytest.fixture
def arena():
    return make_project()


def series(project, metric, window=TWO_DAYS):
    return time_series(project, metric, window, NOW)


def last(project, metric, steps=3):
    return {name: line[-steps:] for name, line in series(project, metric).lines.items()}


def test_messages_are_counted_by_the_hour_and_status(arena):
    make_log(arena, now=NOW - HOUR)
    make_log(arena, now=NOW - HOUR)
    make_log(arena, BLOCKED, now=NOW)
    relay.run_once([])
    assert last(arena, "total") == {"total": [0, 2, 1]}
    assert last(arena, "approved") == {"approved": [0, 2, 0]}
    assert last(arena, "rejected") == {"rejected": [0, 0, 1]}
    assert last(arena, "by_category")["harassment"] == [0, 0, 1]


def test_steps_of_a_day_begin_at_midnight(arena):
    make_log(arena, now=NOW)
    relay.run_once([])
    found = series(arena, "total", MONTH)
    assert (len(found.starts), found.starts[-1]) == (30, NOW.replace(hour=0, minute=0))
    assert found.lines["total"][-2:] == [0, 1]


def test_violations_and_scores_by_name_the_busiest_first(arena):
    for hours in (2, 0, 0):
        make_log(arena, BLOCKED, user_id="zed", now=NOW - hours * HOUR)
    make_log(arena, BLOCKED, user_id="ana", now=NOW - HOUR)
    make_log(make_project("den"), BLOCKED, user_id="far", now=NOW)
    found = last(arena, "violations_by_user")
    assert list(found.items()) == [("zed", [1, None, 2]), ("ana", [None, 1, None])]
    [mean] = channel_means(arena, TWO_DAYS, NOW)
    assert (mean.channel_id, mean.messages) == ("general", 4)
    assert last(arena, "channel_toxicity")["general"][-1] == round(mean.score, 4)


def test_time_to_a_decision_and_age_of_the_oldest(arena):
    noor = make_caller(arena)
    first = make_item(arena, now=NOW - 2.25 * HOUR)
    second = make_item(arena, FLAGGED, now=NOW - 1.5 * HOUR)
    decide(first.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=NOW - HOUR)
    assert last(arena, "decision_time") == {"decision_time": [None, 4500.0, None]}
    assert last(arena, "queue_age") == {"queue_age": [2700.0, 3600.0, 5400.0]}
    decide(second.pk, DecisionRequest(DecisionKind.DISMISS), noor, now=NOW)
    assert last(arena, "queue_age")["queue_age"][-1] == 0.0


def test_of_too_many_rows_the_newest_are_told(arena, monkeypatch):
    monkeypatch.setattr(timeseries, "MOST_ROWS", 2)
    for hours in (5, 4, 1, 0):
        make_log(arena, FLAGGED, user_id="zed", now=NOW - hours * HOUR)
    found = series(arena, "violations_by_user")
    assert found.complete_since == NOW - 4 * HOUR
    assert sum(value or 0 for value in found.lines["zed"]) == 3


def test_over_http_each_metric_has_its_points(arena):
    make_item(arena, now=timezone.now())
    relay.run_once([])
    api = Api(key(arena, "read"))
    for metric in METRICS:
        told = api.get(f"stats/timeseries?metric={metric}&bucket=day&steps=7").json()
        assert told.keys() == {
            "metric", "bucket", "unit", "since", "until", "complete_since", "points",
        }  # fmt: skip
        assert len(told["points"]) == 7
        kinds = {"values"} if metric in timeseries.NAMED else {"value"}
        assert told["points"][-1].keys() - {"timestamp"} == kinds
    assert told["points"][-1]["timestamp"].endswith("T00:00:00.000Z")


@pytest.mark.parametrize(
    "query",
    ["", "metric=no_such", "metric=total&bucket=week", "metric=total&steps=0",
     "metric=total&steps=1001", "metric=total&steps=x"],
)  # fmt: skip
def test_senseless_questions_are_422(arena, query):
    assert Api(key(arena, "read")).get(f"stats/timeseries?{query}").status_code == 422


def test_windows_have_the_steps_that_are_asked_for():
    steps = {name: window_of(name, None) for name in ("minute", "hour", "day")}
    assert [one.length // one.step for one in steps.values()] == [60, 48, 30]
    assert window_of("hour", 1000).length == 1000 * HOUR


def test_page_tells_each_chart_in_words_and_as_a_table(arena):
    page = sign_in(arena, "viewer")
    assert "No findings" in page.get("/p/arena/insights").content.decode()
    make_log(arena, BLOCKED, user_id="<b>zed", now=timezone.now())
    make_item(arena, now=timezone.now())
    relay.run_once([])
    text = page.get("/p/arena/insights?window=30d").content.decode()
    assert "2 in the last 30 days: 0.0 % approved, 50.0 % flagged, 50.0 % rejected" in text
    assert "&lt;b&gt;zed" in text
    assert text.count("Show as table") == 3
    assert "Waiting for review, in hours" in text
    assert "<rect" in text  # counts are bars
    assert sign_in(arena, None).get("/p/arena/insights").status_code == 404
