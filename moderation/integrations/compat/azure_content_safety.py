"""Azure AI Content Safety's `text:analyze`: its request, four categories, severities and errors.

After https://learn.microsoft.com/en-us/rest/api/contentsafety/text-operations/analyze-text.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, TypedDict

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.parsers import AnyTypeJSONParser
from moderation.api.permissions import caller_of
from moderation.api.schema import ErrorStyle, named
from moderation.engine.matches import Source
from moderation.integrations.compat.coverage import coverage_of
from moderation.integrations.compat.error_formats import error_response, reformatted, with_engine
from moderation.integrations.compat.harms import harms_of
from moderation.integrations.compat.keys import SubscriptionKeyAuthentication
from moderation.integrations.compat.scores import HELD, scores_of
from moderation.lib.errors import Invalid
from moderation.lib.json_types import JsonObject
from moderation.pipeline.moderate import analyze
from moderation.pipeline.outcome import Judgement
from moderation.pipeline.submission import MAX_CONTENT_LENGTH
from moderation.rules.active import active_ruleset

CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence")
FOUR_LEVELS, EIGHT_LEVELS = "FourSeverityLevels", "EightSeverityLevels"
#: The scores from which on the severities 1 to 7 begin. What the engine holds has 2 or more; a
#: listed word's low, medium and high severity are 2, 4 and 6.
SEVERITIES = (0.25, HELD, 0.65, 0.75, 0.85, 0.9, 0.95)
MAX_BLOCKLISTS = 100
CODES = {
    400: "InvalidRequestBody",
    403: "Forbidden",
    404: "NotFound",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
}

CategoryName = Annotated[str, ("enum", CATEGORIES)]


class TextAnalyzeRequest(TypedDict):
    text: Annotated[str, ("maxLength", MAX_CONTENT_LENGTH)]
    categories: NotRequired[list[CategoryName]]
    blocklistNames: NotRequired[list[str]]
    haltOnBlocklistHit: NotRequired[bool]
    outputType: NotRequired[Annotated[str, ("enum", (FOUR_LEVELS, EIGHT_LEVELS))]]


class BlocklistMatch(TypedDict):
    blocklistName: str
    blocklistItemId: str
    blocklistItemText: str


class CategoryAnalysis(TypedDict):
    category: CategoryName
    severity: int


class TextAnalyzeAnswer(TypedDict):
    blocklistsMatch: list[BlocklistMatch]
    categoriesAnalysis: list[CategoryAnalysis]


class AzureErrorFields(TypedDict):
    code: str
    message: str
    target: NotRequired[str]


class AzureError(TypedDict):
    error: AzureErrorFields


class TextAnalyzeView(APIView):
    """POST /contentsafety/text:analyze"""

    action = "check"
    tag = "Azure AI Content Safety"
    error_style = ErrorStyle(AzureError, never=frozenset({409, 415, 422}))
    parser_classes = [AnyTypeJSONParser]

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [SubscriptionKeyAuthentication(), *super().get_authenticators()]

    def get_exception_handler(self) -> Any:
        return answer_error

    @extend_schema(
        summary="Judge a text as Azure AI Content Safety does; store nothing",
        request=TextAnalyzeRequest,
        responses=TextAnalyzeAnswer,
        parameters=[named("api-version", "Azure's version of the call; every version is taken")],
        examples=[
            OpenApiExample("A text", {"text": "Shut up idiot"}, request_only=True),
            OpenApiExample(
                "Its severities",
                {
                    "blocklistsMatch": [],
                    "categoriesAnalysis": [
                        {"category": "Hate", "severity": 4},
                        {"category": "SelfHarm", "severity": 0},
                        {"category": "Sexual", "severity": 0},
                        {"category": "Violence", "severity": 0},
                    ],
                },
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        wanted = text_request(request.data)
        active = active_ruleset(caller_of(request).project)
        coverage = coverage_of(wanted.text, (), active)
        judgement = analyze(wanted.text, active, uses_model=coverage.has_model)
        failed = judgement.classification.failed
        lacks = () if coverage.is_covered else ("language",)
        return with_engine(Response(answer_to(wanted, judgement)), failed, (*failed, *lacks))


# Without it a POST is refused for its missing CSRF token before anybody looks for the address.
@csrf_exempt
def not_found(request: HttpRequest, **_path: str) -> HttpResponse:
    return error_response(error_document, 404, request)


# --- The request


@dataclass(frozen=True)
class TextRequest:
    """A request to judge a text."""

    text: str
    categories: tuple[str, ...] = CATEGORIES
    blocklists: tuple[str, ...] = ()
    halts: bool = False
    has_eight_levels: bool = False


def text_request(data: Any) -> TextRequest:
    """Return the request; Invalid if it is not Azure's."""
    if not isinstance(data, dict):
        raise Invalid("body", "must be a JSON object.")
    text = data.get("text")
    if not isinstance(text, str):
        raise Invalid("text", "must be a string.")
    if len(text) > MAX_CONTENT_LENGTH:
        raise Invalid("text", f"must have at most {MAX_CONTENT_LENGTH} characters.")
    categories = _strings(data, "categories")
    if unknown := sorted({*categories} - {*CATEGORIES}):
        raise Invalid("categories", f"unknown: {unknown[0][:100]}; known: {', '.join(CATEGORIES)}.")
    output = data.get("outputType") or FOUR_LEVELS
    if output not in (FOUR_LEVELS, EIGHT_LEVELS):
        raise Invalid("outputType", f"must be {FOUR_LEVELS} or {EIGHT_LEVELS}.")
    halts = data.get("haltOnBlocklistHit") or False
    if not isinstance(halts, bool):
        raise Invalid("haltOnBlocklistHit", "must be true or false.")
    return TextRequest(
        text,
        tuple(name for name in CATEGORIES if name in categories) or CATEGORIES,
        tuple(_strings(data, "blocklistNames")),
        halts,
        output == EIGHT_LEVELS,
    )


def _strings(data: JsonObject, name: str) -> Sequence[str]:
    values = data.get(name) or []
    is_list = isinstance(values, list) and len(values) <= MAX_BLOCKLISTS
    if not is_list or not all(isinstance(value, str) for value in values):
        raise Invalid(name, f"must be a list of at most {MAX_BLOCKLISTS} strings.")
    return list(dict.fromkeys(values))


# --- The answer


def answer_to(wanted: TextRequest, judgement: Judgement) -> TextAnalyzeAnswer:
    """Return the categories that were asked for, and the project's own words that were found.

    The project's blacklist stands for each blocklist that the client names.
    """
    found = {
        match.word: match
        for match in judgement.classification.matches
        if match.source is Source.BLACKLIST
    }
    matches: list[BlocklistMatch] = [
        {"blocklistName": name, "blocklistItemId": word, "blocklistItemText": word}
        for name in wanted.blocklists
        for word in found
    ]
    if matches and wanted.halts:
        return {"blocklistsMatch": matches, "categoriesAnalysis": []}
    step = 1 if wanted.has_eight_levels else 2
    scores = scores_by_category(judgement)
    return {
        "blocklistsMatch": matches,
        "categoriesAnalysis": [
            {"category": name, "severity": severity(scores[name]) // step * step}
            for name in wanted.categories
        ],
    }


def severity(score: float) -> int:
    """Return a score's severity, 0 to 7."""
    return bisect_right(SEVERITIES, score)


def scores_by_category(judgement: Judgement) -> dict[str, float]:
    """Return Azure's four categories, 0-1 (docs/moving-from-azure.md maps them)."""
    harms = harms_of(judgement)
    hate = max(harms.hate, harms.harassment)
    if harms.worst < HELD:
        # A rule of the project holds texts without a category.
        hate = max(hate, scores_of(judgement).toxicity)
    return {
        "Hate": hate,
        "SelfHarm": harms.self_harm,
        "Sexual": harms.sexual,
        "Violence": harms.threat,
    }


# --- Errors


def answer_error(error: Exception, context: JsonObject) -> Response | None:
    """DRF's exception handler for Azure's endpoint."""
    response = reformatted(error, context, error_document)
    if response is not None:
        response["x-ms-error-code"] = response.data["error"]["code"]
    return response


def error_document(error: Exception | None, status: int, detail: str) -> AzureError:
    # Azure's gateway answers to wrong keys with the status as the code.
    code = CODES.get(status, str(status))
    fields: AzureErrorFields = {"code": code, "message": detail}
    if isinstance(error, Invalid):
        fields["target"] = error.field
    return {"error": fields}
