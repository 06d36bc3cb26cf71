"""The log hears of an outage once, and of its end once."""

import logging

from moderation.lib.outages import Outage


def test_an_outage_is_told_once_and_its_end_once(caplog):
    redis = Outage("Redis", logging.getLogger("tests"))
    for _ in range(2):
        redis.end()
        for _ in range(3):
            redis.note(ConnectionError("refused"), "events come late")
    redis.end()
    told = [record.getMessage() for record in caplog.records]
    assert told == ["Redis is away: events come late", "Redis is back"] * 2
    assert "ConnectionError: refused" in caplog.text
