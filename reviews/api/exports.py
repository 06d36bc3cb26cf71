"""Exports over HTTP: request one, list them, download one."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.events.event import iso
from moderation.lib.errors import NotFound
from reviews.api.shapes import ExportRow
from reviews.models import ExportOrder
from reviews.reporting.download import download, most_of
from reviews.reporting.exports import CONTENT_TYPES, FORMS, NAMES, ExportSpec, order_export

#: The first is for generators of clients, which read a file's bytes only under this name.
FILE_TYPES = ("application/octet-stream", *CONTENT_TYPES.values())
FILES = {(200, kind): OpenApiTypes.BINARY for kind in FILE_TYPES}


class OrderSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(NAMES)
    format = serializers.ChoiceField(FORMS, default="csv")
    since = serializers.DateTimeField(required=False, allow_null=True)
    until = serializers.DateTimeField(required=False, allow_null=True)


class LastFirst(KeysetPagination):
    ordering = "-id"


class ExportsView(GenericAPIView[ExportOrder]):
    """GET and POST /api/v1/exports"""

    action = "admin"
    filter_backends = []
    pagination_class = LastFirst

    def get_queryset(self) -> QuerySet[ExportOrder]:
        return ExportOrder.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="List exports, newest first", responses=ExportRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([order_row(order) for order in page or []])

    @extend_schema(summary="Request an export", request=OrderSerializer, responses={201: ExportRow})
    def post(self, request: Request) -> Response:
        serializer = OrderSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        fields = serializer.validated_data
        spec = ExportSpec(
            caller.project,
            fields["kind"],
            fields["format"],
            fields.get("since"),
            fields.get("until"),
        )
        order = order_export(spec, actor=caller.name, most=most_of(spec.form))
        return Response(order_row(order), status=201)


class ExportView(APIView):
    """GET /api/v1/exports/{id}"""

    action = "admin"

    @extend_schema(summary="Read an export", responses=ExportRow)
    def get(self, request: Request, export_id: UUID) -> Response:
        return Response(order_row(export_of(request, export_id)))


class DownloadView(APIView):
    """GET /api/v1/exports/{id}/download"""

    action = "admin"

    @extend_schema(summary="Download an export", responses=FILES)
    def get(self, request: Request, export_id: UUID) -> FileResponse:
        order, caller = export_of(request, export_id), caller_of(request)
        spec = ExportSpec(caller.project, order.kind, order.format, order.since, order.until)
        return download(spec, actor=caller.name)


def export_of(request: Request, export_id: UUID) -> ExportOrder:
    orders = ExportOrder.objects.filter(project=caller_of(request).project)
    order = orders.filter(pk=export_id).first()
    if order is None:
        raise NotFound("There is no such export in this project.")
    return order


def order_row(order: ExportOrder) -> ExportRow:
    return {
        "id": str(order.pk),
        "kind": order.kind,
        "format": order.format,
        "since": iso(order.since),
        "until": iso(order.until),
        "rows": order.rows,
        "status": "ready",
        "requested_by": order.requested_by,
        "created_at": iso(order.created_at),
        "download_url": f"/api/v1/exports/{order.pk}/download",
    }
