"""The project's own words (docs/blacklist.md, "Words")."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import rules
from moderation.api.fields import StrictCharField
from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.api.schema import LIMIT, named, whole
from moderation.api.shapes.project import WordAdded, WordChanged, WordFigures, WordList, WordRow
from moderation.api.shapes.words import Done
from moderation.api.stale import RulesetView
from moderation.events.event import iso
from moderation.lib.errors import NotFound
from moderation.models import BlacklistWord
from moderation.models.rules import WordMatch, WordSeverity
from moderation.queries.words import word_figures
from moderation.rules import LANGUAGE_TAG, WORD_CATEGORIES
from moderation.rules.word_reach import also_matches

MAX_SKIP = 10_000
FILTERS = ("language", "category", "severity")
WORD_FILTERS = [named(name, f"Only words of this {name}") for name in FILTERS]
WORD_FILTERS.append(named("search", "A part of the word"))


class WordSerializer(serializers.Serializer[Any]):
    word = StrictCharField(max_length=200)
    language = serializers.RegexField(LANGUAGE_TAG, max_length=20)
    category = serializers.ChoiceField(WORD_CATEGORIES)
    severity = serializers.ChoiceField(WordSeverity.choices)
    score = serializers.FloatField(min_value=0, max_value=1, required=False, allow_null=True)
    is_regex = serializers.BooleanField(default=False)
    match = serializers.ChoiceField(WordMatch.choices, default=WordMatch.DISGUISED)
    notes = StrictCharField(max_length=1000, required=False, allow_blank=True, allow_null=True)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate_notes(self, notes: str | None) -> str:
        return notes or ""


class WordChangeSerializer(WordSerializer):
    is_active = serializers.BooleanField()


class WordsView(RulesetView):
    """GET and POST /api/v1/blacklist/words"""

    action = "admin"
    actions = {"GET": "read_words", "POST": "admin"}

    @extend_schema(
        summary="The project's own words",
        parameters=[
            *WORD_FILTERS,
            LIMIT,
            whole("skip", "How many rows to skip", default=0, most=MAX_SKIP),
        ],
        responses=WordList,
    )
    def get(self, request: Request) -> Response:
        skip = bounded(request, "skip", default=0, least=0, most=MAX_SKIP)
        limit = bounded(request, "limit", default=50, least=1, most=MAX_LIMIT)
        words = BlacklistWord.objects.filter(project=caller_of(request).project)
        for name in FILTERS:
            if value := request.query_params.get(name):
                words = words.filter(**{name: value.replace("\0", "")})
        if search := request.query_params.get("search"):
            words = words.filter(word__icontains=search.replace("\0", ""))
        page = words[skip : skip + limit]
        rows = [word_row(word) for word in page]
        if caller_of(request).is_open:
            # Who added a word, and why, is nobody's business outside the project.
            rows = [{**row, "added_by": "", "notes": ""} for row in rows]
        answer: WordList = {"total": words.count(), "words": rows}
        return Response(answer)

    @extend_schema(summary="Add a word", request=WordSerializer, responses={201: WordAdded})
    def post(self, request: Request) -> Response:
        serializer = WordSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        word = rules.add_word(
            caller_of(request).project, caller_of(request).name, serializer.validated_data
        )
        answer: WordAdded = {
            "success": True,
            "message": "Word added successfully",
            "data": {
                "id": str(word.pk),
                "word": word.word,
                "also_matches": also_matches(word, timezone.now()),
            },
        }
        return Response(answer, status=201)


class WordView(RulesetView):
    """PATCH and DELETE /api/v1/blacklist/words/{id}"""

    action = "admin"

    @extend_schema(
        summary="Change a word", request=WordChangeSerializer(partial=True), responses=WordChanged
    )
    def patch(self, request: Request, word_id: str) -> Response:
        word = _word(request, word_id)
        serializer = WordChangeSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = rules.change_word(word, caller_of(request).name, serializer.validated_data)
        answer: WordChanged = {
            "success": True,
            "message": "Word updated successfully",
            "data": word_row(changed),
        }
        return Response(answer)

    @extend_schema(summary="Deactivate a word", responses={200: Done})
    def delete(self, request: Request, word_id: str) -> Response:
        if not rules.remove_word(_word(request, word_id), caller_of(request).name):
            raise NotFound("This word is already deleted.")
        return Response({"success": True, "message": "Word deleted successfully"})


class WordFiguresView(APIView):
    """GET /api/v1/blacklist/stats"""

    action = "read_words"

    @extend_schema(summary="How many words the project has", responses=WordFigures)
    def get(self, request: Request) -> Response:
        figures = word_figures(caller_of(request).project)
        answer: WordFigures = {
            "total": figures.total,
            "active": figures.active,
            "inactive": figures.total - figures.active,
            "by_language": figures.by_language,
            "by_category": figures.by_category,
            "by_severity": figures.by_severity,
        }
        return Response(answer)


class RefreshView(APIView):
    """POST /api/v1/blacklist/refresh-cache"""

    action = "admin"

    @extend_schema(summary="Make every process reload the word lists", responses=Done)
    def post(self, request: Request) -> Response:
        rules.refresh_ruleset(caller_of(request).project, caller_of(request).name)
        return Response({"success": True, "message": "Cache refreshed successfully"})


def _word(request: Request, word_id: str) -> BlacklistWord:
    words = BlacklistWord.objects.select_related("project")
    word = words.filter(project=caller_of(request).project, pk=word_id).first()
    if word is None:
        raise NotFound("This project has no such word.")
    return word


def word_row(word: BlacklistWord) -> WordRow:
    return {
        "id": str(word.pk),
        "word": word.word,
        "language": word.language,
        "category": word.category,
        "severity": word.severity,
        "score": word.score,
        "is_active": word.is_active,
        "is_regex": word.is_regex,
        "match": word.match,
        "added_by": word.added_by,
        "added_at": iso(word.added_at),
        "updated_at": iso(word.updated_at),
        "notes": word.notes,
        "expires_at": iso(word.expires_at),
    }
