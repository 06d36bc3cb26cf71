"""Perspective's calls: score a comment, store a better score, and the discovery document."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.parsers import AnyTypeJSONParser
from moderation.api.permissions import caller_of
from moderation.api.schema import ErrorStyle, named
from moderation.engine.text.language import UNDETERMINED
from moderation.engine.verdict.policy import Policy
from moderation.integrations.compat.coverage import Coverage, coverage_of
from moderation.integrations.compat.error_formats import (
    engine_headers,
    error_response,
    with_engine,
)
from moderation.integrations.compat.keys import ShownKeyAuthentication
from moderation.integrations.compat.perspective import errors, recording
from moderation.integrations.compat.perspective.attributes import (
    ATTRIBUTES,
    NOT_SCORED,
    attribute_named,
)
from moderation.integrations.compat.perspective.discovery import discovery_document
from moderation.integrations.compat.perspective.parsing import (
    AnalyzeRequest,
    analyze_request,
    suggest_request,
)
from moderation.integrations.compat.perspective.scoring import attribute_scores, scores_by_name
from moderation.integrations.compat.perspective.shapes import (
    AnalyzeCommentAnswer,
    AnalyzeCommentRequest,
    PerspectiveError,
    SuggestScoreAnswer,
    SuggestScoreRequest,
)
from moderation.integrations.compat.scores import NEUTRAL, Scores, scores_of
from moderation.lib import dropped_attributes
from moderation.lib.json_types import JsonObject
from moderation.models import Project
from moderation.pipeline.moderate import analyze
from moderation.rules.active import active_ruleset
from moderation.rules.compile import ActiveRuleset
from moderation.rules.labels import store_suggestion

UNPRINTABLE = re.compile(r"[^!-+\--~]")
MOST_OF_NAME = 100

# --- For the API reference
KEY = named("key", "The API key, without the scope admin; X-Goog-Api-Key and X-API-Key work too")
COMMENT = {"text": "Shut up idiot"}
ANALYZE_EXAMPLE = {
    "comment": COMMENT,
    "requestedAttributes": {"TOXICITY": {}},
    "languages": ["en"],
    "doNotStore": True,
}
SCORE = {"value": 0.85, "type": "PROBABILITY"}
ANALYZED_EXAMPLE = {
    "attributeScores": {
        "TOXICITY": {
            "spanScores": [{"begin": 0, "end": 13, "score": SCORE}],
            "summaryScore": SCORE,
        }
    },
    "languages": ["en"],
    "detectedLanguages": ["en"],
}
SUGGEST_EXAMPLE = {
    "comment": COMMENT,
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
    "clientToken": "comment:c1",
}
EMPTY_COMMENT = errors.error_document(errors.empty_comment(), 400, "Comment must be non-empty.")
WRONG_KEY = errors.error_document(None, 401, "API key not valid. Please pass a valid API key.")


class PerspectiveView(APIView):
    tag = "Perspective"
    error_style = ErrorStyle(
        PerspectiveError,
        never=frozenset({409, 415, 422}),
        examples={400: EMPTY_COMMENT, 401: WRONG_KEY},
    )
    parser_classes = [AnyTypeJSONParser]

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [ShownKeyAuthentication(), *super().get_authenticators()]

    def get_exception_handler(self) -> Any:
        return errors.answer_error


class AnalyzeView(PerspectiveView):
    """POST /v1alpha1/comments:analyze"""

    action = "check"

    @extend_schema(
        summary="Score a comment as Google's Perspective API did; store nothing",
        request=AnalyzeCommentRequest,
        responses=AnalyzeCommentAnswer,
        parameters=[KEY],
        examples=[
            OpenApiExample("An insult", ANALYZE_EXAMPLE, request_only=True),
            OpenApiExample("Its score", ANALYZED_EXAMPLE, response_only=True),
        ],
    )
    def post(self, request: Request) -> Response:
        wanted, project = analyze_request(request.data), caller_of(request).project
        answer, headers = own_answer(wanted, active_ruleset(project))
        response = Response(answer, headers=headers)
        if recording.is_recorded(project.slug):
            theirs = recording.forwarded(request.data)
            response["X-Gavel-Recorded"] = "no" if theirs is None else "yes"
            if theirs is not None:
                recording.record(project.slug, wanted, theirs, response.data["attributeScores"])
                response.data = theirs
        return response


class SuggestView(PerspectiveView):
    """POST /v1alpha1/comments:suggestscore"""

    action = "report"

    @extend_schema(
        summary="Store the scores that a comment should have had",
        request=SuggestScoreRequest,
        responses=SuggestScoreAnswer,
        parameters=[KEY],
        examples=[OpenApiExample("A rejected comment", SUGGEST_EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        suggested, caller = suggest_request(request.data), caller_of(request)
        active = active_ruleset(caller.project)
        coverage = coverage_of(suggested.text, suggested.languages, active)
        judgement = analyze(suggested.text, active, uses_model=coverage.has_model)
        language = named_language(coverage, judgement.classification.language)
        store_suggestion(
            caller,
            suggested.text,
            suggested.scores,
            scored=scores_by_name(suggested.scores, scores_of(judgement), suggested.text),
            language=suggested.languages[0][:20] if suggested.languages else language,
            community=suggested.community,
            token=suggested.client_token or "",
            context=suggested.context,
            now=timezone.now(),
        )
        answer = {
            "requestedLanguages": list(suggested.languages),
            "detectedLanguages": [language],
            **_echoed(suggested.client_token),
        }
        return with_engine(Response(answer))


class DiscoveryView(PerspectiveView):
    """GET /$discovery/rest?version=v1alpha1"""

    action = None

    def get_authenticators(self) -> list[BaseAuthentication]:
        return []

    @extend_schema(
        summary="The discovery document for Google's client libraries", responses=JsonObject
    )
    def get(self, request: Request) -> Response:
        root = request.build_absolute_uri("/").rstrip("/")
        prefix = request.path.partition("/$discovery")[0]
        return Response(discovery_document(f"{root}{prefix}/"))


# Without it a POST is refused for its missing CSRF token before anybody looks for the address.
@csrf_exempt
def not_found(request: HttpRequest, **_path: str) -> HttpResponse:
    return error_response(errors.error_document, 404, request)


def door(data: Any, project: Project) -> tuple[JsonObject, dict[str, str]] | None:
    """Return the answer to a request's document, and its headers; None if the old address answers.

    That takes seconds.
    """
    if recording.is_recorded(project.slug):
        return None
    return own_answer(analyze_request(data), active_ruleset(project))


def own_answer(wanted: AnalyzeRequest, active: ActiveRuleset) -> tuple[JsonObject, dict[str, str]]:
    """Return our scores, and headers that say what they lack."""
    attributes, dropped = scored_attributes(wanted, active.policy)
    coverage = coverage_of(wanted.text, wanted.languages, active)
    if not coverage.is_covered and active.policy.uncovered_language == "error":
        named = wanted.languages or (coverage.detected,)
        raise errors.unsupported_languages(next(iter(attributes)), named)
    judgement = analyze(wanted.text, active, uses_model=coverage.has_model)
    is_neutral = not coverage.is_covered and active.policy.uncovered_language == "neutral"
    scores = NEUTRAL if is_neutral else scores_of(judgement)
    finding = judgement.classification
    languages = [named_language(coverage, finding.language)]

    def score_part(part: str) -> Scores:
        return scores_of(analyze(part, active, languages[0], uses_model=coverage.has_model))

    parts = score_part if wanted.wants_spans and not is_neutral else None
    mapping = {} if is_neutral else active.policy.perspective_mapping
    answer = {
        "attributeScores": attribute_scores(wanted.text, scores, attributes, parts, mapping),
        "languages": list(wanted.languages) or languages,
        "detectedLanguages": languages,
        **_echoed(wanted.client_token),
    }
    degraded = (*finding.failed, *(() if coverage.is_covered else ("language",)))
    headers = engine_headers(finding.failed, degraded)
    if dropped:
        dropped_attributes.add(name if name in NOT_SCORED else "other" for name in dropped)
        headers["X-Dropped-Attributes"] = ", ".join(map(header_text, dropped))
    return answer, headers


def scored_attributes(
    wanted: AnalyzeRequest, policy: Policy
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Return the attributes to score with their thresholds, and the names of the others.

    BadRequest if nothing is left, or if neither the client nor the project wants any left out.
    """
    known = {name: least for name, least in wanted.attributes.items() if attribute_named(name)}
    others = tuple(name for name in wanted.attributes if name not in known)
    may_drop = wanted.drops_unsupported or policy.unknown_attributes == "drop"
    if others and not (known and may_drop):
        raise errors.unknown_attribute(others[0], ATTRIBUTES)
    return known, others


def header_text(name: str) -> str:
    """Return a client's word as a header can carry it."""
    return UNPRINTABLE.sub("?", name)[:MOST_OF_NAME]


def named_language(coverage: Coverage, among_projects: str) -> str:
    """Return the language to name: the detected one, else the likeliest of the project's."""
    return among_projects if coverage.detected == UNDETERMINED else coverage.detected


def _echoed(client_token: str | None) -> dict[str, str]:
    return {} if client_token is None else {"clientToken": client_token}
