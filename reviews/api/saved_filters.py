"""Saved filters of the queue over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.accounts.callers import Caller
from moderation.api.fields import StrictCharField
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.api.shapes.words import Done
from moderation.events.event import iso
from reviews.api.shapes import SavedFilterRow
from reviews.models import SavedFilter
from reviews.queue import saved_filters

LONGEST_VALUE = 200


class SavedFilterSerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=saved_filters.LONGEST_NAME)
    filters = serializers.DictField(child=StrictCharField(max_length=LONGEST_VALUE))
    is_shared = serializers.BooleanField(required=False)


class ById(KeysetPagination):
    ordering = "-id"


class SavedFiltersView(GenericAPIView[SavedFilter]):
    """GET and POST /api/v1/saved-filters: the caller's own, and shared ones"""

    action = "read"
    filter_backends = []
    pagination_class = ById

    @extend_schema(summary="List one's own and shared saved filters", responses=SavedFilterRow)
    def get(self, request: Request) -> Response:
        caller = caller_of(request)
        page = self.paginate_queryset(saved_filters.saved_filters_of(caller))
        return self.get_paginated_response([row_of(saved, caller) for saved in page or []])

    @extend_schema(
        summary="Save filters under a name",
        request=SavedFilterSerializer,
        responses={201: SavedFilterRow},
    )
    def post(self, request: Request) -> Response:
        serializer = SavedFilterSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        saved = saved_filters.save_filter(caller, serializer.validated_data)
        return Response(row_of(saved, caller), status=201)


class SavedFilterView(APIView):
    """PATCH and DELETE /api/v1/saved-filters/{id}"""

    action = "read"

    @extend_schema(
        summary="Change a saved filter",
        request=SavedFilterSerializer(partial=True),
        responses=SavedFilterRow,
    )
    def patch(self, request: Request, filter_id: UUID) -> Response:
        caller = caller_of(request)
        serializer = SavedFilterSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        saved = saved_filters.change_filter(caller, filter_id, serializer.validated_data)
        return Response(row_of(saved, caller))

    @extend_schema(summary="Delete a saved filter", responses={200: Done})
    def delete(self, request: Request, filter_id: UUID) -> Response:
        saved_filters.delete_filter(caller_of(request), filter_id)
        return Response({"success": True, "message": "Saved filter deleted successfully"})


def row_of(saved: SavedFilter, caller: Caller) -> SavedFilterRow:
    return {
        "id": str(saved.pk),
        "name": saved.name,
        "filters": saved.filters,
        "query": saved_filters.query_of(saved),
        "is_shared": saved.is_shared,
        "is_own": saved.owner == caller.identity,
        "created_by": saved.owner_name,
        "created_at": iso(saved.created_at),
    }
