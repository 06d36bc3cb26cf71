"""Trusted authors and allowed phrases (docs/blacklist.md, "Whitelist")."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from moderation import rules
from moderation.api.fields import StrictCharField
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.api.schema import named
from moderation.api.shapes.project import PhraseRow, TrustedRow
from moderation.api.shapes.words import Done
from moderation.api.stale import RulesetView
from moderation.events.event import iso
from moderation.lib.errors import NotFound
from moderation.models import WhitelistedPhrase, WhitelistedUser
from moderation.pipeline.submission import MAX_ID_LENGTH
from moderation.rules import LANGUAGE_TAG


class NewestFirst(KeysetPagination):
    """Both keys rise with time, and are unique."""

    ordering = "-pk"


class TrustSerializer(serializers.Serializer[Any]):
    user_id = StrictCharField(max_length=MAX_ID_LENGTH)
    note = StrictCharField(max_length=1000, required=False, allow_blank=True, allow_null=True)


class PhraseSerializer(serializers.Serializer[Any]):
    phrase = StrictCharField(max_length=200)
    language = serializers.RegexField(LANGUAGE_TAG, max_length=20, default="*")


class TrustedView(RulesetView, GenericAPIView[WhitelistedUser]):
    """GET, POST and, with ?user_id=, DELETE /api/v1/whitelist/users"""

    action = "admin"
    actions = {"GET": "read", "POST": "admin", "DELETE": "admin"}
    filter_backends = []
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[WhitelistedUser]:
        return WhitelistedUser.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="Authors who are trusted", responses=TrustedRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([trusted_row(trusted) for trusted in page or []])

    @extend_schema(summary="Trust an author", request=TrustSerializer, responses={201: TrustedRow})
    def post(self, request: Request) -> Response:
        serializer = TrustSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields, caller = serializer.validated_data, caller_of(request)
        note = fields.get("note") or ""
        trusted = rules.trust_author(caller.project, caller.name, fields["user_id"], note)
        return Response(trusted_row(trusted), status=201)

    @extend_schema(
        summary="Trust an author no longer",
        parameters=[named("user_id", "The author", required=True)],
        responses={200: Done},
    )
    def delete(self, request: Request) -> Response:
        return distrust(request, request.query_params.get("user_id", ""))


class TrustedAuthorView(RulesetView):
    """DELETE /api/v1/whitelist/users/{user_id}"""

    action = "admin"

    @extend_schema(summary="Trust an author no longer", responses={200: Done})
    def delete(self, request: Request, user_id: str) -> Response:
        return distrust(request, user_id)


class PhrasesView(RulesetView, GenericAPIView[WhitelistedPhrase]):
    """GET and POST /api/v1/whitelist/phrases"""

    action = "admin"
    actions = {"GET": "read", "POST": "admin"}
    filter_backends = []
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[WhitelistedPhrase]:
        return WhitelistedPhrase.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="Phrases in which nothing is found", responses=PhraseRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([phrase_row(phrase) for phrase in page or []])

    @extend_schema(summary="Allow a phrase", request=PhraseSerializer, responses={201: PhraseRow})
    def post(self, request: Request) -> Response:
        serializer = PhraseSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        allowed = rules.allow_phrase(caller.project, caller.name, **serializer.validated_data)
        return Response(phrase_row(allowed), status=201)


class PhraseView(RulesetView):
    """DELETE /api/v1/whitelist/phrases/{id}"""

    action = "admin"

    @extend_schema(summary="Remove a phrase from the whitelist", responses={200: Done})
    def delete(self, request: Request, phrase_id: UUID) -> Response:
        phrases = WhitelistedPhrase.objects.select_related("project")
        allowed = phrases.filter(project=caller_of(request).project, pk=phrase_id).first()
        if allowed is None:
            raise NotFound("This project has no such phrase.")
        rules.disallow_phrase(allowed, caller_of(request).name)
        return Response({"success": True, "message": "Phrase removed successfully"})


def distrust(request: Request, user_id: str) -> Response:
    serializer = TrustSerializer(data={"user_id": user_id})
    serializer.is_valid(raise_exception=True)
    named = {"user_id": serializer.validated_data["user_id"]}
    authors = WhitelistedUser.objects.select_related("project")
    trusted = authors.filter(project=caller_of(request).project, **named).first()
    if trusted is None:
        raise NotFound("This author is not on the whitelist.")
    rules.distrust_author(trusted, caller_of(request).name)
    return Response({"success": True, "message": "User removed successfully"})


def trusted_row(trusted: WhitelistedUser) -> TrustedRow:
    return {
        "user_id": trusted.user_id,
        "note": trusted.note,
        "added_by": trusted.added_by,
        "added_at": iso(trusted.added_at),
    }


def phrase_row(allowed: WhitelistedPhrase) -> PhraseRow:
    return {
        "id": str(allowed.pk),
        "phrase": allowed.phrase,
        "language": allowed.language,
        "added_by": allowed.added_by,
        "added_at": iso(allowed.added_at),
    }
