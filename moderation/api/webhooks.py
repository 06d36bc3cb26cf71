"""Webhooks and their deliveries (docs/webhooks.md)."""

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
from moderation.api.shapes.webhooks import DeliveryRow, WebhookRow, WebhookWithSecret
from moderation.api.shapes.words import Done
from moderation.delivery.webhooks import managing
from moderation.delivery.webhooks.formats import EVENTS, TEST
from moderation.events.event import iso
from moderation.lib.errors import NotFound
from moderation.lib.http_client import LONGEST_URL
from moderation.models import DeliveryStatus, Webhook, WebhookDelivery, WebhookFormat

NO_STORE = {"Cache-Control": "no-store"}


class NewestFirst(KeysetPagination):
    ordering = "-id"


class NewestDeliveryFirst(KeysetPagination):
    ordering = ("-created_at", "-id")


class WebhookSerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=managing.LONGEST_NAME)
    url = StrictCharField(max_length=LONGEST_URL)
    events = serializers.ListField(
        child=serializers.ChoiceField(EVENTS), allow_empty=False, max_length=len(EVENTS)
    )
    format = serializers.ChoiceField(WebhookFormat.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class WebhooksView(GenericAPIView[Webhook]):
    """GET and POST /api/v1/webhooks; only the answer to the POST shows the secret."""

    action = "admin"
    filter_backends = []
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Webhook]:
        return Webhook.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="The project's webhooks", responses=WebhookRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([webhook_row(webhook) for webhook in page or []])

    @extend_schema(
        summary="Create a webhook; only this answer shows its secret",
        request=WebhookSerializer,
        responses={201: WebhookWithSecret},
    )
    def post(self, request: Request) -> Response:
        serializer = WebhookSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        webhook, secret = managing.create_webhook(
            caller.project, serializer.validated_data, actor=caller.name
        )
        return Response({**webhook_row(webhook), "secret": secret}, status=201, headers=NO_STORE)


class WebhookView(APIView):
    """GET, PATCH and DELETE /api/v1/webhooks/{id}"""

    action = "admin"

    @extend_schema(summary="One webhook", responses=WebhookRow)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        return Response(webhook_row(webhook_of(request, webhook_id)))

    @extend_schema(
        summary="Change a webhook", request=WebhookSerializer(partial=True), responses=WebhookRow
    )
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        webhook = webhook_of(request, webhook_id)
        serializer = WebhookSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = managing.change_webhook(
            webhook, serializer.validated_data, actor=caller_of(request).name
        )
        return Response(webhook_row(changed))

    @extend_schema(summary="Delete a webhook", responses={200: Done})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        managing.delete_webhook(webhook_of(request, webhook_id), actor=caller_of(request).name)
        return Response({"success": True, "message": "Webhook deleted successfully"})


class RotateView(APIView):
    """POST /api/v1/webhooks/{id}/rotate: a new secret; for 24 hours the previous one signs too."""

    action = "admin"

    @extend_schema(
        summary="Create a new secret; for 24 hours the previous one signs too",
        responses=WebhookWithSecret,
    )
    def post(self, request: Request, webhook_id: UUID) -> Response:
        webhook = webhook_of(request, webhook_id)
        secret = managing.rotate_secret(webhook, actor=caller_of(request).name, now=timezone.now())
        return Response({**webhook_row(webhook), "secret": secret}, headers=NO_STORE)


class TestView(APIView):
    """POST /api/v1/webhooks/{id}/test: sends a signed `webhook.test` and returns its delivery."""

    action = "admin"

    @extend_schema(summary="Send a signed `webhook.test`", responses={202: DeliveryRow})
    def post(self, request: Request, webhook_id: UUID) -> Response:
        webhook = webhook_of(request, webhook_id)
        delivery = managing.send_test(webhook, actor=caller_of(request).name, now=timezone.now())
        return Response(delivery_row(delivery), status=202)


class DeliveryFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=DeliveryStatus.choices)
    event_type = django_filters.ChoiceFilter(choices=[(name, name) for name in (*EVENTS, TEST)])

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []


class DeliveriesView(GenericAPIView[WebhookDelivery]):
    """GET /api/v1/webhooks/{id}/deliveries: those of the last seven days, newest first."""

    action = "admin"
    filter_backends = [StrictFilterBackend]
    filterset_class = DeliveryFilter
    pagination_class = NewestDeliveryFirst

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        webhook = webhook_of(self.request, self.kwargs["webhook_id"])
        return WebhookDelivery.objects.filter(webhook=webhook).select_related("webhook")

    @extend_schema(summary="Deliveries of the last seven days, newest first", responses=DeliveryRow)
    def get(self, _request: Request, **_ids: UUID) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([delivery_row(one) for one in page or []])


class RedeliverView(APIView):
    """POST /api/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver"""

    action = "admin"

    @extend_schema(summary="Send an event again", responses={202: DeliveryRow})
    def post(self, request: Request, webhook_id: UUID, delivery_id: UUID) -> Response:
        webhook = webhook_of(request, webhook_id)
        deliveries = webhook.deliveries.select_related("webhook__project")
        delivery = deliveries.filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound("This webhook has no such delivery.")
        again = managing.redeliver(delivery, actor=caller_of(request).name, now=timezone.now())
        return Response(delivery_row(again), status=202)


def webhook_of(request: Request, webhook_id: UUID) -> Webhook:
    webhooks = Webhook.objects.filter(project=caller_of(request).project, pk=webhook_id)
    webhook = webhooks.select_related("project").first()
    if webhook is None:
        raise NotFound("This project has no such webhook.")
    return webhook


def webhook_row(webhook: Webhook) -> WebhookRow:
    return {
        "id": str(webhook.pk),
        "name": webhook.name,
        "url": webhook.url,
        "format": webhook.format,
        "events": webhook.events,
        "is_active": webhook.is_active,
        "disabled_reason": webhook.disabled_reason,
        "created_by": webhook.created_by,
        "created_at": iso(webhook.created_at),
        "succeeded_at": iso(webhook.succeeded_at),
        "failing_since": iso(webhook.failing_since),
    }


def delivery_row(delivery: WebhookDelivery) -> DeliveryRow:
    is_pending = delivery.status == DeliveryStatus.PENDING
    return {
        "id": str(delivery.pk),
        "webhook_id": str(delivery.webhook_id),
        "event_id": str(delivery.event_id),
        "event_type": delivery.event_type,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "response_status": delivery.response_status,
        "response_excerpt": delivery.response_excerpt,
        "error": delivery.error,
        "duration_seconds": delivery.duration_seconds,
        "created_at": iso(delivery.created_at),
        "last_attempt_at": iso(delivery.last_attempt_at),
        "next_attempt_at": iso(delivery.due_at) if is_pending else None,
        "body": delivery.body,
    }
