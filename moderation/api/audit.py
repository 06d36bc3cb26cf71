"""The audit log: who changed what."""

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from moderation.api.filters import StrictFilterBackend
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.api.shapes.project import AuditRow
from moderation.events.event import iso
from moderation.lib.moment_filter import MomentFilter
from moderation.models import AuditEntry


class AuditFilter(django_filters.FilterSet):
    action = django_filters.CharFilter()
    actor = django_filters.CharFilter()
    object_type = django_filters.CharFilter()
    object_id = django_filters.CharFilter()
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = AuditEntry
        fields: list[str] = []


class NewestFirst(KeysetPagination):
    ordering = "-id"


class AuditView(GenericAPIView[AuditEntry]):
    """GET /api/v1/audit"""

    action = "admin"
    filter_backends = [StrictFilterBackend]
    filterset_class = AuditFilter
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="Who changed what, newest first", responses=AuditRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([entry_row(entry) for entry in page or []])


def entry_row(entry: AuditEntry) -> AuditRow:
    return {
        "id": entry.pk,
        "actor": entry.actor,
        "identity": entry.identity,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "data": entry.data,
        "created_at": iso(entry.created_at),
    }
