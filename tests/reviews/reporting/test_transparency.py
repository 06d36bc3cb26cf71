"""The transparency report counts what happened, by who decided it."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from moderation.accounts.projects import change_project
from moderation.delivery import relay
from moderation.models import Author
from moderation.sanctions.by_staff import issue_ban
from reviews.appeals.answer import Answer, decide_appeal
from reviews.appeals.ask import appeal
from reviews.appeals.reports import NewReport, report
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide import decide
from reviews.models import DecisionKind
from reviews.reporting.summing import sum_hours
from tests import factories
from tests.reviews.calling import key_client

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR_AGO = NOW - timedelta(hours=1)


@pytest.fixture
def busy(project, noor, omar):
    """A project in which a little of everything happened in the last hour."""
    cache.clear()
    change_project(project, {"is_transparency_public": True}, actor="tests")
    for number in range(2):
        factories.make_log(project, f"Hello {number}", now=HOUR_AGO)
    approved, rejected = (factories.make_item(project, now=HOUR_AGO) for _ in range(2))
    blocked = factories.make_log(project, factories.BLOCKED, now=HOUR_AGO)
    log = factories.make_log(project, "I will kill you", message_id="m1", now=HOUR_AGO)
    reported = NewReport(message_id=rejected.log.message_id, reporter_id="r1", reason="rude")
    report(project, reported, now=HOUR_AGO)
    half = HOUR_AGO + timedelta(minutes=10)
    decide(approved.pk, DecisionRequest(DecisionKind.APPROVE), noor, now=half)
    decide(rejected.pk, DecisionRequest(DecisionKind.REJECT), noor, now=half)
    ban = issue_ban(
        Author(project, "u1", ""), type="permanent", hours=None, reason="x", actor="noor", now=half
    )
    made = [appeal(subject, "No.", now=half)[0] for subject in (blocked, log, ban)]
    answer = Answer("overturned", "Sorry.")
    decide_appeal(made[0].pk, answer, omar, now=half + timedelta(seconds=90))
    relay.run_once([])
    return project


def figures(project, query=""):
    answer = key_client(project, "read").get(f"/api/v1/transparency{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_everything_is_counted_once(transactional_db, busy):
    told = figures(busy)
    assert told["content"]["total"] == 6
    assert told["content"]["by_verdict"] == {"allow": 2, "warn": 0, "flag": 2, "block": 2}
    assert told["content"]["by_category"]["threat"] == 1
    assert told["measures"]["content_not_shown"] == {"total": 2, "automated": 1, "by_person": 1}
    assert told["measures"]["strikes"] == {"total": 3, "automated": 2, "by_person": 1}
    assert told["measures"]["bans"] == {
        "total": 1, "automated": 0, "by_person": 1, "temporary": 0, "permanent": 1,
    }  # fmt: skip
    assert told["decisions"]["by_ruling"] == {"approve": 1, "reject": 1, "dismiss": 0}
    assert told["decisions"]["median_seconds"] == 600
    assert told["reports"] == {"total": 1, "content_not_shown": 1, "by_reason": {"rude": 1}}
    assert told["appeals"] == {
        "total": 3, "open": 2, "decided": 1, "by_outcome": {"upheld": 0, "overturned": 1},
        "of_bans": 1, "self_reviewed": 0, "median_seconds": 90,
    }  # fmt: skip


def test_a_period_leaves_out_what_lies_beside_it(busy):
    told = figures(busy, "?since=2001-01-01T00:00:00Z&until=2001-02-01T00:00:00Z")
    assert (told["since"][:10], told["until"][:10]) == ("2001-01-01", "2001-02-01")
    assert told["content"]["total"] == told["appeals"]["total"] == told["reports"]["total"] == 0
    assert told["decisions"]["median_seconds"] is None


@pytest.mark.parametrize(
    "query",
    [
        "?since=nonsense",
        "?since=2001-02-01T00:00:00Z&until=2001-01-01T00:00:00Z",
        "?until=0001-01-01T00:00:00Z",
        "?since=%00",
    ],
)
def test_what_is_no_period_is_refused(project, query):
    assert key_client(project, "read").get(f"/api/v1/transparency{query}").status_code == 422


def test_the_last_hour_of_the_calendar_is_empty(busy):
    sum_hours(timezone.now())
    told = figures(busy, "?since=9999-12-31T23:30:00Z&until=9999-12-31T23:59:59Z")
    assert told["content"]["total"] == 0


def test_another_projects_figures_are_not_counted(busy):
    other = figures(factories.make_project("elsewhere"))
    assert other["content"]["total"] == other["measures"]["bans"]["total"] == 0


def test_anyone_reads_the_page(client, busy):
    text = client.get("/transparency/forum?days=30").content.decode()
    assert "6 messages were checked" in text
    assert "1 overturned, 0 upheld" in text
    assert "noor" not in text


@pytest.mark.parametrize("query", ["?days=999999999999", "?days=x", ""])
def test_the_page_has_fixed_periods(client, busy, query):
    answer = client.get(f"/transparency/forum{query}")
    assert answer.context["days"] == 180


def test_the_page_counts_once_in_a_while(client, busy, django_assert_num_queries):
    client.get("/transparency/forum")
    with django_assert_num_queries(1):
        client.get("/transparency/forum")


def test_the_page_of_no_project_is_absent(client, db):
    assert client.get("/transparency/nowhere").status_code == 404
