"""A full disk: a clear 503, nothing half-written, and work goes on once there is space."""

import json

import pytest
from django.db import OperationalError, connection

from moderation.models import ModerationLog, OutboxEvent, Project
from tests import factories
from tests.api.clients import Api
from tests.messages import key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.standalone, pytest.mark.faults]


@pytest.fixture
def disk(arena):
    """Let SQLite refuse every new page, as it does when the disk is full."""

    def limit(pages):
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {pages}")

    def fill():
        with connection.cursor() as cursor:
            # Pages that earlier tests left free would take the next messages.
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            limit(cursor.fetchone()[0])

    yield fill, lambda: limit(2**31)
    limit(2**31)


def check_until_refused(api):
    """Send long messages until one is refused; return the last answer and how many came before."""
    for count in range(50):
        answer = api.try_check("a long text " * 600, user_id=f"author{count}")
        if answer.status_code != 200:
            return answer, count
    raise AssertionError("the disk took 50 long messages")


def test_a_check_is_refused_whole_and_works_again(disk):
    fill, free = disk
    api = Api(key(Project.objects.get(), "check"))
    fill()
    answer, stored = check_until_refused(api)
    problem = json.loads(answer.content)
    assert (answer.status_code, problem["type"]) == (503, "urn:gavel:problem:database_unavailable")
    assert "disk is full" in problem["detail"]
    assert answer.headers["Retry-After"] == "5"
    assert ModerationLog.objects.count() == stored
    assert OutboxEvent.objects.filter(type="moderation_update").count() == stored
    free()
    api.check()


def test_a_page_says_it_in_words(arena, monkeypatch):
    def full(*_args):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("reviews.pages.queue.lane_figures", full)
    browser = factories.sign_in(arena)
    browser.raise_request_exception = False
    answer = browser.get("/p/arena/queue")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "its disk is full" in answer.text
