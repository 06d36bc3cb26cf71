"""What moderators do with items: claim, release, decide, undo, note."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.errors import problem_of
from moderation.api.fields import StrictCharField
from moderation.api.permissions import caller_of
from moderation.api.shapes.words import Problem
from moderation.models.author import WHOLE_PROJECT
from moderation.pipeline.submission import MAX_ID_LENGTH
from moderation.sanctions.by_staff import (
    BAN_TYPES,
    MOST_HOURS,
    MOST_MINUTES,
    check_length,
)
from reviews.api.items import row_of
from reviews.api.rows import note_row
from reviews.api.shapes import BulkAnswer, BulkRow, NoteRow
from reviews.casefile.rows import claim_row
from reviews.casefile.shapes import ClaimRow, ReviewRow
from reviews.decisions.bulk import MOST_AT_ONCE, BulkResult, decide_many
from reviews.decisions.case import BanRequest, DecisionRequest
from reviews.decisions.decide import decide
from reviews.decisions.notes import MAX_NOTE_LENGTH, add_note
from reviews.decisions.undo import undo
from reviews.models import DecisionKind
from reviews.queue import claims


class BanOrderSerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField(BAN_TYPES)
    hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, required=False, allow_null=True
    )
    minutes = serializers.IntegerField(
        min_value=1, max_value=MOST_MINUTES, required=False, allow_null=True
    )
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH, required=False, allow_null=True)


class OrderSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(DecisionKind.choices)
    reason_code = StrictCharField(max_length=40, default="", allow_blank=True, allow_null=True)
    note = StrictCharField(
        max_length=MAX_NOTE_LENGTH, default="", allow_blank=True, allow_null=True
    )
    strike = serializers.BooleanField(required=False, allow_null=True, default=None)
    ban = BanOrderSerializer(required=False, allow_null=True)
    take_over = serializers.BooleanField(default=False)


class DecideSerializer(OrderSerializer):
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class BulkSerializer(OrderSerializer):
    ids = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MOST_AT_ONCE
    )


class NoteSerializer(serializers.Serializer[Any]):
    text = StrictCharField(max_length=MAX_NOTE_LENGTH)


class ClaimView(APIView):
    """POST /api/v1/reviews/{id}/claim"""

    action = "review"

    @extend_schema(summary="Claim an item for five minutes", responses=ClaimRow)
    def post(self, request: Request, review_id: UUID) -> Response:
        claim = claims.claim(review_id, caller_of(request), now=timezone.now())
        return Response(claim_row(claim))


class ReleaseView(APIView):
    """POST /api/v1/reviews/{id}/release"""

    action = "review"

    @extend_schema(summary="Release an item", responses=ReviewRow)
    def post(self, request: Request, review_id: UUID) -> Response:
        claims.release(review_id, caller_of(request), now=timezone.now())
        return Response(row_of(request, review_id))


class DecideView(APIView):
    """POST /api/v1/reviews/{id}/decide"""

    action = "review"

    @extend_schema(summary="Decide an item", request=DecideSerializer, responses=ReviewRow)
    def post(self, request: Request, review_id: UUID) -> Response:
        serializer = DecideSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        decision = decision_from(serializer.validated_data)
        decide(review_id, decision, caller_of(request), now=timezone.now())
        return Response(row_of(request, review_id))


class UndoView(APIView):
    """POST /api/v1/reviews/{id}/undo"""

    action = "review"

    @extend_schema(summary="Undo one's decision with all its effects", responses=ReviewRow)
    def post(self, request: Request, review_id: UUID) -> Response:
        undo(review_id, caller_of(request), now=timezone.now())
        return Response(row_of(request, review_id))


class BulkView(APIView):
    """POST /api/v1/reviews/bulk"""

    action = "review"

    @extend_schema(
        summary="Decide up to 100 items at once", request=BulkSerializer, responses=BulkAnswer
    )
    def post(self, request: Request) -> Response:
        serializer = BulkSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        results = decide_many(
            fields["ids"], decision_from(fields), caller_of(request), now=timezone.now()
        )
        answer: BulkAnswer = {"results": [result_row(result) for result in results]}
        return Response(answer)


class NotesView(APIView):
    """POST /api/v1/reviews/{id}/notes"""

    action = "review"

    @extend_schema(summary="Add a note", request=NoteSerializer, responses={201: NoteRow})
    def post(self, request: Request, review_id: UUID) -> Response:
        serializer = NoteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        text = serializer.validated_data["text"]
        note = add_note(review_id, text, caller_of(request), now=timezone.now())
        return Response(note_row(note), status=201)


def decision_from(fields: Mapping[str, Any]) -> DecisionRequest:
    ban = None
    if sent := fields.get("ban"):
        # A channel left out means the content's; null means the whole project.
        channel = (sent["channel_id"] or WHOLE_PROJECT) if "channel_id" in sent else None
        check_length(sent.get("hours"), sent.get("minutes"))
        ban = BanRequest(
            type=sent["type"],
            hours=sent.get("hours"),
            minutes=sent.get("minutes"),
            channel_id=channel,
        )
    return DecisionRequest(
        ruling=DecisionKind(fields["decision"]),
        reason_code=fields["reason_code"] or "",
        note=fields["note"] or "",
        strike=fields["strike"],
        ban=ban,
        version=fields.get("version"),
        take_over=fields["take_over"],
    )


def result_row(result: BulkResult) -> BulkRow:
    if result.error is None:
        return {"id": str(result.id), "ok": True}
    problem = cast("Problem", problem_of(result.error))
    return {"id": str(result.id), "ok": False, "error": problem}
