"""How often one may call: 429 with its headers (docs/limits.md, "Rates")."""

import secrets

import pytest
from django.test import Client

from moderation.models import ModerationLog
from tests.api.clients import Api, message
from tests.messages import key

pytestmark = pytest.mark.on_services


@pytest.fixture
def guest(arena, settings, still_clock):
    """Return a client without a key, from an address that no earlier test used."""
    settings.OPEN_PROJECT = "arena"
    settings.RATE_LIMIT_REQUESTS_PER_MINUTE = 2
    address = f"2001:db8::{secrets.token_hex(2)}:{secrets.token_hex(2)}"
    return Api(client=Client(REMOTE_ADDR=address))


def test_open_calls_are_limited_per_address(guest):
    statuses = [guest.try_check().status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]


def test_a_refused_call_says_when_to_try_again(guest):
    for _ in range(3):
        refused = guest.try_check()
    assert refused.headers["RateLimit-Limit"] == "2"
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_an_answered_call_says_what_is_left(guest):
    headers = guest.try_check().headers
    assert (headers["RateLimit-Remaining"], "Retry-After" in headers) == ("1", False)


def test_a_key_is_unlimited_unless_it_has_a_rate(arena, settings):
    settings.RATE_LIMIT_REQUESTS_PER_MINUTE = 1
    caller = Api(key(arena, "check"))
    assert [caller.try_check().status_code for _ in range(3)] == [200] * 3


def test_a_key_with_a_rate_is_limited(arena, still_clock):
    caller = Api(key(arena, "check", rate_per_minute=1))
    assert [caller.try_check().status_code for _ in range(2)] == [200, 429]


def batch_of(count):
    return {"messages": [message() for _ in range(count)]}


def test_each_message_of_a_batch_counts_as_a_call(guest, settings):
    settings.RATE_LIMIT_REQUESTS_PER_MINUTE = 10
    answer = guest.post("moderation/check/batch", batch_of(7))
    assert (answer.status_code, answer.headers["RateLimit-Remaining"]) == (200, "3")
    refused = guest.post("moderation/check/batch", batch_of(4))
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    assert ModerationLog.objects.count() == 7
    assert guest.try_check().status_code == 200


def test_a_batch_of_a_key_without_a_rate_is_not_limited(arena, settings):
    settings.RATE_LIMIT_REQUESTS_PER_MINUTE = 1
    answer = Api(key(arena, "check")).post("moderation/check/batch", batch_of(3))
    assert (answer.status_code, "RateLimit-Remaining" in answer.headers) == (200, False)


def test_health_is_never_limited(guest):
    assert [guest.get("ping").status_code for _ in range(4)] == [200] * 4
