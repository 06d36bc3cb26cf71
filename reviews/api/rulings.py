"""What moderators do with items: claim, release, rule, take back, note."""

from typing import Any
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
from moderation.ingest import MAX_ID_LENGTH
from moderation.models import BanType
from moderation.models.sanctions import WHOLE_PROJECT
from reviews import claims, decisions
from reviews.api.items import row_of
from reviews.api.rows import claim_row, note_row
from reviews.api.shapes import BulkAnswer, ClaimRow, NoteRow, ReviewRow
from reviews.bulk import BulkResult, decide_many
from reviews.cases import BanOrder, Order
from reviews.models import Ruling
from reviews.notes import add_note

MAX_BULK = 100
MAX_NOTE_LENGTH = 2000
#: A hundred years; longer bans are permanent.
MAX_BAN_HOURS = 876_000


class BanOrderSerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField(BanType.choices)
    hours = serializers.IntegerField(
        min_value=1, max_value=MAX_BAN_HOURS, required=False, allow_null=True
    )
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH, required=False, allow_null=True)


class OrderSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(Ruling.choices)
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
        child=serializers.UUIDField(), allow_empty=False, max_length=MAX_BULK
    )


class NoteSerializer(serializers.Serializer[Any]):
    text = StrictCharField(max_length=MAX_NOTE_LENGTH)


class ClaimView(APIView):
    """POST /api/v1/reviews/{id}/claim"""

    action = "review"

    @extend_schema(summary="Hold an item for five minutes", responses=ClaimRow)
    def post(self, request: Request, review_id: UUID) -> Response:
        claim = claims.claim(review_id, caller_of(request), now=timezone.now())
        return Response(claim_row(claim))


class ReleaseView(APIView):
    """POST /api/v1/reviews/{id}/release"""

    action = "review"

    @extend_schema(summary="Let go of an item", responses=ReviewRow)
    def post(self, request: Request, review_id: UUID) -> Response:
        claims.release(review_id, caller_of(request), now=timezone.now())
        return Response(row_of(request, review_id))


class DecideView(APIView):
    """POST /api/v1/reviews/{id}/decide"""

    action = "review"

    @extend_schema(summary="Rule on an item", request=DecideSerializer, responses=ReviewRow)
    def post(self, request: Request, review_id: UUID) -> Response:
        serializer = DecideSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        order = order_from(serializer.validated_data)
        decisions.decide(review_id, order, caller_of(request), now=timezone.now())
        return Response(row_of(request, review_id))


class UndoView(APIView):
    """POST /api/v1/reviews/{id}/undo"""

    action = "review"

    @extend_schema(summary="Take one's ruling back with all its effects", responses=ReviewRow)
    def post(self, request: Request, review_id: UUID) -> Response:
        decisions.undo(review_id, caller_of(request), now=timezone.now())
        return Response(row_of(request, review_id))


class BulkView(APIView):
    """POST /api/v1/reviews/bulk"""

    action = "review"

    @extend_schema(
        summary="One ruling for up to 100 items", request=BulkSerializer, responses=BulkAnswer
    )
    def post(self, request: Request) -> Response:
        serializer = BulkSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        ids, order = serializer.validated_data["ids"], order_from(serializer.validated_data)
        results = decide_many(ids, order, caller_of(request), now=timezone.now())
        return Response({"results": [result_row(result) for result in results]})


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


def order_from(fields: dict[str, Any]) -> Order:
    return Order(
        ruling=Ruling(fields["decision"]),
        reason_code=fields["reason_code"] or "",
        note=fields["note"] or "",
        strike=fields["strike"],
        ban=ban_from(fields["ban"]) if fields.get("ban") else None,
        version=fields.get("version"),
        take_over=fields["take_over"],
    )


def ban_from(fields: dict[str, Any]) -> BanOrder:
    """A channel left out is the content's; null is the whole project."""
    channel = (fields["channel_id"] or WHOLE_PROJECT) if "channel_id" in fields else None
    return BanOrder(type=fields["type"], hours=fields.get("hours"), channel_id=channel)


def result_row(result: BulkResult) -> dict[str, Any]:
    if result.error is None:
        return {"id": str(result.id), "ok": True}
    return {"id": str(result.id), "ok": False, "error": problem_of(result.error)}
