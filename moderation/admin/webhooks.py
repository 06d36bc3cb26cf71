"""Webhooks and their deliveries in the admin, read-only: the console changes them."""

from django.contrib import admin

from moderation.admin.base import ServiceAdmin
from moderation.admin.filters import fixed_filter
from moderation.models import DeliveryStatus, Webhook, WebhookDelivery, WebhookFormat

FORMATS = fixed_filter("format", WebhookFormat)
STATUSES = fixed_filter("status", DeliveryStatus)


@admin.register(Webhook)
class WebhookAdmin(ServiceAdmin[Webhook]):
    list_display = ("name", "project", "url", "format", "is_active", "failing_since", "created_at")
    list_filter = ("created_at", "project", FORMATS, "is_active")
    list_select_related = ("project",)
    search_fields = ("name", "url")
    search_help_text = "Name or address"
    hidden_fields = ("secret", "previous_secret")


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ServiceAdmin[WebhookDelivery]):
    list_display = (
        "event_type", "webhook", "status", "attempts", "response_status", "error", "created_at",
    )  # fmt: skip
    list_filter = ("created_at", "webhook__project", STATUSES)
    list_select_related = ("webhook",)
    search_fields = ("event_type", "webhook__name")
    search_help_text = "Type of the event or name of the webhook"
    project_path = "webhook__project"
    ordering = ("-id",)
    covered_fields = ("body",)
