"""Appeals: an app sends them on behalf of its authors, moderators answer them."""

from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.fields import StrictCharField
from moderation.api.filters import StrictFilterBackend
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.lib.errors import Invalid
from moderation.lib.moment_filter import MomentFilter
from moderation.models import Ban, ModerationLog
from moderation.pipeline.submission import MAX_ID_LENGTH
from reviews.api.rows import appeal_row, appeal_state_row
from reviews.api.shapes import AppealRow, AppealState, NewAppeal
from reviews.appeals.answer import LONGEST_ANSWER, Answer, decide_appeal
from reviews.appeals.ask import LONGEST_STATEMENT, appeal, appeal_of_token, find_ban, find_content
from reviews.models import Appeal, AppealOutcome, AppealStatus


class PleaSerializer(serializers.Serializer[Any]):
    user_id = StrictCharField(max_length=MAX_ID_LENGTH)
    message_id = StrictCharField(max_length=MAX_ID_LENGTH, required=False, allow_null=True)
    ban_id = serializers.UUIDField(required=False, allow_null=True)
    statement = StrictCharField(max_length=LONGEST_STATEMENT)


class AnswerSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(AppealOutcome.choices)
    note = StrictCharField(max_length=LONGEST_ANSWER)
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
    filter_backends = [StrictFilterBackend]
    filterset_class = AppealFilter
    pagination_class = LatestFirst

    def get_queryset(self) -> QuerySet[Appeal]:
        return Appeal.objects.filter(project=caller_of(self.request).project).with_subjects()

    @extend_schema(summary="List appeals, newest first", responses=AppealRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([appeal_row(one) for one in page or []])

    @extend_schema(
        summary="Appeal on behalf of an author", request=PleaSerializer, responses={201: NewAppeal}
    )
    def post(self, request: Request) -> Response:
        serializer = PleaSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        subject = subject_of(request, serializer.validated_data)
        statement = serializer.validated_data["statement"]
        stored, token = appeal(subject, statement, now=timezone.now())
        answer: NewAppeal = {**appeal_row(stored), "token": token}
        return Response(answer, status=201)


class DecideAppealView(APIView):
    """POST /api/v1/appeals/{id}/decide"""

    action = "review"

    @extend_schema(summary="Answer an appeal", request=AnswerSerializer, responses=AppealRow)
    def post(self, request: Request, appeal_id: UUID) -> Response:
        serializer = AnswerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        answer = Answer(**serializer.validated_data)
        decided = decide_appeal(appeal_id, answer, caller_of(request), now=timezone.now())
        return Response(appeal_row(decided))


class AppealStatusView(APIView):
    """GET /api/v1/appeals/status/{token}: for the author, who has no key"""

    authentication_classes: list[Any] = []
    action = None

    @extend_schema(summary="An appeal's state, for its author", responses=AppealState)
    def get(self, _request: Request, token: str) -> Response:
        answer = Response(appeal_state_row(appeal_of_token(token)))
        answer["Cache-Control"] = "no-store"
        return answer


def subject_of(request: Request, fields: dict[str, Any]) -> ModerationLog | Ban:
    """Return the subject of the appeal: either a message or a ban."""
    project, message_id, ban_id = (
        caller_of(request).project,
        fields.get("message_id"),
        fields.get("ban_id"),
    )
    if (message_id is None) == (ban_id is None):
        raise Invalid("message_id", "give either message_id or ban_id.")
    if ban_id is not None:
        return find_ban(project, fields["user_id"], ban_id)
    return find_content(project, fields["user_id"], str(message_id))
