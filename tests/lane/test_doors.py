"""The lane answers other services' clients byte for byte as Django does."""

import json
import re

import pytest
from django.test import Client

from moderation.integrations.compat.doors import DOORS
from moderation.lane.requests import lane_request
from moderation.models import ModerationLog
from tests.lane.test_same_answers import done, scope_of, task_of, ways
from tests.messages import key

__all__ = ["ways"]
OPENAI, PERSPECTIVE = "/v1/moderations", "/v1alpha1/comments:analyze"
OWN = re.compile(rb"modr-[0-9a-f]{32}")
OWN_HEADERS = {"x-request-id", "content-length", "ratelimit-reset"}


def comment(text="Shut up idiot", **fields):
    return {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, **fields}


def by_lane(path, secret, document, query=b"", **headers):
    body = json.dumps(document).encode()
    task = task_of(path, secret, body, query, DOORS[path], **headers)
    done([task])
    return task.reply


def same(ways, path, document, *scopes, **fields):
    """Send to both; assert that the answers are the same and return whether the lane answered."""
    lane, django = (key(one, *scopes or ["check"], **fields) for one in ways)
    reply = by_lane(path, lane, document)
    client = Client(headers={"x-api-key": django})
    answer = client.post(path, json.dumps(document), content_type="application/json")
    if reply is None:
        return False
    assert answer.status_code == 200
    assert OWN.sub(b"", reply.body) == OWN.sub(b"", answer.content)
    sent = {name.decode(): value.decode() for name, value in reply.headers}
    expected = {name.lower(): value for name, value in answer.headers.items()}
    assert sent.keys() == expected.keys()
    assert {n: v for n, v in sent.items() if n not in OWN_HEADERS} == {
        n: v for n, v in expected.items() if n not in OWN_HEADERS
    }
    return True


@pytest.mark.parametrize(
    "given",
    [
        "Hello world", "You terrorist scum", ["Hello", "Shut up idiot", "flagword"],
        [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "http://a"}}],
        "これはとても長い日本語の文章です", "I want to kill myself",
    ],
    ids=range(6),
)  # fmt: skip
def test_openais_clients_get_the_same(ways, given):
    assert same(ways, OPENAI, {"input": given, "model": "omni-moderation-latest"})
    assert not ModerationLog.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"languages": ["en"]}, {"spanAnnotations": True, "clientToken": "c1"},
        {"requestedAttributes": {"TOXICITY": {"scoreThreshold": 0.5}, "INSULT": {}}},
        {"requestedAttributes": {"TOXICITY": {}, "INCOHERENT": {}},
         "dropUnsupportedAttributes": True},
        {"languages": ["ja"]},
    ],
    ids=range(6),
)  # fmt: skip
def test_perspectives_clients_get_the_same(ways, fields):
    assert same(ways, PERSPECTIVE, comment(**fields))


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (OPENAI, {}), (OPENAI, {"input": 5}), (OPENAI, {"input": "x" * 10_001}), (OPENAI, []),
        (OPENAI, {"input": ["long enough " * 500] * 3}),
        (PERSPECTIVE, {}), (PERSPECTIVE, comment("")), (PERSPECTIVE, comment(languages=5)),
        (PERSPECTIVE, comment(requestedAttributes={"NO_SUCH": {}})),
    ],
    ids=range(9),
)  # fmt: skip
def test_errors_and_long_texts_are_djangos(ways, path, document):
    assert not same(ways, path, document)


def test_who_may_not_check_is_djangos(ways):
    assert not same(ways, OPENAI, {"input": "Hello"}, "read")
    assert by_lane(OPENAI, "gvl_unknown", {"input": "Hello"}) is None


def test_rates_are_counted_once(ways):
    secret = key(ways[0], "check", rate_per_minute=2)
    left = [
        dict(by_lane(OPENAI, secret, {"input": "Hello"}).headers)[b"ratelimit-remaining"]
        for _ in range(2)
    ]
    assert left == [b"1", b"0"]
    assert by_lane(OPENAI, secret, {"input": "Hello"}) is None


def test_googles_clients_may_show_a_key_that_may_little(ways):
    secret, admin = (key(ways[0], scope).encode() for scope in ("check", "admin"))
    for query in (b"key=%s", b"key=%s&alt=json", b"alt=json&key=%s"):
        assert by_lane(PERSPECTIVE, None, comment(), query % secret)
    assert by_lane(PERSPECTIVE, None, comment(), x_goog_api_key=secret.decode())
    both = key(ways[0], "check", "admin").encode()
    assert by_lane(PERSPECTIVE, None, comment(), b"key=" + both) is None
    assert by_lane(PERSPECTIVE, None, comment(), x_goog_api_key=both.decode())
    assert by_lane(PERSPECTIVE, None, comment(), b"key=" + admin) is None


@pytest.mark.parametrize("query", [b"api_key=gvl_x", b"key=a%20b", b"key=x&x=y", b"key="])
def test_other_addresses_are_djangos(query):
    assert lane_request(scope_of(PERSPECTIVE, "gvl_key", query), DOORS[PERSPECTIVE]) is None
    assert lane_request(scope_of(OPENAI, "gvl_key", b"key=gvl_key"), DOORS[OPENAI]) is None


def test_comments_that_go_to_the_old_address_too_are_djangos(ways, settings):
    settings.PERSPECTIVE_PROXY_URL = "https://old.example"
    settings.PERSPECTIVE_PROXY_PROJECTS = {ways[0].slug}
    assert by_lane(PERSPECTIVE, key(ways[0], "check"), comment()) is None
