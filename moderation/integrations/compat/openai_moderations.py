"""OpenAI's moderation endpoint: its request, its thirteen categories, its errors.

After https://platform.openai.com/docs/api-reference/moderations (model `omni-moderation`).
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import pipeline, queries
from moderation.api.permissions import caller_of
from moderation.engine.decide import TOLERANCE
from moderation.engine.matches import Category, Classification
from moderation.engine.verdict import VerdictKind
from moderation.errors import Invalid
from moderation.ingest import MAX_CONTENT_LENGTH
from moderation.integrations.compat.shapes import plain, reshaped, with_engine
from moderation.models.ids import new_id
from moderation.settle import Judgement

MAX_INPUTS = 100
#: Categories of theirs that nothing here judges: always false, with score 0.
NOT_JUDGED = (
    "illicit",
    "illicit/violent",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual/minors",
    "violence/graphic",
)
CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


class ModerationsView(APIView):
    """POST /v1/moderations"""

    action = "check"

    def get_exception_handler(self) -> Any:
        return answer_error

    def post(self, request: Request) -> Response:
        texts = texts_from(request.data)
        in_force = queries.in_force(caller_of(request).project)
        judged = [pipeline.analyze(text, in_force) for text in texts]
        answer = {
            "id": f"modr-{new_id().hex}",
            "model": f"gavel-{settings.ENGINE_VERSION}",
            "results": [result_of(judgement) for judgement in judged],
        }
        failed = {part for judgement in judged for part in judgement.classification.failed}
        return with_engine(Response(answer), tuple(sorted(failed)))


def nowhere(request: HttpRequest, path: str = "") -> HttpResponse:
    return plain(error_document, 404, request)


# --- The request


def texts_from(data: Any) -> list[str]:
    """Return the texts to judge, one for each result; Invalid if there is none."""
    if not isinstance(data, dict) or data.get("input") is None:
        raise Invalid("input", "Missing required parameter: 'input'.")
    given = data["input"]
    if isinstance(given, str):
        return [_text(given, "input")]
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_INPUTS:
        raise Invalid("input", f"must be a string or a list of 1 to {MAX_INPUTS} strings.")
    if all(isinstance(part, dict) for part in given):
        return ["\n".join(_part(part) for part in given)]
    return [_text(text, f"input[{place}]") for place, text in enumerate(given)]


def _part(part: Mapping[str, Any]) -> str:
    """Return the text of one part of a mixed input, which as a whole has one result."""
    if part.get("type") != "text":
        raise Invalid("input", "Only parts of type 'text' are moderated here.")
    return _text(part.get("text"), "input")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise Invalid(name, "must be a string.")
    if len(value) > MAX_CONTENT_LENGTH:
        raise Invalid(name, f"must have at most {MAX_CONTENT_LENGTH} characters.")
    return value


# --- The answer


def result_of(judgement: Judgement) -> dict[str, Any]:
    """Return one result; a category holds from the policy's threshold for a flag on."""
    verdict, flag = judgement.verdict, judgement.policy.thresholds.flag
    scores = category_scores(judgement.classification)
    categories = {
        name: score + TOLERANCE >= flag and not verdict.is_ruled_by_approve
        for name, score in scores.items()
    }
    return {
        "flagged": any(categories.values()) or _is_held_otherwise(judgement),
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": {
            name: [] if name in NOT_JUDGED else ["text"] for name in scores
        },
    }


def category_scores(found: Classification) -> dict[str, float]:
    """Return all thirteen of their categories, 0-1 (docs/moving-from-openai.md says what of)."""
    model, lists = found.detoxify_scores, found.labels
    hate, threat, insult = (
        max(model[label], lists.get(label, 0.0)) for label in ("identity_hate", "threat", "insult")
    )
    # Words that a project listed without a kind must not slip through for want of a name.
    unnamed = max(found.categories.get(kind, 0.0) for kind in (Category.TOXICITY, Category.OTHER))
    judged = {
        "harassment": max(insult, unnamed),
        "harassment/threatening": threat,
        "hate": hate,
        "hate/threatening": min(hate, threat),
        "self-harm": found.categories.get(Category.SELF_HARM, 0.0),
        "sexual": found.categories.get(Category.SEXUAL, 0.0),
        "violence": threat,
    }
    return {**judged, **dict.fromkeys(NOT_JUDGED, 0.0)}


def _is_held_otherwise(judgement: Judgement) -> bool:
    """Say whether a rule of the project, or a failure of the engine, holds the text."""
    verdict = judgement.verdict
    is_held = verdict.kind.rank >= VerdictKind.FLAG.rank
    return is_held and (verdict.rule_name is not None or verdict.moderator_type == "system")


# --- Errors


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Be DRF's exception handler for OpenAI's addresses."""
    return reshaped(error, context, error_document)


def error_document(error: Exception | None, status: int, detail: str) -> dict[str, Any]:
    kind = "requests" if status == 429 else "invalid_request_error"
    if status >= 500:
        kind = "server_error"
    param = error.field if isinstance(error, Invalid) else None
    return {"error": {"message": detail, "type": kind, "param": param, "code": CODES.get(status)}}
