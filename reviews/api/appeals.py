"""Appeals: an app sends them in its authors' names, moderators answer them."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.fields import MomentFilter, StrictCharField
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.errors import Invalid
from moderation.ingest import MAX_ID_LENGTH
from moderation.models import Ban, ModerationLog
from reviews import appeals
from reviews.api.rows import appeal_row, appeal_state_row
from reviews.api.shapes import AppealRow, AppealState, NewAppeal
from reviews.models import Appeal, AppealOutcome, AppealStatus


class PleaSerializer(serializers.Serializer[Any]):
    user_id = StrictCharField(max_length=MAX_ID_LENGTH)
    message_id = StrictCharField(max_length=MAX_ID_LENGTH, required=False, allow_null=True)
    ban_id = serializers.UUIDField(required=False, allow_null=True)
    statement = StrictCharField(max_length=appeals.LONGEST_STATEMENT)


class AnswerSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(AppealOutcome.choices)
    note = StrictCharField(max_length=appeals.LONGEST_ANSWER)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class AppealFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=AppealStatus.choices)
    outcome = django_filters.ChoiceFilter(choices=AppealOutcome.choices)
    user_id = django_filters.CharFilter()
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Appeal
        fields: list[str] = []


class LatestFirst(KeysetPagination):
    ordering = ("-created_at", "-id")


class AppealsView(GenericAPIView[Appeal]):
    """GET, POST /api/v1/appeals"""

    action = "read"
    actions = {"POST": "report"}
    filter_backends = [DjangoFilterBackend]
    filterset_class = AppealFilter
    pagination_class = LatestFirst

    def get_queryset(self) -> QuerySet[Appeal]:
        return Appeal.objects.filter(project=caller_of(self.request).project).with_subjects()

    @extend_schema(summary="Appeals, the newest first", responses=AppealRow)
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([appeal_row(found) for found in page or []])

    @extend_schema(
        summary="Appeal in an author's name", request=PleaSerializer, responses={201: NewAppeal}
    )
    def post(self, request: Request) -> Response:
        serializer = PleaSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        subject = subject_of(request, serializer.validated_data)
        statement = serializer.validated_data["statement"]
        stored, token = appeals.appeal(subject, statement, now=timezone.now())
        return Response({**appeal_row(stored), "token": token}, status=201)


class DecideAppealView(APIView):
    """POST /api/v1/appeals/{id}/decide"""

    action = "review"

    @extend_schema(summary="Answer an appeal", request=AnswerSerializer, responses=AppealRow)
    def post(self, request: Request, appeal_id: UUID) -> Response:
        serializer = AnswerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        answer = appeals.Answer(**serializer.validated_data)
        decided = appeals.decide_appeal(appeal_id, answer, caller_of(request), now=timezone.now())
        return Response(appeal_row(decided))


class AppealStatusView(APIView):
    """GET /api/v1/appeals/status/{token}: for the author, who has no key"""

    authentication_classes: list[Any] = []
    action = None

    @extend_schema(summary="How an appeal stands, for its author", responses=AppealState)
    def get(self, request: Request, token: str) -> Response:
        answer = Response(appeal_state_row(appeals.appeal_of_token(token)))
        answer["Cache-Control"] = "no-store"
        return answer


def subject_of(request: Request, fields: dict[str, Any]) -> ModerationLog | Ban:
    """Return what is appealed: a message or a ban, one of the two."""
    project, message_id, ban_id = (
        caller_of(request).project,
        fields.get("message_id"),
        fields.get("ban_id"),
    )
    if (message_id is None) == (ban_id is None):
        raise Invalid("message_id", "name either the message or, by ban_id, the ban.")
    if ban_id is not None:
        return appeals.find_ban(project, fields["user_id"], ban_id)
    return appeals.find_content(project, fields["user_id"], str(message_id))
