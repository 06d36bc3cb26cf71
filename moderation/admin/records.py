"""What happened, in the admin: logs, events, figures, leases and the audit log; all read-only."""

from django.contrib import admin
from django.utils.safestring import SafeString

from moderation.admin.base import HouseAdmin
from moderation.admin.showing import excerpt, marked
from moderation.models import (
    AuditEntry,
    Counter,
    Lease,
    LogRevision,
    ModerationLog,
    OutboxEvent,
)


@admin.register(ModerationLog)
class ModerationLogAdmin(HouseAdmin[ModerationLog]):
    list_display = (
        "message_id", "project", "content_excerpt", "user_id", "channel_id", "verdict", "status",
        "score", "created_at",
    )  # fmt: skip
    list_filter = ("status", "is_violation", "is_approved", "created_at", "project")
    list_select_related = ("project",)
    search_fields = ("message_id", "user_id", "channel_id", "username", "content")
    ordering = ("-id",)
    extra_fields = ("marked_content",)

    @admin.display(description="content")
    def content_excerpt(self, log: ModerationLog) -> str:
        return excerpt(log.content)

    @admin.display(description="matched words")
    def marked_content(self, log: ModerationLog) -> SafeString:
        return marked(log.content, log.matches)


@admin.register(LogRevision)
class LogRevisionAdmin(HouseAdmin[LogRevision]):
    list_display = ("log", "revision", "content_excerpt", "verdict", "score", "judged_at")
    list_filter = ("judged_at", "log__project")
    list_select_related = ("log",)
    search_fields = ("log__message_id", "log__user_id", "content")
    ordering = ("-id",)

    @admin.display(description="content")
    def content_excerpt(self, revision: LogRevision) -> str:
        return excerpt(revision.content)


@admin.register(OutboxEvent)
class OutboxEventAdmin(HouseAdmin[OutboxEvent]):
    list_display = (
        "type", "project", "audience", "seq", "created_at", "hold_until", "sent_at", "cancelled_at",
    )  # fmt: skip
    list_filter = ("audience", "created_at", "sent_at", "project")
    list_select_related = ("project",)
    search_fields = ("type",)
    ordering = ("-id",)


@admin.register(Counter)
class CounterAdmin(HouseAdmin[Counter]):
    list_display = ("metric", "project", "minute", "value")
    list_filter = ("minute", "project")
    list_select_related = ("project",)
    search_fields = ("metric",)
    ordering = ("-id",)


@admin.register(Lease)
class LeaseAdmin(HouseAdmin[Lease]):
    list_display = ("name", "holder", "expires_at")
    list_filter = ("expires_at",)
    search_fields = ("name", "holder")


@admin.register(AuditEntry)
class AuditEntryAdmin(HouseAdmin[AuditEntry]):
    list_display = ("created_at", "actor", "action", "object_type", "object_id", "project")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("actor", "action", "object_type", "object_id")
