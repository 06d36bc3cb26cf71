"""Hourly figures are what a direct count finds, whatever happens to earlier hours, in any order."""

import random
import struct
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from moderation.delivery import relay
from moderation.lib.errors import GavelError, NotFound
from moderation.models import (
    Author,
    Ban,
    HourlyFigures,
    ModerationLog,
    StaleHour,
    SummedSpan,
)
from moderation.models.events import ALL_TIME
from moderation.pipeline.retention import remove_old
from moderation.queries.series import TWO_DAYS, starts_of
from moderation.sanctions.bans import expire_sanctions
from moderation.sanctions.by_staff import issue_ban
from moderation_site import settings as site_settings
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.ask import appeal
from reviews.appeals.reports import NewReport, report
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.undo import undo
from reviews.models import Appeal, Decision, DecisionKind, ReviewItem
from reviews.reporting import hours, summing
from reviews.reporting.erasure import erase_author
from reviews.reporting.hours import Span, count_hours, figures_by_hour
from reviews.reporting.summing import sum_hours
from reviews.reporting.timeseries import time_series
from reviews.reporting.transparency import report_of
from tests.factories import make_caller
from tests.messages import NOON, project, send, words
from tests.reviews.reporting import direct

pytestmark = [pytest.mark.django_db, pytest.mark.on_services]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
AUTHORS = [f"author{number}" for number in range(6)]


class History:
    """What happens to a project, step by step, by a clock of its own."""

    def __init__(self, seed):
        self.draw = random.Random(seed)
        self.project = project(f"history{seed}", queue_blocks=True)
        words(self.project)
        self.team = [
            make_caller(self.project, "admin", f"{name}{seed}") for name in ("mira", "sol")
        ]
        self.now = NOON

    def step(self):
        """Take a step, which may be refused, and let some time pass."""
        name = self.draw.choice(STEPS)
        with suppress(GavelError):
            getattr(self, name)()
        self.now += self.draw.choice([MINUTE, 7 * MINUTE, 55 * MINUTE, 3 * HOUR, 30 * HOUR])

    def any_of(self, rows):
        found = list(rows.order_by("pk"))
        if not found:
            raise NotFound("there is none")
        return self.draw.choice(found)

    def message(self):
        word = self.draw.choice(["hello", "flagword", "blockword", "blockword"])
        send(self.project, word, after=self.now - NOON, user_id=self.draw.choice(AUTHORS))

    def edit(self):
        log = self.any_of(ModerationLog.objects.filter(project=self.project))
        word = self.draw.choice(["hello again", "flagword again", "blockword again"])
        same = {"message_id": log.message_id, "user_id": log.user_id, "channel_id": log.channel_id}
        send(self.project, f"{word} {self.now}", after=self.now - NOON, **same)

    def report(self):
        log = self.any_of(ModerationLog.objects.filter(project=self.project))
        reason = self.draw.choice(["spam", "rude"])
        report(self.project, NewReport(log.message_id, f"reader{self.now}", reason), now=self.now)

    def decide(self):
        item = self.any_of(ReviewItem.objects.open().filter(project=self.project))
        kind = self.draw.choice(list(DecisionKind))
        decide(item.pk, DecisionRequest(kind), self.draw.choice(self.team), now=self.now)

    def undo(self):
        decision = self.any_of(Decision.objects.in_effect().filter(project=self.project))
        undo(decision.review_id, self.draw.choice(self.team), now=self.now)

    def appeal(self):
        restricted = ModerationLog.objects.filter(project=self.project, is_approved=False)
        bans = Ban.objects.filter(project=self.project)
        rows = self.draw.choice([restricted, restricted, bans])
        appeal(self.any_of(rows.select_related("project")), "Please look again.", now=self.now)

    def answer(self):
        asked = self.any_of(Appeal.objects.open().filter(project=self.project))
        answer = Answer(self.draw.choice(["upheld", "overturned"]), "We looked again.")
        for caller in self.team:
            with suppress(GavelError):
                decide_appeal(asked.pk, answer, caller, now=self.now)

    def ban(self):
        where = Author(self.project, self.draw.choice(AUTHORS), "general")
        kind = self.draw.choice(["temporary", "permanent"])
        hours = 2 if kind == "temporary" else None
        issue_ban(where, type=kind, hours=hours, reason="enough", actor="mira", now=self.now)

    def erase(self):
        erase_author(self.project, self.draw.choice(AUTHORS), actor="mira", now=self.now)

    def clean_up(self):
        for _ in remove_old(self.project, 20, actor="mira", now=self.now):
            pass

    def sum_up(self):
        sum_hours(self.now)

    def check(self):
        """Compare all figures with a direct count, of all that happened and of a part."""
        length = self.now - NOON + HOUR
        since = self.now - length * self.draw.random()
        everything = Span(NOON - HOUR, self.now + MINUTE)
        part = Span(since, since + (self.now - since) * self.draw.random())
        for span in (everything, part):
            assert plain(figures_by_hour(self.project, span)) == plain(
                count_hours(self.project, [span])
            )
            told = report_of(self.project, span)
            del told["content"]
            assert told == direct.report(self.project, span)
        starts = starts_of(TWO_DAYS, self.now)
        for metric, count in (
            ("decision_time", direct.decision_times),
            ("queue_age", direct.queue_ages),
        ):
            series = time_series(self.project, metric, TWO_DAYS, self.now)
            assert series.lines[metric] == count(self.project, starts, self.now)


#: What happens often stands here more than once.
STEPS = [
    *["message"] * 6, *["decide"] * 5, *["undo"] * 3, *["report"] * 3, *["appeal"] * 3,
    *["answer"] * 3, *["edit"] * 2, *["sum_up"] * 6, "ban", "erase", "clean_up",
]  # fmt: skip


def plain(found):
    """Return the hours in which something is left."""
    rows = {
        hour: (
            {name: count for name, count in figures.counts.items() if count},
            {name: waits for name, waits in figures.waits.items() if waits},
            figures.oldest_closed,
        )
        for hour, figures in found.items()
    }
    return {hour: row for hour, row in rows.items() if any(row)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_any_history_is_told_as_a_direct_count_tells_it(seed, monkeypatch):
    # No step may leave an hour for the next time, so that what is stored is what is compared.
    monkeypatch.setattr(summing, "MOST_SECONDS", 60)
    history = History(seed)
    for number in range(80):
        history.step()
        if number % 5 == 4:
            history.check()
    sum_hours(history.now)
    assert not StaleHour.objects.filter(project=history.project).exists()
    assert HourlyFigures.objects.filter(project=history.project).count() > 3
    history.check()


@pytest.fixture
def summed():
    """A project whose hours are added up, with a decision in one of them."""
    made = History(99)
    log = send(made.project, "blockword").log
    made.now = NOON + 10 * MINUTE
    item = ReviewItem.objects.get(log=log)
    decide(item.pk, DecisionRequest(DecisionKind.REJECT), made.team[0], now=made.now)
    made.now = NOON + 5 * HOUR
    sum_hours(made.now)
    return made


def test_an_hour_is_added_up_once_and_read_from_there(summed, django_assert_num_queries):
    [row] = HourlyFigures.objects.filter(project=summed.project)
    assert row.hour == NOON
    assert row.counts["decisions:reject"] == row.counts["hidden:by_person"] == 1
    assert struct.unpack("<d", row.decision_waits) == (600.0,)
    assert (row.appeal_decision_waits, row.appeal_waits) == (b"", b"")
    span = SummedSpan.objects.get(project=summed.project)
    assert (span.since, span.until) == (ALL_TIME, NOON + 4 * HOUR)
    with django_assert_num_queries(3):
        figures_by_hour(summed.project, Span(NOON - HOUR, NOON + 3 * HOUR))


def test_an_hour_is_not_added_up_before_what_began_in_it_is_committed(summed):
    sum_hours(NOON + 6 * HOUR + summing.GRACE - MINUTE)
    assert SummedSpan.objects.get(project=summed.project).until == NOON + 5 * HOUR
    sum_hours(NOON + 6 * HOUR + summing.GRACE)
    assert SummedSpan.objects.get(project=summed.project).until == NOON + 6 * HOUR


def test_a_mark_that_comes_while_hours_are_added_up_stays(summed, monkeypatch):
    decision = Decision.objects.get()
    undo(decision.review_id, summed.team[0], now=summed.now)
    counted = summing.count_hours

    def interrupted(project, spans):
        found = counted(project, spans)
        StaleHour.objects.create(project=project, hour=NOON + HOUR)
        return found

    monkeypatch.setattr(summing, "count_hours", interrupted)
    summing.sum_some(summed.project, summed.now)
    assert [mark.hour for mark in StaleHour.objects.all()] == [NOON + HOUR]
    summed.check()


def test_many_stale_hours_are_counted_as_one(summed, monkeypatch):
    monkeypatch.setattr(hours, "MOST_APART", 1)
    for back in (0, 2, 3):
        StaleHour.objects.create(project=summed.project, hour=NOON + back * HOUR)
    HourlyFigures.objects.update(counts={"decisions:reject": 7})
    summed.check()
    read = figures_by_hour(summed.project, Span(NOON, NOON + 4 * HOUR))
    assert all(figures.counts["decisions:reject"] < 7 for figures in read.values())


def test_rows_that_were_changed_past_us_need_a_rebuild(summed):
    ModerationLog.objects.update(is_approved=True)
    period = Span(NOON, NOON + HOUR)
    hidden = report_of(summed.project, period)["measures"]["content_not_shown"]
    assert hidden["total"] == 1
    call_command("rebuild_figures")
    hidden = report_of(summed.project, period)["measures"]["content_not_shown"]
    assert hidden["total"] == 0
    summed.check()


def test_the_past_is_added_up_a_little_at_a_time(summed):
    summed.now = NOON + timedelta(days=11)
    SummedSpan.objects.all().delete()
    assert summing.sum_some(summed.project, summed.now)
    span = SummedSpan.objects.get(project=summed.project)
    assert span.since == span.until - summing.CHUNK
    summed.check()
    while summing.sum_some(summed.project, summed.now):
        summed.check()
    assert HourlyFigures.objects.filter(project=summed.project).count() == 1


def test_an_undo_that_leaves_the_content_as_it_is_counts(summed):
    """A second approval changes nothing about the message, and neither does its undo."""
    log = send(summed.project, "flagword", after=summed.now - NOON).log
    for number in range(2):
        report(summed.project, NewReport(log.message_id, f"r{number}", "rude"), now=summed.now)
        item = ReviewItem.objects.open().get(log=log)
        summed.now += HOUR
        decide(item.pk, DecisionRequest(DecisionKind.APPROVE), summed.team[0], now=summed.now)
    summed.now += 2 * HOUR
    sum_hours(summed.now)
    undo(item.pk, summed.team[0], now=summed.now)
    assert Decision.objects.in_effect().filter(review__log=log).count() == 1
    summed.check()


def test_an_edit_counts_in_the_hour_of_the_message(summed):
    log = ModerationLog.objects.get()
    same = {"message_id": log.message_id, "user_id": log.user_id, "channel_id": log.channel_id}
    send(summed.project, "hello again", after=summed.now - NOON, **same)
    assert [mark.hour for mark in StaleHour.objects.all()] == [NOON]
    summed.check()


def test_an_erased_authors_ban_counts_no_longer(summed):
    where = Author(summed.project, "gone", "general")
    issue_ban(where, type="temporary", hours=1, reason="x", actor="mira", now=summed.now)
    summed.now += 3 * HOUR
    expire_sanctions(summed.now)
    sum_hours(summed.now)
    erase_author(summed.project, "gone", actor="mira", now=summed.now)
    assert not Ban.objects.filter(user_id="gone").exists()
    summed.check()


def test_a_project_that_fails_does_not_keep_others_from_being_added_up(monkeypatch):
    broken, other = project("broken"), project("other")
    counted = summing.count_hours

    def count(of, spans):
        if of == broken:
            raise ValueError
        return counted(of, spans)

    for each in (broken, other):
        send(each)
    monkeypatch.setattr(summing, "MOST_SECONDS", 60)
    monkeypatch.setattr(summing, "count_hours", count)
    sum_hours(NOON + 2 * HOUR)
    assert [span.project for span in SummedSpan.objects.all()] == [other]


def test_the_relay_adds_up_hours(settings):
    settings.HOUSEKEEPING = site_settings.HOUSEKEEPING
    with time_machine.travel(NOON + 3 * HOUR, tick=False):
        made = project()
        relay.run_once([])
    assert SummedSpan.objects.get(project=made).until == NOON + 2 * HOUR
