"""Every hostile value in every place of the API that takes a text, and the pages that show it."""

import json
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client

from moderation.models import BlacklistWord, ModerationLog, Rule, Webhook
from reviews.models import Appeal, Report, ReviewItem
from tests.api.hostile import INPUTS, RULE, WORD
from tests.api.test_errors import is_problem
from tests.messages import key, member, send

pytestmark = [pytest.mark.django_db]


def distinct(values):
    return list({json.dumps(value): value for value in values}.values())


VALUES = distinct(
    case["value"] * case.get("times", 1) if isinstance(case["value"], str) else case["value"]
    for case in INPUTS
    if "value" in case
)
TEXTS = [value for value in VALUES if isinstance(value, str)]
SHORT_TEXTS = distinct(text[:300] for text in TEXTS)
#: One that is too long for a name is as good as another.
LONG = [value for value in TEXTS if len(value) > 1000]
SHORT_VALUES = [value for value in VALUES if value not in LONG[1:]]
TAKE_LONG_TEXTS = {"check", "analyze", "rule tried", "report"}
#: Nothing may be stored of these: no database takes a NUL, no encoding half a character.
UNSTORABLE = [
    text for text in TEXTS if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text)
]
MARKUP = [text for text in TEXTS if "<" in text and "script" in text]
FLAGGED = "Shut up idiot"

#: What a call takes → method, path, and the body with a value in each place for a text. In braces
#: what `places` tells.
CALLS = {
    "check": ("POST", "moderation/check", lambda v: {
        "message_id": v, "user_id": v, "channel_id": v, "content": v, "username": v,
        "reply_to": v, "metadata": {"source": v}}),
    "analyze": ("POST", "moderation/analyze", lambda v: {"text": v, "language": v}),
    "chat token": ("POST", "chat-tokens", lambda v: {"user_id": v, "channel_id": v, "username": v}),
    "word": ("POST", "blacklist/words", lambda v: {**WORD, "word": v, "notes": v}),
    "pattern": ("POST", "blacklist/words", lambda v: {**WORD, "word": v, "is_regex": True}),
    "word changed": ("PATCH", "blacklist/words/{word}", lambda v: {"word": v, "notes": v}),
    "words": ("POST", "blacklist/words/import", lambda v: [{**WORD, "word": v, "notes": v}]),
    "trusted": ("POST", "whitelist/users", lambda v: {"user_id": v, "note": v}),
    "phrase": ("POST", "whitelist/phrases", lambda v: {"phrase": v}),
    "rule": ("POST", "rules", lambda v: {
        **RULE, "name": v, "is_active": False, "config": {"keywords": [v]},
        "examples": {"must_match": [v], "must_not_match": []}}),
    "rule's pattern": ("POST", "rules", lambda v: {
        **RULE, "name": "p", "type": "regex", "is_active": False, "config": {"pattern": v}}),
    "rule changed": ("PATCH", "rules/{rule}", lambda v: {"name": v}),
    "rule tried": ("POST", "rules/test", lambda v: {"rule": RULE, "texts": [v]}),
    "pattern tried": ("POST", "rules/test", lambda v: {
        "rule": {**RULE, "type": "regex", "config": {"pattern": v}}, "texts": ["a"]}),
    "rule's backtest": ("POST", "rules/backtest", lambda v: {"rule": v, "days": v}),
    "policy": ("PUT", "policy", lambda v: {"languages": [v], "phone_regions": [v]}),
    "policy's lists": ("PUT", "policy", lambda v: {"meta_data_in_events": [v], "storage": v}),
    "policy's backtest": ("POST", "policy/backtest", lambda v: {"policy": {"preset": v}}),
    "report": ("POST", "reports", lambda v: {
        "message_id": v, "reporter_id": v, "reason": v, "note": v, "content": v, "user_id": v,
        "channel_id": v}),
    "report of a message": ("POST", "reports", lambda v: {
        "message_id": "m1", "reporter_id": v, "reason": v, "note": v}),
    "appeal": ("POST", "appeals", lambda v: {"user_id": v, "message_id": v, "statement": v}),
    "statement": ("POST", "appeals", lambda v: {
        "user_id": "zed", "message_id": "m1", "statement": v}),
    "answer": ("POST", "appeals/{appeal}/decide", lambda v: {"outcome": v, "note": v}),
    "note": ("POST", "reviews/{review}/notes", lambda v: {"text": v}),
    "decision": ("POST", "reviews/{review}/decide", lambda v: {
        "decision": v, "note": v, "reason_code": v}),
    "saved filter": ("POST", "saved-filters", lambda v: {
        "name": v, "filters": {"text": v, "author": v}}),
    "webhook": ("POST", "webhooks", lambda v: {
        "name": v, "url": "https://example.org/", "events": ["moderation_update"]}),
    "webhook's address": ("POST", "webhooks", lambda v: {
        "name": "w", "url": v, "events": ["moderation_update"]}),
    "key": ("POST", "keys", lambda v: {"name": v, "scopes": ["check"], "expires_at": v}),
    "member": ("POST", "members", lambda v: {"username": v, "role": "viewer"}),
    "invitation": ("POST", "invitations", lambda v: {"email": v, "role": "viewer"}),
    "project": ("PATCH", "project", lambda v: {"name": v}),
    "ban": ("POST", "admin/users/ban?user_id={value}", lambda v: {
        "channel_id": v, "type": "permanent", "reason": v}),
    "unban": ("PUT", "admin/users/unban?user_id={value}", lambda v: {
        "channel_id": v, "reason": v}),
    "export": ("POST", "exports", lambda v: {"kind": v, "format": v, "since": v}),
}  # fmt: skip
#: Every text of a query, all in one call; a mark tells two calls of one address apart.
QUERIES = {
    "logs": ("search", "user_id", "channel_id", "message_id", "language"),
    "logs?": ("search",),
    "reviews": ("user_id", "channel_id", "language", "claimed_by"),
    "appeals": ("user_id",),
    "audit": ("actor", "action", "object_type", "object_id"),
    "blacklist/words": ("search", "language", "category", "severity"),
    "admin/banned-users": ("channel_id",),
    "admin/users/violations": ("user_id", "channel_id"),
    "admin/users/status": ("user_id", "channel_id"),
    "admin/channels/stats": ("channel_id",),
    "moderation/status": ("user_id", "channel_id"),
    "webhooks/{webhook}/deliveries": ("event_type",),
}
#: Tried for every change; CI tries all.
OFTEN = {"check", "word", "report of a message", "appeal", "decision", "logs", "reviews"}


def often_and_slow(names):
    return [name if name in OFTEN else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.fixture
def places(arena):
    """Return what the calls name: a message with a review, an appeal of it, a word and others."""
    log = send(arena, FLAGGED, message_id="m1").log
    item = ReviewItem.objects.get(log=log)
    blocked = send(arena, "You fucking idiot, die", message_id="m2").log
    appeal = Appeal.objects.create(
        project=arena, user_id="zed", log=blocked, statement="No.", token_digest="d"
    )
    of = {"type": "keyword", "action": "flag", "config": {"keywords": ["zorp"]}}
    rule = Rule.objects.create(project=arena, name="r", is_active=False, created_by="t", **of)
    hook = {"url": "https://example.org/", "secret": "s", "created_by": "t"}
    webhook = Webhook.objects.create(project=arena, name="w", is_active=False, **hook)
    word = BlacklistWord.objects.get(word="warnword")
    named = {"review": item, "appeal": appeal, "rule": rule, "webhook": webhook, "word": word}
    return {name: row.pk for name, row in named.items()}


@pytest.fixture
def ask(arena, places):
    """Return a function that asks, as bytes whatever they are, and holds the answer's class."""
    client = Client(raise_request_exception=False)
    secret = {"X-API-Key": key(arena, "check", "admin")}

    def asked(method, path, body=b""):
        address = f"/api/v1/{path.format(**places)}"
        answer = client.generic(
            method, address, body, content_type="application/json", headers=secret
        )
        assert answer.status_code < 500, (method, address[:200], body[:200])
        assert is_problem(answer), (method, address[:200], answer.content[:200])
        return answer

    return asked


def as_query(value):
    """Return a value as a part of an address; what is no character is sent as its bytes."""
    text = value if isinstance(value, str) else json.dumps(value)
    return quote(text[:300].encode(errors="surrogatepass"), safe="")


def is_healthy(ask):
    fine = {"message_id": "fine", "user_id": "u", "channel_id": "c", "content": "blockword"}
    # A list that has any word of the values may find it in anything, but it must judge.
    verdict = ask("POST", "moderation/check", json.dumps(fine).encode()).json()
    return (ask("GET", "health").status_code, verdict["verdict"]) == (200, "block")


@pytest.mark.parametrize("call", often_and_slow(CALLS))
def test_a_hostile_value_gets_the_right_class_of_answer(ask, call):
    method, path, body = CALLS[call]
    for value in VALUES if call in TAKE_LONG_TEXTS else SHORT_VALUES:
        named = path.replace("{value}", as_query(value).replace("{", "").replace("}", ""))
        answer = ask(method, named, json.dumps(body(value)).encode())
        if isinstance(value, str) and value in UNSTORABLE and call != "words":
            assert 400 <= answer.status_code < 500, (call, value[:50])
    assert is_healthy(ask)


@pytest.mark.parametrize("path", often_and_slow(QUERIES))
def test_a_hostile_query_gets_the_right_class_of_answer(ask, path):
    for value in SHORT_TEXTS:
        query = "&".join(f"{name}={as_query(value)}" for name in QUERIES[path])
        ask("GET", f"{path.rstrip('?')}?" + query.replace("{", "%7B").replace("}", "%7D"))
    assert is_healthy(ask)


PAGES = (
    "live", "queue", "queue/{review}", "content", "content/{content}", "authors",
    "authors?user_id={author}", "bans", "blacklist", "rules", "rules/{rule}", "appeals",
    "appeals/{appeal}", "audit", "insights", "settings/policy", "settings/members",
    "settings/keys", "settings/webhooks", "settings/webhooks/{webhook}", "settings/exports",
)  # fmt: skip


@pytest.mark.parametrize(
    "markup",
    [MARKUP[0], *(pytest.param(markup, marks=pytest.mark.slow) for markup in MARKUP[1:])],
    ids=range(len(MARKUP)),
)
def test_markup_is_shown_as_text_wherever_it_was_stored(arena, ask, places, markup):
    for method, path, body in CALLS.values():
        named = path.replace("{value}", as_query(markup))
        ask(method, named, json.dumps(body(markup)).encode())
    ask("POST", f"appeals/{places['appeal']}/decide", json.dumps(
        {"outcome": "upheld", "note": markup}).encode())  # fmt: skip
    ask("POST", f"reviews/{places['review']}/decide", json.dumps(
        {"decision": "reject", "note": markup}).encode())  # fmt: skip
    stored = ModerationLog.objects.get(message_id=markup)
    assert (stored.content, Report.objects.filter(note=markup).count()) == (markup, 2)
    browser = Client()
    browser.force_login(member(arena, "owner", name="ada"))
    names = {**places, "content": stored.pk, "author": as_query(markup)}
    for page in PAGES:
        answer = browser.get(f"/p/arena/{page.format(**names)}")
        assert answer.status_code == 200, page
        assert markup not in answer.content.decode(), page
    assert User.objects.count() == 1
