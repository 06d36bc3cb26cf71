"""A body is refused for what it holds before that takes memory or time."""

import json

import pytest
from rest_framework.exceptions import ParseError

from moderation.api.parsers import MAX_BODY_BYTES, MAX_VALUES, parse_json
from moderation.lib.errors import Invalid

MANY = MAX_VALUES + 1


@pytest.mark.parametrize("value", ["[]", "{}", "1", '""'])
def test_a_body_of_too_many_values_is_refused(value):
    body = f'{{"messages":[{",".join([value] * MANY)}]}}'
    with pytest.raises(Invalid, match="more than 200,000 values"):
        parse_json(body.encode())


def test_many_values_behind_a_long_beginning_are_refused():
    with pytest.raises(Invalid):
        parse_json(b'["' + b"[" * 2 * MAX_BODY_BYTES + b'",' + b"1," * MANY + b"1]")


def test_a_string_that_the_beginning_cuts_holds_no_values():
    text = "x" * (MAX_BODY_BYTES - 10) + "[" * MANY
    assert parse_json(json.dumps([text, 1]).encode()) == [text, 1]


def test_it_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr("moderation.api.parsers.json.loads", None)
    with pytest.raises(Invalid):
        parse_json(b"[" * MANY)


@pytest.mark.parametrize("text", ["[" * MANY, '",' * MANY, "\\[" * MANY, '\\",' * MANY])
def test_signs_inside_a_string_are_no_values(text):
    assert parse_json(json.dumps({"content": text}).encode()) == {"content": text}


@pytest.mark.parametrize("text", [b'\\"', b'"\\', b"\\\\", b'a"'])
def test_a_string_without_end_is_read_once(text):
    # Half a mebibyte: if each quote began a new search to the end, this would take an hour.
    with pytest.raises(Invalid):
        parse_json(b"[" * MANY + b'"' + text * 250_000)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (r'{"a":"x\u0000"}', "a"),
        (r'{"a":{"b":["\ud800"]}}', "a"),
        (r'{"a\u0000":1}', "body"),
        (r'"\uDC00"', "body"),
        (r'[{"a":"\udfff"}]', "body"),
        ('{"a":' + "[" * 40 + "]" * 40 + "}", "body"),
    ],
)
def test_what_no_database_stores_is_refused_by_field(body, field):
    with pytest.raises(Invalid) as refused:
        parse_json(body.encode())
    assert refused.value.field == field


@pytest.mark.parametrize("body", [r'{"a":"\ud83d\ude00"}', r'{"a":"\\u0000"}', '{"a":"[[[["}'])
def test_what_only_looks_like_it_is_taken(body):
    assert parse_json(body.encode()) == json.loads(body)


@pytest.mark.parametrize("body", [b'{"a":"\0"}', b'{"a":"\xed\xa0\x80"}', b'{"a":NaN}', b"1e999"])
def test_what_is_not_json_is_a_parse_error(body):
    with pytest.raises(ParseError):
        parse_json(body)
