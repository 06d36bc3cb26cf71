"""What a Perspective request says: parsed once, each mistake answered as that service does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.integrations.compat.perspective import errors
from moderation.integrations.compat.perspective.errors import Mistake
from moderation.integrations.compat.perspective.scoring import ATTRIBUTES

#: "The maximum text size per request is 20 KB" (its page Limits), as its npm client counts it.
MAX_TEXT_BYTES = 20_480
#: The only score type it has ever had, beside "not said".
SCORE_TYPES = {"PROBABILITY", "SCORE_TYPE_UNSPECIFIED"}
PLAIN_TYPES = {"PLAIN_TEXT", "TEXT_TYPE_UNSPECIFIED"}
SNAKE = re.compile(r"_([a-z])")
#: Longest token or community that is kept.
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
class Ask:
    """A request to score a comment."""

    text: str
    #: Attribute → scores below this are left out.
    attributes: Mapping[str, float]
    #: As the client named them; empty means to be found out.
    languages: tuple[str, ...] = ()
    wants_spans: bool = False
    drops_unsupported: bool = False
    client_token: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """A request to store which scores a comment should have had."""

    text: str
    #: Attribute → `{"summaryScore": {"value"}, "spanScores": […]}`, as it was sent.
    scores: Mapping[str, Any]
    languages: tuple[str, ...] = ()
    client_token: str | None = None
    community: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


def ask_from(data: Any) -> Ask:
    """Return what `comments:analyze` is asked; Mistake if it makes no sense."""
    body = _typed(data, ANALYZE)
    requested = body.get("requestedAttributes")
    text = _text(body)
    if not requested:
        raise errors.no_attributes()
    return Ask(
        text=text,
        attributes={name: _threshold(name, wanted) for name, wanted in requested.items()},
        languages=_languages(body),
        wants_spans=body.get("spanAnnotations", False),
        drops_unsupported=body.get("dropUnsupportedAttributes", False),
        client_token=_token(body, "clientToken"),
    )


def suggestion_from(data: Any) -> Suggestion:
    """Return what `comments:suggestscore` is told; Mistake if it makes no sense."""
    body = _typed(data, SUGGEST)
    scores = body.get("attributeScores")
    text = _text(body)
    if not scores:
        raise Mistake("Missing attribute_scores", "NO_REQUESTED_ATTRIBUTES")
    for name, said in scores.items():
        _check_suggested(name, said)
    return Suggestion(
        text=text,
        scores=scores,
        languages=_languages(body),
        client_token=_token(body, "clientToken"),
        community=_token(body, "communityId") or "",
        context=body.get("context") or {},
    )


def _typed(data: Any, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the body by its JSON names; both spellings are taken, as Google's servers do."""
    if not isinstance(data, dict):
        raise Mistake("Invalid JSON payload received. Root element must be a message.")
    body = {SNAKE.sub(lambda found: found[1].upper(), name): data[name] for name in data}
    for name, value in body.items():
        if name not in fields:
            raise Mistake(
                f'Invalid JSON payload received. Unknown name "{name[:100]}": Cannot find field.'
            )
        if value is not None:
            _check_type(name, value, fields[name])
    return {name: value for name, value in body.items() if value is not None}


def _check_type(name: str, value: Any, kind: str) -> None:
    if not isinstance(value, TYPES[kind]):
        raise Mistake(f"Invalid value at '{name}' ({kind}), {str(value)[:100]!r}")


def _text(body: Mapping[str, Any]) -> str:
    _check_context(body.get("context") or {})
    comment = body.get("comment") or {}
    text = comment.get("text") or ""
    _check_type("comment.text", text, "TYPE_STRING")
    _check_text_type(comment)
    if not text.strip():
        raise errors.empty_comment()
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise errors.comment_too_long()
    return str(text)


def _check_text_type(entry: Mapping[str, Any]) -> None:
    named = entry.get("type") or "PLAIN_TEXT"
    _check_type("comment.type", named, "TYPE_STRING")
    if named == "HTML":
        raise Mistake("Currently, only 'PLAIN_TEXT' comments are supported")
    if named not in PLAIN_TYPES:
        raise Mistake("Unknown text type")


def _check_context(context: Mapping[str, Any]) -> None:
    article = context.get("articleAndParentComment") or context.get("article_and_parent_comment")
    if context.get("entries") and article:
        raise Mistake(
            "Context can have either entries or article_and_parent_comment, "
            "but both fields were populated."
        )


def _languages(body: Mapping[str, Any]) -> tuple[str, ...]:
    languages = body.get("languages", [])
    for language in languages:
        _check_type("languages", language, "TYPE_STRING")
    return tuple(languages)


def _token(body: Mapping[str, Any], name: str) -> str | None:
    token: str | None = body.get(name)
    if token is not None and len(token) > MAX_TOKEN_LENGTH:
        raise Mistake(f"Invalid value at '{name}': over {MAX_TOKEN_LENGTH} characters")
    return token


def _threshold(name: str, wanted: Any) -> float:
    """Return the attribute's threshold, 0 where none is named."""
    _check_attribute(name)
    _check_type(f"requested_attributes[{name}]", wanted, "message")
    score_type = wanted.get("scoreType", wanted.get("score_type")) or "PROBABILITY"
    _check_type(f"requested_attributes[{name}].score_type", score_type, "TYPE_STRING")
    if score_type not in SCORE_TYPES:
        raise errors.unsupported_score_type(score_type, name)
    threshold = wanted.get("scoreThreshold", wanted.get("score_threshold")) or 0
    _check_number(f"requested_attributes[{name}].score_threshold", threshold)
    return float(threshold)


def _check_attribute(name: str) -> None:
    if name not in ATTRIBUTES:
        raise errors.unknown_attribute(name, ATTRIBUTES)


def _check_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Mistake(f"Invalid value at '{name}' (TYPE_FLOAT), {str(value)[:100]!r}")


def _check_suggested(name: str, said: Any) -> None:
    _check_attribute(name)
    _check_type(f"attribute_scores[{name}]", said, "message")
    summary, spans = said.get("summaryScore"), said.get("spanScores")
    if summary is None and not spans:
        raise Mistake(f"Attribute {name} has neither a summary score nor span scores.")
    scored = [span.get("score") if isinstance(span, dict) else None for span in spans or []]
    for score in [*scored, *([] if summary is None else [summary])]:
        _check_probability(name, score)


def _check_probability(name: str, score: Any) -> None:
    _check_type(f"attribute_scores[{name}]", score, "message")
    value = score.get("value", 0)
    _check_number(f"attribute_scores[{name}].value", value)
    if not 0 <= value <= 1:
        raise Mistake(f"Invalid value at 'attribute_scores[{name}].value': not from 0 to 1")
