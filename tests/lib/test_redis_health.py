"""Whether Redis answers, as checks see it without waiting."""

import pytest

from moderation.lib import redis_health
from moderation.lib.redis_health import RedisHealth
from tests.api.clients import Api
from tests.messages import key


@pytest.fixture
def state(monkeypatch, settings):
    """Return what Redis is made to say; each question is asked at once."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    said = ["connected"]
    monkeypatch.setattr(redis_health, "redis_state", lambda: said[0])
    monkeypatch.setattr(redis_health._background, "submit", lambda ask: ask())
    return said


def test_the_state_is_asked_for_again_after_a_while(state, monkeypatch):
    health = RedisHealth()
    clock = [0.0]
    monkeypatch.setattr(redis_health.time, "monotonic", lambda: clock[0])
    assert not health.is_away()
    state[0] = "unreachable"
    assert not health.is_away()
    clock[0] = 2.0
    assert health.is_away()
    state[0], clock[0] = "connected", 4.0
    assert not health.is_away()


def test_without_redis_nothing_is_asked(settings, monkeypatch):
    settings.REDIS_URL = ""
    monkeypatch.setattr(redis_health, "redis_state", lambda: 1 / 0)
    assert not RedisHealth().is_away()


def test_a_check_names_redis_while_it_is_away(arena, monkeypatch):
    api = Api(key(arena, "check"))
    assert api.check()["degraded"] == []
    monkeypatch.setattr(redis_health.redis_health, "is_away", lambda: True)
    assert api.check()["degraded"] == ["redis"]


def test_redis_that_does_not_listen_is_unreachable(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert redis_health.redis_state() == "unreachable"
