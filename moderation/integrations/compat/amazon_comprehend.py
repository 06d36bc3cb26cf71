"""Amazon Comprehend's `DetectToxicContent`: its request, labels and errors.

After https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectToxicContent.html.
"""

from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.parsers import AnyTypeJSONParser
from moderation.api.permissions import caller_of
from moderation.api.schema import ErrorStyle
from moderation.integrations.compat.coverage import Coverage, coverage_of
from moderation.integrations.compat.error_formats import error_response, reformatted, with_engine
from moderation.integrations.compat.harms import Harms, harms_of
from moderation.integrations.compat.keys import AccessKeyAuthentication
from moderation.integrations.compat.scores import NEUTRAL, Scores, scores_of
from moderation.lib.errors import GavelError, Invalid
from moderation.lib.json_types import JsonObject, Share
from moderation.pipeline.moderate import analyze
from moderation.pipeline.outcome import Judgement
from moderation.pipeline.submission import MAX_CONTENT_LENGTH
from moderation.rules.active import active_ruleset
from moderation.rules.compile import ActiveRuleset

TARGET = "Comprehend_20171127.DetectToxicContent"
MAX_SEGMENTS = 100
LABELS = (
    "PROFANITY", "HATE_SPEECH", "INSULT", "GRAPHIC", "HARASSMENT_OR_ABUSE", "SEXUAL",
    "VIOLENCE_OR_THREAT",
)  # fmt: skip
#: AWS's names of errors by status; SDKs make their exceptions of them.
TYPES = {
    400: "InvalidRequestException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "UnknownOperationException",
    413: "TextSizeLimitExceededException",
    429: "ThrottlingException",
}


class TextSegment(TypedDict):
    Text: str


class DetectToxicContentRequest(TypedDict):
    LanguageCode: str
    TextSegments: list[TextSegment]


class ToxicContent(TypedDict):
    Name: Annotated[str, ("enum", LABELS)]
    Score: Share


class ToxicLabels(TypedDict):
    Labels: list[ToxicContent]
    Toxicity: Share


class DetectToxicContentAnswer(TypedDict):
    ResultList: list[ToxicLabels]


#: `__type` is no name that a class can have.
ComprehendError = TypedDict("ComprehendError", {"__type": str, "Message": str})


class ComprehendRefusal(GavelError):
    """A refusal that AWS has an exception of its own for."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


class DetectToxicContentView(APIView):
    """POST /comprehend/"""

    action = "check"
    tag = "Amazon Comprehend"
    error_style = ErrorStyle(ComprehendError, never=frozenset({409, 415, 422}))
    parser_classes = [AnyTypeJSONParser]

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [AccessKeyAuthentication(), *super().get_authenticators()]

    def get_exception_handler(self) -> Any:
        return answer_error

    @extend_schema(
        summary="Score texts as Amazon Comprehend does; store nothing",
        request=DetectToxicContentRequest,
        responses=DetectToxicContentAnswer,
        parameters=[
            OpenApiParameter(
                "X-Amz-Target",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                required=True,
                description=f"The operation: {TARGET}",
            )
        ],
        examples=[
            OpenApiExample(
                "Two texts",
                {
                    "LanguageCode": "en",
                    "TextSegments": [{"Text": "Hello"}, {"Text": "Shut up idiot"}],
                },
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        target = request.headers.get("X-Amz-Target", "")
        if target != TARGET:
            raise ComprehendRefusal(TYPES[404], f"Only {TARGET} is answered here.")
        wanted = toxic_request(request.data)
        active = active_ruleset(caller_of(request).project)
        coverages = [coverage_of(text, (wanted.language,), active) for text in wanted.texts]
        refuse_uncovered(coverages, active)
        judgements = [
            analyze(text, active, uses_model=coverage.has_model)
            for text, coverage in zip(wanted.texts, coverages, strict=True)
        ]
        answer: DetectToxicContentAnswer = {
            "ResultList": [
                result_of(judgement, coverage)
                for judgement, coverage in zip(judgements, coverages, strict=True)
            ]
        }
        failed = {part for judgement in judgements for part in judgement.classification.failed}
        lacks = {"language" for coverage in coverages if not coverage.is_covered}
        return with_engine(Response(answer), tuple(sorted(failed)), tuple(sorted(failed | lacks)))


# Without it a POST is refused for its missing CSRF token before anybody looks for the address.
@csrf_exempt
def not_found(request: HttpRequest, **_path: str) -> HttpResponse:
    return error_response(error_document, 404, request)


# --- The request


@dataclass(frozen=True)
class ToxicRequest:
    """A request to score texts."""

    texts: tuple[str, ...]
    language: str


def toxic_request(data: Any) -> ToxicRequest:
    """Return the request; Invalid or ComprehendRefusal if it is not Comprehend's."""
    if not isinstance(data, dict):
        raise Invalid("body", "must be a JSON object.")
    language = data.get("LanguageCode")
    if not isinstance(language, str) or not language:
        raise Invalid("LanguageCode", "must be a language code, such as en.")
    segments = data.get("TextSegments")
    if not isinstance(segments, list) or not 1 <= len(segments) <= MAX_SEGMENTS:
        raise Invalid("TextSegments", f"must be a list of 1 to {MAX_SEGMENTS} texts.")
    texts = tuple(_text(segment) for segment in segments)
    return ToxicRequest(texts, language)


def _text(segment: Any) -> str:
    text = segment.get("Text") if isinstance(segment, dict) else None
    if not isinstance(text, str) or not text:
        raise Invalid("TextSegments", "Each must have a Text that is not empty.")
    if len(text) > MAX_CONTENT_LENGTH:
        detail = f"Each text must have at most {MAX_CONTENT_LENGTH} characters."
        raise ComprehendRefusal(TYPES[413], detail)
    return text


def refuse_uncovered(coverages: list[Coverage], active: ActiveRuleset) -> None:
    """Raise ComprehendRefusal if the project wants no scores of a language of these texts."""
    uncovered = [coverage for coverage in coverages if not coverage.is_covered]
    if uncovered and active.policy.uncovered_language == "error":
        raise ComprehendRefusal(
            "UnsupportedLanguageException",
            f"Nothing here judges this language: {uncovered[0].detected}",
        )


# --- The answer


def result_of(judgement: Judgement, coverage: Coverage) -> ToxicLabels:
    """Return a text's labels and its toxicity (docs/moving-from-comprehend.md maps them)."""
    policy = judgement.policy
    if not coverage.is_covered and policy.uncovered_language == "neutral":
        return _labelled(NEUTRAL, Harms())
    return _labelled(scores_of(judgement), harms_of(judgement))


def _labelled(scores: Scores, harms: Harms) -> ToxicLabels:
    labels = {
        "PROFANITY": scores.labels["obscene"],
        "HATE_SPEECH": harms.hate,
        "INSULT": scores.labels["insult"],
        # No list and no model here tells how graphic a text is.
        "GRAPHIC": 0.0,
        "HARASSMENT_OR_ABUSE": harms.harassment,
        "SEXUAL": harms.sexual,
        "VIOLENCE_OR_THREAT": harms.threat,
    }
    return {
        "Labels": [{"Name": name, "Score": labels[name]} for name in LABELS],
        "Toxicity": scores.toxicity,
    }


# --- Errors


def answer_error(error: Exception, context: JsonObject) -> Response | None:
    """DRF's exception handler for Comprehend's endpoint."""
    return reformatted(error, context, error_document)


def error_document(error: Exception | None, status: int, detail: str) -> ComprehendError:
    otherwise = "InternalServerException" if status >= 500 else TYPES[400]
    kind = error.kind if isinstance(error, ComprehendRefusal) else TYPES.get(status, otherwise)
    return {"__type": kind, "Message": detail}
