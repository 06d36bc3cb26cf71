"""OpenAI's moderation endpoint: its request, its thirteen categories, its errors.

After https://platform.openai.com/docs/api-reference/moderations (model `omni-moderation`).
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple, NotRequired, TypedDict

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.parsers import AnyTypeJSONParser
from moderation.api.permissions import caller_of
from moderation.api.schema import ErrorStyle
from moderation.engine.matches import Category
from moderation.engine.verdict.verdict import VerdictKind
from moderation.integrations.compat.coverage import coverage_of
from moderation.integrations.compat.error_formats import (
    engine_headers,
    error_response,
    reformatted,
)
from moderation.integrations.compat.harms import harms_of
from moderation.integrations.compat.scores import HELD, scores_of
from moderation.lib.errors import Invalid
from moderation.lib.json_types import JsonObject
from moderation.models import Project
from moderation.models.ids import new_id
from moderation.pipeline.moderate import analyze
from moderation.pipeline.outcome import Judgement
from moderation.pipeline.submission import MAX_CONTENT_LENGTH
from moderation.rules.active import active_ruleset

MAX_INPUTS = 100
#: OpenAI's categories that the engine does not score: always false, with score 0.
NOT_SCORED = ("illicit", "illicit/violent", "sexual/minors", "violence/graphic")
#: Words of somebody who speaks of harming themselves, in the languages of the word lists.
FIRST_PERSON = re.compile(
    r"\b(?:i|im|my|mine|me|mi|myself|yo|apne|main|mujhe|mera|meri|khud)\b|\w[aei]rme\b",
    re.IGNORECASE,
)
#: The kind of a part of a multimodal input that nobody can read here.
IMAGE = "image"
CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


class ImageUrl(TypedDict):
    url: str


class InputPart(TypedDict):
    type: Annotated[str, ("enum", ("text", "image_url"))]
    text: NotRequired[str]
    image_url: NotRequired[ImageUrl]


class ModerationsRequest(TypedDict):
    input: str | list[str] | list[InputPart]
    model: NotRequired[str]


class ModerationResult(TypedDict):
    flagged: bool
    categories: dict[str, bool]
    category_scores: dict[str, float]
    category_applied_input_types: dict[str, list[str]]


class ModerationsAnswer(TypedDict):
    id: str
    model: str
    results: list[ModerationResult]


class OpenAIErrorFields(TypedDict):
    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(TypedDict):
    error: OpenAIErrorFields


class ModerationsView(APIView):
    """POST /v1/moderations"""

    action = "check"
    tag = "OpenAI"
    error_style = ErrorStyle(OpenAIError, never=frozenset({409, 415, 422}))
    parser_classes = [AnyTypeJSONParser]

    def get_exception_handler(self) -> Any:
        return answer_error

    @extend_schema(
        summary="Moderate texts as OpenAI's endpoint does; store nothing",
        request=ModerationsRequest,
        responses=ModerationsAnswer,
        examples=[
            OpenApiExample("Two texts", {"input": ["Hello", "Shut up"]}, request_only=True),
            OpenApiExample(
                "A text and an image",
                {
                    "model": "omni-moderation-latest",
                    "input": [
                        {"type": "text", "text": "Hello"},
                        {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
                    ],
                },
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        answer, headers = door(request.data, caller_of(request).project)
        return Response(answer, headers=headers)


def door(data: Any, project: Project) -> tuple[ModerationsAnswer, dict[str, str]]:
    """Return the answer to a request's document, and its headers."""
    inputs = inputs_from(data)
    active = active_ruleset(project)
    coverages = [coverage_of(one.text, (), active) for one in inputs]
    judgements = [
        analyze(one.text, active, uses_model=coverage.has_model)
        for one, coverage in zip(inputs, coverages, strict=True)
    ]
    answer: ModerationsAnswer = {
        "id": f"modr-{new_id().hex}",
        "model": f"gavel-{settings.ENGINE_VERSION}",
        "results": [
            result_of(judgement, has_text=bool(one.text))
            for one, judgement in zip(inputs, judgements, strict=True)
        ],
    }
    failed = {part for judgement in judgements for part in judgement.classification.failed}
    lacks = {IMAGE for one in inputs if one.has_image}
    lacks |= {"language" for coverage in coverages if not coverage.is_covered}
    return answer, engine_headers(tuple(sorted(failed)), tuple(sorted(failed | lacks)))


# Without it a POST is refused for its missing CSRF token before anybody looks for the address.
@csrf_exempt
def not_found(request: HttpRequest, **_path: str) -> HttpResponse:
    return error_response(error_document, 404, request)


# --- The request


class Input(NamedTuple):
    """What one result is about."""

    text: str
    has_image: bool = False


def inputs_from(data: Any) -> list[Input]:
    """Return the inputs, one for each result; Invalid if there are none."""
    if not isinstance(data, dict) or data.get("input") is None:
        raise Invalid("input", "Missing required parameter: 'input'.")
    inputs = data["input"]
    if isinstance(inputs, str):
        return [Input(_text(inputs, "input"))]
    if not isinstance(inputs, list) or not 1 <= len(inputs) <= MAX_INPUTS:
        raise Invalid("input", f"must be a string or a list of 1 to {MAX_INPUTS} strings.")
    if all(isinstance(part, dict) for part in inputs):
        return [_input_of_parts(inputs)]
    return [Input(_text(text, f"input[{place}]")) for place, text in enumerate(inputs)]


def _input_of_parts(parts: Sequence[dict[str, Any]]) -> Input:
    """Return the parts of a multimodal input, which have one result together."""
    texts = [_text(part.get("text"), "input") for part in parts if part.get("type") == "text"]
    images = [part for part in parts if part.get("type") == "image_url"]
    if len(texts) + len(images) < len(parts):
        raise Invalid("input", "Parts must have the type 'text' or 'image_url'.")
    return Input(_text("\n".join(texts), "input"), bool(images))


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise Invalid(name, "must be a string.")
    if len(value) > MAX_CONTENT_LENGTH:
        raise Invalid(name, f"must have at most {MAX_CONTENT_LENGTH} characters.")
    return value


# --- The answer


def result_of(judgement: Judgement, *, has_text: bool = True) -> ModerationResult:
    """Return one result; a category is true from the policy's threshold for a flag on."""
    verdict = judgement.verdict
    category_scores = scores_by_category(judgement)
    categories = {name: score >= HELD for name, score in category_scores.items()}
    is_held = scores_of(judgement).toxicity >= HELD or verdict.kind is VerdictKind.BLOCK
    return {
        "flagged": is_held or any(categories.values()),
        "categories": categories,
        "category_scores": category_scores,
        "category_applied_input_types": {
            name: ["text"] if has_text and name not in NOT_SCORED else []
            for name in category_scores
        },
    }


def scores_by_category(judgement: Judgement) -> dict[str, float]:
    """Return OpenAI's thirteen categories, 0-1 (docs/moving-from-openai.md maps them)."""
    harms = harms_of(judgement)
    return {
        "harassment": harms.harassment,
        "harassment/threatening": harms.threat,
        "hate": harms.hate,
        "hate/threatening": min(harms.hate, harms.threat),
        "self-harm": harms.self_harm,
        **_kinds_of_self_harm(judgement, harms.self_harm),
        "sexual": harms.sexual,
        "violence": harms.threat,
        **dict.fromkeys(NOT_SCORED, 0.0),
    }


def _kinds_of_self_harm(judgement: Judgement, score: float) -> dict[str, float]:
    """Tell somebody who speaks of themselves from somebody who urges others."""
    matches = judgement.classification.matches
    texts = [match.text for match in matches if match.category is Category.SELF_HARM]
    is_own = any(FIRST_PERSON.search(text) for text in texts)
    is_urged = any(not FIRST_PERSON.search(text) for text in texts)
    return {
        "self-harm/intent": score if is_own else 0.0,
        "self-harm/instructions": score if is_urged else 0.0,
    }


# --- Errors


def answer_error(error: Exception, context: JsonObject) -> Response | None:
    """DRF's exception handler for OpenAI's endpoints."""
    return reformatted(error, context, error_document)


def error_document(error: Exception | None, status: int, detail: str) -> OpenAIError:
    kind = "requests" if status == 429 else "invalid_request_error"
    if status >= 500:
        kind = "server_error"
    param = error.field if isinstance(error, Invalid) else None
    return {"error": {"message": detail, "type": kind, "param": param, "code": CODES.get(status)}}
