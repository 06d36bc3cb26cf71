"""A log line is readable or JSON, says which request it belongs to, and leaks no address."""

import json
import logging
import sys
from contextvars import ContextVar
from logging.config import DictConfigurator
from types import SimpleNamespace

import pytest

from moderation_site.logs import logging_settings


@pytest.fixture
def one_json_line():
    """Return what one record, with these facts, looks like in the JSON log."""
    formatters = logging_settings(level="INFO", style="json")["formatters"]
    formatter = DictConfigurator({"version": 1}).configure_formatter(formatters["line"])

    def write(**facts):
        record = logging.makeLogRecord(
            {"msg": "Ban lifted", "name": "moderation.sanctions.bans", **facts}
        )
        return json.loads(formatter.format(record))

    return write


def test_facts_stand_beside_the_message(one_json_line):
    line = one_json_line(project="demo")
    assert line["event"] == "Ban lifted"
    assert line["logger"] == "moderation.sanctions.bans"
    assert line["project"] == "demo"


def test_a_request_object_is_left_out(one_json_line):
    assert "request" not in one_json_line(request="<WSGIRequest: GET '/?token=secret'>")


def test_the_request_id_is_added(one_json_line, monkeypatch, settings):
    settings.REQUEST_ID_VAR = "a_module.request_id"
    variable = ContextVar("request_id")
    variable.set("r-1")
    monkeypatch.setitem(sys.modules, "a_module", SimpleNamespace(request_id=variable))
    assert one_json_line()["request_id"] == "r-1"


def test_there_is_no_request_id_before_the_first_request(one_json_line, settings):
    settings.REQUEST_ID_VAR = "not_loaded.request_id"
    assert "request_id" not in one_json_line()
