"""How figures went, step by step, and what a chart says of them."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from moderation.events.counters import hour_metric
from moderation.models import Counter
from moderation.models.events import ALL_TIME
from moderation.pages import charts
from moderation.queries.latest import judging_times
from moderation.queries.recent import stats_within
from moderation.queries.series import WINDOWS, series_of
from tests.factories import make_log, make_project

pytestmark = pytest.mark.on_services

NOW = datetime(2026, 3, 2, 12, 34, 56, tzinfo=UTC)


@pytest.fixture
def arena(db):
    return make_project()


def count(project, metric, value, minutes_ago=None):
    """Let the relay have counted so many in a minute, or over all time."""
    moment = NOW.replace(second=0) - timedelta(minutes=minutes_ago or 0)
    minute = ALL_TIME if minutes_ago is None else moment
    Counter.objects.create(project=project, metric=metric, minute=minute, value=value)
    if minutes_ago is not None:
        hour = {"metric": hour_metric(metric), "minute": minute.replace(minute=0)}
        kept, _ = Counter.objects.get_or_create(project=project, **hour, defaults={"value": 0})
        Counter.objects.filter(pk=kept.pk).update(value=kept.value + value)


def series(project, window="1h"):
    return series_of(project, WINDOWS[window], NOW)


# --- Steps


@pytest.mark.parametrize(
    ("window", "steps", "newest"),
    [
        ("1h", 60, NOW.replace(second=0)),
        ("24h", 144, NOW.replace(minute=30, second=0)),
        ("7d", 168, NOW.replace(minute=0, second=0)),
    ],
)
def test_window_ends_with_the_step_of_now(arena, window, steps, newest):
    starts = series(arena, window).starts
    assert (len(starts), starts[-1]) == (steps, newest)


@pytest.mark.parametrize(
    ("window", "last_three"), [("1h", [3, 0, 1]), ("24h", [0, 8, 4]), ("7d", [0, 16, 12])]
)
def test_minutes_are_summed_into_their_step(arena, window, last_three):
    for minutes_ago, value in ((0, 1), (2, 3), (5, 8), (36, 16)):
        count(arena, "total", value, minutes_ago)
    assert series(arena, window).of("total")[-3:] == last_three


def test_what_lies_before_the_window_is_left_out(arena):
    count(arena, "total", 5, 60)
    count(arena, "total", 7)
    assert sum(series(arena).of("total")) == 0


def test_another_projects_figures_are_not_counted(arena):
    count(make_project("valley"), "total", 5, 1)
    assert sum(series(arena).of("total")) == 0


# --- Verdicts, categories, levels


def test_allowed_are_the_messages_that_drew_no_other_verdict(arena):
    for metric, value in (("total", 9), ("verdict:warn", 1), ("verdict:block", 3)):
        count(arena, metric, value, 1)
    found = series(arena)
    assert [found.of_verdict(kind)[-2] for kind in ("allow", "warn", "flag", "block")] == [
        5, 1, 0, 3,
    ]  # fmt: skip


def test_an_edit_alone_in_its_minute_never_draws_below_zero(arena):
    for metric, value in (("verdict:warn", -1), ("verdict:block", 1), ("category:insult", -1)):
        count(arena, metric, value, 1)
    found = series(arena)
    assert found.of_verdict("warn")[-2] == found.of_category("insult")[-2] == 0
    assert found.of_verdict("allow")[-2] == 0


def test_level_is_how_many_waited_at_the_end_of_each_step(arena):
    count(arena, "open_reviews", 6)
    count(arena, "open_reviews", 4, 0)
    count(arena, "open_reviews", -3, 2)
    assert series(arena).levels_of("open_reviews")[-4:] == [5, 2, 2, 6]


# --- Charts


def test_chart_tells_now_median_and_most(arena):
    count(arena, "total", 2, 0)
    for minutes_ago in range(1, 40):
        count(arena, "total", 5, minutes_ago)
    count(arena, "total", 90, 50)
    chart = charts.verdict_chart(series(arena))
    assert (chart.current[0], chart.last, chart.median) == (2, 5, 5)
    assert chart.most == (90, NOW.replace(second=0) - timedelta(minutes=50))
    assert chart.rows[0] == (NOW.replace(second=0), ["2", "0", "0", "0"])


def test_categories_are_the_four_commonest(arena):
    found = {"spam": 9, "insult": 7, "threat": 3, "profanity": 2, "sexual": 1}
    for category, value in found.items():
        count(arena, f"category:{category}", value, 1)
    chart = charts.category_chart(series(arena))
    assert [(line.name, line.total) for line in chart.lines] == [
        ("spam", 9), ("insult", 7), ("threat", 3), ("profanity", 2),
    ]  # fmt: skip
    assert (chart.leader.name, chart.most_of_leader[0]) == ("spam", 9)


def test_a_quiet_hour_is_a_chart_of_zeros(arena):
    chart = charts.category_chart(series(arena))
    assert (len(chart.lines), chart.total) == (4, 0)


def test_sparkline_stays_in_its_box(arena):
    count(arena, "approved", -4, 3)
    count(arena, "approved", 8, 1)
    line = charts.sparks_of(series(arena))["approved"].line
    heights = [float(point.split(",")[1]) for point in line[1:].split("L")]
    assert (min(heights), max(heights)) == (3.0, 22.0)


# --- Judging times


def test_judging_times_are_of_the_newest_messages(arena):
    logs = [make_log(arena, f"hello {number}") for number in range(5)]
    for number, log in enumerate(logs):
        log.processing_seconds = 0.001 * (number + 1)
        log.save()
    times = judging_times(arena, logs[0].created_at)
    assert times.median_ms == pytest.approx(3.0)
    assert times.slow_ms == pytest.approx(4.8)


def test_one_message_has_no_median(arena):
    log = make_log(arena)
    assert judging_times(arena, log.created_at) is None


def test_a_window_counts_its_first_hour_by_minutes_and_the_others_by_their_sums(arena):
    for minutes_ago, value in ((24 * 60, 100), (24 * 60 - 1, 5), (23 * 60, 7), (0, 1)):
        count(arena, "total", value, minutes_ago)
    assert stats_within(arena, timedelta(hours=24), NOW)["total_content"] == 13


def test_the_migration_sums_up_what_was_counted_by_minutes(arena):
    for minutes_ago, value in ((1, 3), (2, 4), (90, 5)):
        moment = NOW.replace(second=0) - timedelta(minutes=minutes_ago)
        for metric in ("total", "rule:1"):
            Counter.objects.create(project=arena, metric=metric, minute=moment, value=value)
    import_module("moderation.migrations.0017_sums_of_hours").sum_up(apps, None)
    sums = Counter.objects.filter(metric__startswith="hour:").order_by("minute")
    assert list(sums.values_list("metric", "value")) == [("hour:total", 5), ("hour:total", 7)]
