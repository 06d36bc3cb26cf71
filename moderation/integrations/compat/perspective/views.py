"""Perspective's calls: score a comment, store a better score, and tell a client how to call."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import pipeline, queries, suggestions
from moderation.api.permissions import caller_of
from moderation.engine.matches import Classification
from moderation.integrations.compat.keys import ShownKeyAuthentication
from moderation.integrations.compat.perspective import errors
from moderation.integrations.compat.perspective.asking import Ask, ask_from, suggestion_from
from moderation.integrations.compat.perspective.discovery import discovery_document
from moderation.integrations.compat.perspective.scoring import attribute_scores, scores_of
from moderation.integrations.compat.shapes import plain, with_engine
from moderation.queries import InForce


class PerspectiveView(APIView):
    def get_authenticators(self) -> list[BaseAuthentication]:
        return [ShownKeyAuthentication(), *super().get_authenticators()]

    def get_exception_handler(self) -> Any:
        return errors.answer_error


class AnalyzeView(PerspectiveView):
    """POST /v1alpha1/comments:analyze"""

    action = "check"

    def post(self, request: Request) -> Response:
        ask = ask_from(request.data)
        in_force = queries.in_force(caller_of(request).project)
        supported = _is_supported(ask, in_force)
        found = pipeline.analyze(ask.text, in_force).classification
        answer = {
            "attributeScores": _scores(ask, in_force, found) if supported else {},
            "languages": list(ask.languages) or [found.language],
            "detectedLanguages": [found.language],
            **_echoed(ask.client_token),
        }
        return with_engine(Response(answer), found.failed)


class SuggestView(PerspectiveView):
    """POST /v1alpha1/comments:suggestscore"""

    action = "report"

    def post(self, request: Request) -> Response:
        told, caller = suggestion_from(request.data), caller_of(request)
        in_force = queries.in_force(caller.project)
        found = pipeline.analyze(told.text, in_force).classification
        suggestions.store_suggestion(
            caller,
            told.text,
            told.scores,
            scored={name: scores_of(found)[name] for name in told.scores},
            language=told.languages[0][:20] if told.languages else found.language,
            community=told.community,
            token=told.client_token or "",
            context=told.context,
            now=timezone.now(),
        )
        answer = {
            "requestedLanguages": list(told.languages),
            "detectedLanguages": [found.language],
            **_echoed(told.client_token),
        }
        return with_engine(Response(answer))


def discovery(request: HttpRequest) -> JsonResponse:
    """GET /$discovery/rest?version=v1alpha1"""
    root = request.build_absolute_uri("/").rstrip("/")
    prefix = request.path.partition("/$discovery")[0]
    return JsonResponse(discovery_document(f"{root}{prefix}/"))


def nowhere(request: HttpRequest, path: str = "") -> HttpResponse:
    return plain(errors.error_document, 404, request)


def _is_supported(ask: Ask, in_force: InForce) -> bool:
    """Say whether all named languages are the project's; Mistake unless the client lets it pass."""
    known = {tag.lower() for tag in in_force.ruleset.languages}
    others = [name for name in ask.languages if not _is_known(name.lower(), known)]
    if others and not ask.drops_unsupported:
        raise errors.unsupported_languages(next(iter(ask.attributes)), others)
    return not others


def _is_known(tag: str, known: Collection[str]) -> bool:
    """A region says nothing (`en-GB` is `en`); a script does (`ur-Latn`)."""
    language, _, rest = tag.partition("-")
    return tag in known or (language in known and len(rest) in {2, 3} and "-" not in rest)


def _scores(ask: Ask, in_force: InForce, found: Classification) -> dict[str, Any]:
    def classified(part: str) -> Classification:
        return pipeline.analyze(part, in_force, found.language).classification

    return attribute_scores(
        ask.text, found, ask.attributes, classified if ask.wants_spans else None
    )


def _echoed(client_token: str | None) -> dict[str, str]:
    return {} if client_token is None else {"clientToken": client_token}
