"""How many messages one author may send; more are refused and leave nothing behind."""

import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client

from moderation.lib.errors import TooMany
from moderation.models import ModerationLog, ModerationTask
from moderation.pipeline.moderate import moderate, rehearse
from moderation.pipeline.outcome import Outcome
from moderation.pipeline.submission import Submission
from moderation.pipeline.tasks import run_pending
from moderation.pipeline.together import moderate_together
from moderation.pipeline.writes import Writes
from tests.api.clients import Api
from tests.messages import key, project, row_counts, send, submission

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]


@pytest.fixture
def limited():
    return project(author_limits={"per_minute": 2, "per_hour": 100})


def test_the_next_message_is_refused_and_nothing_of_it_stored(limited):
    for _ in range(2):
        send(limited)
    before = row_counts()
    with pytest.raises(TooMany) as refusal:
        send(limited, "You fucking idiot, die")
    assert 1 <= refusal.value.wait <= 60
    assert row_counts() == before


def test_authors_are_counted_apart_and_in_all_channels(limited):
    send(limited)
    send(limited, channel_id="lobby")
    send(limited, user_id="ana")
    with pytest.raises(TooMany):
        send(limited, channel_id="garden")


def test_a_repeat_is_answered_and_not_counted(limited):
    for _ in range(5):
        assert send(limited, message_id="m1").log.message_id == "m1"
    send(limited)
    with pytest.raises(TooMany):
        send(limited)
    assert send(limited, message_id="m1").is_duplicate


def test_a_rehearsal_is_not_counted(limited):
    for _ in range(5):
        rehearse(submission(limited))
    send(limited)


def test_authors_without_a_name_are_not_counted(limited):
    for number in range(5):
        nameless = Submission(
            limited, f"m{number}", "anonymous", "general", "Hello", is_nameless=True
        )
        moderate(nameless)
    assert ModerationLog.objects.count() == 5


def test_without_limits_nobody_is_counted(arena):
    for _ in range(70):
        send(arena)


def test_the_api_answers_429_with_the_time_to_wait(limited):
    api = Api(key(limited, "check"))
    api.check()
    api.check()
    refused = api.try_check()
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["retry_after"] == int(refused.headers["Retry-After"])
    batch = {
        "messages": [{"message_id": "b1", "user_id": "zed", "channel_id": "c", "content": "a"}]
    }
    row = api.post("moderation/check/batch", batch).json()["results"][0]
    assert (row["message_id"], row["error"]["status"]) == ("b1", 429)


def test_a_message_that_is_judged_later_is_counted_when_it_is_accepted(limited):
    client = Client(headers={"X-API-Key": key(limited, "check")})

    def accept():
        body = {"content": "Hello", "user_id": "zed", "chat_id": "general"}
        return client.post("/api/messages", body, content_type="application/json")

    assert [accept().status_code for _ in range(3)] == [202, 202, 429]
    assert int(accept().headers["Retry-After"]) >= 1
    assert run_pending() == 2
    assert set(ModerationTask.objects.values_list("state", flat=True)) == {"SUCCESS"}


def failing_once(monkeypatch, error):
    """Let storing fail the first time, as if another process had stored a message first."""
    store, errors = Writes.store, [error]

    def fail_once(writes):
        if errors:
            raise errors.pop()
        store(writes)

    monkeypatch.setattr(Writes, "store", fail_once)


@pytest.mark.parametrize("error", [IntegrityError("twin"), OperationalError("cut off")])
def test_messages_that_are_stored_one_by_one_are_counted_once(limited, monkeypatch, error):
    failing_once(monkeypatch, error)
    authors = ("ana", "zed")
    messages = [submission(limited, user_id=name) for name in authors]
    assert all(isinstance(one, Outcome) for one in moderate_together(messages))
    for name in authors:
        send(limited, user_id=name)
        with pytest.raises(TooMany):
            send(limited, user_id=name)


def test_a_second_attempt_is_not_counted(limited, monkeypatch):
    failing_once(monkeypatch, IntegrityError("twin"))
    send(limited)
    send(limited)
    with pytest.raises(TooMany):
        send(limited)
