"""Exports over HTTP: ask for one, look at what was asked for, download it."""

from collections.abc import Mapping
from tempfile import TemporaryFile
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
from moderation.errors import NotFound
from moderation.events import iso
from reviews.api.shapes import ExportRow
from reviews.exports import CONTENT_TYPES, FORMS, NAMES, Export, export, order_export
from reviews.models import ExportOrder

#: A request holds a thread of the server; more rows are the command's business.
MOST_ROWS = 10_000
#: A page of a PDF takes a tenth of a second to lay out.
MOST_IN_PDF = 1_000
FILES = {(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()}


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

    @extend_schema(summary="Exports that were ordered, the newest first", responses=ExportRow)
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([order_row(order) for order in page or []])

    @extend_schema(summary="Order an export", request=OrderSerializer, responses={201: ExportRow})
    def post(self, request: Request) -> Response:
        serializer = OrderSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        wanted = wanted_of(caller.project, serializer.validated_data)
        order = order_export(wanted, actor=caller.name, most=most_of(wanted.form))
        return Response(order_row(order), status=201)


class ExportView(APIView):
    """GET /api/v1/exports/{id}"""

    action = "admin"

    @extend_schema(summary="One export", responses=ExportRow)
    def get(self, request: Request, export_id: UUID) -> Response:
        return Response(order_row(order_of(request, export_id)))


class DownloadView(APIView):
    """GET /api/v1/exports/{id}/download"""

    action = "admin"

    @extend_schema(summary="Take an export's rows as a file", responses=FILES)
    def get(self, request: Request, export_id: UUID) -> FileResponse:
        order, caller = order_of(request, export_id), caller_of(request)
        wanted = Export(caller.project, order.kind, order.format, order.since, order.until)
        return download(wanted, actor=caller.name)


def wanted_of(project: Any, asked: Mapping[str, Any]) -> Export:
    return Export(project, asked["kind"], asked["format"], asked.get("since"), asked.get("until"))


def order_of(request: Request, export_id: UUID) -> ExportOrder:
    orders = ExportOrder.objects.filter(project=caller_of(request).project)
    order = orders.filter(pk=export_id).first()
    if order is None:
        raise NotFound("There is no such export in this project.")
    return order


def order_row(order: ExportOrder) -> dict[str, Any]:
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


def most_of(form: str) -> int:
    return MOST_IN_PDF if form == "pdf" else MOST_ROWS


def download(wanted: Export, *, actor: str) -> FileResponse:
    """Return the file as an attachment; Invalid for more rows than these."""
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    try:
        export(wanted, file, actor=actor, most=most_of(wanted.form))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=wanted.file_name,
        content_type=CONTENT_TYPES[wanted.form],
        headers={"Cache-Control": "no-store"},
    )
