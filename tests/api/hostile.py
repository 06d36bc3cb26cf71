"""Build the requests that tests/data/hostile_inputs.json describes."""

import base64
import json
from pathlib import Path

from tests.api.clients import message

INPUTS = json.loads((Path(__file__).parents[1] / "data" / "hostile_inputs.json").read_text())
INPUTS = INPUTS["inputs"]
WORD = {"word": "zzz", "language": "en", "category": "other", "severity": "low"}
REPORT = {"message_id": "m1", "reporter_id": "r1", "reason": "spam"}
APPEAL = {"user_id": "zed", "message_id": "m1", "statement": "Please look again."}
RULE = {
    "name": "cats",
    "type": "keyword",
    "action": "flag",
    "config": {"keywords": ["cats"]},
}
#: target → method, path, a valid body
TARGETS = {
    "check": ("POST", "/api/v1/moderation/check", message),
    "analyze": ("POST", "/api/v1/moderation/analyze", lambda: {"text": "Hello"}),
    "batch": ("POST", "/api/v1/moderation/check/batch", lambda: {"messages": [message()]}),
    "blacklist": ("POST", "/api/v1/blacklist/words", lambda: dict(WORD)),
    "policy": ("PUT", "/api/v1/policy", dict),
    "report": ("POST", "/api/v1/reports", lambda: dict(REPORT)),
    "appeal": ("POST", "/api/v1/appeals", lambda: dict(APPEAL)),
    "rule_test": ("POST", "/api/v1/rules/test", lambda: {"rule": RULE, "texts": ["cats"]}),
    "get": ("GET", "", dict),
}


def request_of(case):
    """Return method, path, body and headers of a case."""
    method, path, valid = TARGETS[case["target"]]
    body = body_of(case, valid())
    return case.get("method", method), case.get("path", path), body, headers_of(case)


def headers_of(case):
    return {"Content-Type": "application/json", **case.get("headers", {})}


def body_of(case, valid):
    if case["target"] == "get":
        return b""
    if "raw" in case:
        middle = case.get("repeat", "") * case.get("times", 1)
        after = base64.b64decode(case.get("raw_after", ""))
        return base64.b64decode(case["raw"]) + middle.encode() + after
    value = case["value"]
    if "times" in case:
        value *= case["times"]
    extra = {"is_regex": True} if case.get("is_regex") else {}
    changed = {case["field"]: value} if "field" in case else value
    body = {**valid, **extra, **changed} if isinstance(changed, dict) else changed
    return json.dumps(body).encode()
