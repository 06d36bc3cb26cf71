"""Parse Perspective's requests; each error is answered as Perspective answers it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.integrations.compat.perspective import errors
from moderation.integrations.compat.perspective.attributes import (
    ATTRIBUTES,
    NOT_SCORED,
    attribute_named,
)
from moderation.integrations.compat.perspective.errors import BadRequest
from moderation.lib.json_types import JsonObject

#: "The maximum text size per request is 20 KB" (its page Limits). Counted in characters, because
#: clients cut their texts by characters: one of 20,000 must not lose its score for its alphabet.
MAX_TEXT_LENGTH = 20_480
#: The only score type that Perspective ever had, and "not specified".
SCORE_TYPES = {"PROBABILITY", "SCORE_TYPE_UNSPECIFIED"}
#: Perspective refused HTML; the engine reads through markup.
TEXT_TYPES = {"PLAIN_TEXT", "TEXT_TYPE_UNSPECIFIED", "HTML"}
SNAKE = re.compile(r"_([a-z])")
#: Longest stored token or community.
MAX_TOKEN_LENGTH = 1_000

#: Fields of a request and what they must be, in Google's words for types.
COMMON = {
    "comment": "message",
    "context": "message",
    "languages": "list",
    "clientToken": "TYPE_STRING",
    "sessionId": "TYPE_STRING",
    "communityId": "TYPE_STRING",
}
ANALYZE = {
    **COMMON,
    "requestedAttributes": "message",
    "doNotStore": "TYPE_BOOL",
    "spanAnnotations": "TYPE_BOOL",
    "dropUnsupportedAttributes": "TYPE_BOOL",
}
SUGGEST = {**COMMON, "attributeScores": "message"}
TYPES: Mapping[str, type] = {
    "message": dict,
    "list": list,
    "TYPE_STRING": str,
    "TYPE_BOOL": bool,
}


@dataclass(frozen=True)
class AnalyzeRequest:
    """A request to score a comment."""

    text: str
    #: Attribute, as the client calls it → threshold; lower scores are left out.
    attributes: Mapping[str, float]
    #: As the client named them; empty means to detect the language.
    languages: tuple[str, ...] = ()
    wants_spans: bool = False
    drops_unsupported: bool = False
    client_token: str | None = None


@dataclass(frozen=True)
class SuggestRequest:
    """A request to store the scores that a comment should have."""

    text: str
    #: Attribute → `{"summaryScore": {"value"}, "spanScores": […]}`, as it was sent.
    scores: Mapping[str, Any]
    languages: tuple[str, ...] = ()
    client_token: str | None = None
    community: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


def analyze_request(data: Any) -> AnalyzeRequest:
    """Return the request of `comments:analyze`; BadRequest if it is invalid."""
    body = _typed(data, ANALYZE)
    requested = body.get("requestedAttributes")
    text = _text(body)
    if not requested:
        raise errors.no_attributes()
    return AnalyzeRequest(
        text=text,
        attributes={name: _threshold(name, wanted) for name, wanted in requested.items()},
        languages=_languages(body),
        wants_spans=body.get("spanAnnotations", False),
        drops_unsupported=body.get("dropUnsupportedAttributes", False),
        client_token=_token(body, "clientToken"),
    )


def suggest_request(data: Any) -> SuggestRequest:
    """Return the request of `comments:suggestscore`; BadRequest if it is invalid."""
    body = _typed(data, SUGGEST)
    scores = body.get("attributeScores")
    text = _text(body)
    if not scores:
        raise BadRequest("Missing attribute_scores", "NO_REQUESTED_ATTRIBUTES")
    for name, suggested in scores.items():
        _check_suggested(name, suggested)
    return SuggestRequest(
        text=text,
        scores=scores,
        languages=_languages(body),
        client_token=_token(body, "clientToken"),
        community=_token(body, "communityId") or "",
        context=body.get("context") or {},
    )


def _typed(data: Any, fields: Mapping[str, str]) -> JsonObject:
    """Return the body by its JSON names; snake_case works too, as with Google's servers."""
    if not isinstance(data, dict):
        raise BadRequest("Invalid JSON payload received. Root element must be a message.")
    body = {SNAKE.sub(lambda match: match[1].upper(), name): data[name] for name in data}
    # Google's servers take one value for a list, and n8n's node sends its language so.
    if isinstance(body.get("languages"), str):
        body["languages"] = [body["languages"]]
    for name, value in body.items():
        if name not in fields:
            raise BadRequest(
                f'Invalid JSON payload received. Unknown name "{name[:100]}": Cannot find field.'
            )
        if value is not None:
            _check_type(name, value, fields[name])
    return {name: value for name, value in body.items() if value is not None}


def _check_type(name: str, value: Any, kind: str) -> None:
    if not isinstance(value, TYPES[kind]):
        raise BadRequest(f"Invalid value at '{name}' ({kind}), {str(value)[:100]!r}")


def _text(body: Mapping[str, Any]) -> str:
    context, comment = body.get("context") or {}, body.get("comment") or {}
    article = context.get("articleAndParentComment") or context.get("article_and_parent_comment")
    if context.get("entries") and article:
        raise BadRequest(
            "Context can have either entries or article_and_parent_comment, "
            "but both fields were populated."
        )
    text, text_type = comment.get("text") or "", comment.get("type") or "PLAIN_TEXT"
    _check_type("comment.text", text, "TYPE_STRING")
    _check_type("comment.type", text_type, "TYPE_STRING")
    if text_type.upper() not in TEXT_TYPES:
        raise BadRequest("Unknown text type")
    if not text.strip():
        raise errors.empty_comment()
    if len(text) > MAX_TEXT_LENGTH:
        raise errors.comment_too_long()
    return str(text)


def _languages(body: Mapping[str, Any]) -> tuple[str, ...]:
    languages = body.get("languages", [])
    for language in languages:
        _check_type("languages", language, "TYPE_STRING")
    return tuple(languages)


def _token(body: Mapping[str, Any], name: str) -> str | None:
    token: str | None = body.get(name)
    if token is not None and len(token) > MAX_TOKEN_LENGTH:
        raise BadRequest(f"Invalid value at '{name}': over {MAX_TOKEN_LENGTH} characters")
    return token


def _threshold(name: str, wanted: Any) -> float:
    """Return the attribute's threshold, 0 by default."""
    _check_type(f"requested_attributes[{name}]", wanted, "message")
    score_type = wanted.get("scoreType", wanted.get("score_type")) or "PROBABILITY"
    _check_type(f"requested_attributes[{name}].score_type", score_type, "TYPE_STRING")
    # n8n's node writes it in small letters.
    if score_type.upper() not in SCORE_TYPES:
        raise errors.unsupported_score_type(score_type, name)
    threshold = wanted.get("scoreThreshold", wanted.get("score_threshold")) or 0
    _check_number(f"requested_attributes[{name}].score_threshold", threshold)
    return float(threshold)


def _check_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(f"Invalid value at '{name}' (TYPE_FLOAT), {str(value)[:100]!r}")


def _check_suggested(name: str, suggested: Any) -> None:
    if attribute_named(name) is None and name not in NOT_SCORED:
        raise errors.unknown_attribute(name, ATTRIBUTES)
    _check_type(f"attribute_scores[{name}]", suggested, "message")
    summary, spans = suggested.get("summaryScore"), suggested.get("spanScores")
    if summary is None and not spans:
        raise BadRequest(f"Attribute {name} has neither a summary score nor span scores.")
    scored = [span.get("score") if isinstance(span, dict) else None for span in spans or []]
    for score in [*scored, *([] if summary is None else [summary])]:
        _check_type(f"attribute_scores[{name}]", score, "message")
        value = score.get("value", 0)
        _check_number(f"attribute_scores[{name}].value", value)
        if not 0 <= value <= 1:
            raise BadRequest(f"Invalid value at 'attribute_scores[{name}].value': not from 0 to 1")
