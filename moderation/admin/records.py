"""Read-only records in the admin: logs, events, counters, leases and the audit log."""

from datetime import datetime

from django.contrib import admin

from moderation.admin.base import ServiceAdmin
from moderation.admin.filters import fixed_filter
from moderation.admin.links import console_url
from moderation.admin.showing import badge
from moderation.engine.verdict.verdict import Severity, VerdictKind
from moderation.models import (
    AuditAnchor,
    AuditEntry,
    Counter,
    Destination,
    HourlyFigures,
    Lease,
    LogRevision,
    ModerationLog,
    ModerationTask,
    OutboxEvent,
    Picture,
    Project,
    StaleHour,
    SuggestedScore,
    SummedSpan,
)
from moderation.rules.starter_lists import LANGUAGES as BUNDLED_LANGUAGES

VERDICT_COLOURS = {"allow": "success", "warn": "warning", "flag": "warning", "block": "danger"}
VERDICTS = fixed_filter("verdict", VerdictKind)
SEVERITIES = fixed_filter("severity", Severity)
LANGUAGES = fixed_filter("language", BUNDLED_LANGUAGES, others=True)


@admin.register(ModerationLog)
class ModerationLogAdmin(ServiceAdmin[ModerationLog]):
    list_display = (
        "message_id", "project", "text_excerpt", "user_id", "channel_id", "shown_verdict",
        "status", "score", "created_at",
    )  # fmt: skip
    list_filter = (
        "created_at", "project", VERDICTS, "status", SEVERITIES, LANGUAGES, "is_violation",
    )  # fmt: skip
    list_select_related = ("project",)
    search_fields = ("message_id", "user_id", "channel_id", "username", "content")
    search_help_text = "Message, author, channel or words of the content"
    ordering = ("-id",)
    text_path = ""
    covered_fields = ("content", "matches", "detected_words")
    console_page = "content_item"

    def console_address(self, project: Project, row: ModerationLog) -> str | None:
        return console_url(project, self.console_page, row.pk)

    @badge(description="verdict", ordering="verdict", colours=VERDICT_COLOURS)
    def shown_verdict(self, log: ModerationLog) -> str:
        return log.verdict


@admin.register(LogRevision)
class LogRevisionAdmin(ServiceAdmin[LogRevision]):
    list_display = ("log", "revision", "text_excerpt", "verdict", "score", "judged_at")
    list_filter = ("judged_at", "log__project", VERDICTS)
    list_select_related = ("log",)
    search_fields = ("log__message_id", "log__user_id", "content")
    search_help_text = "Message, author or words of the content"
    project_path = "log__project"
    export_paths = ("log__message_id",)
    ordering = ("-id",)
    text_path = ""
    covered_fields = ("content", "matches", "detected_words")


@admin.register(OutboxEvent)
class OutboxEventAdmin(ServiceAdmin[OutboxEvent]):
    list_display = (
        "type", "project", "audience", "seq", "created_at", "hold_until", "sent_at", "cancelled_at",
    )  # fmt: skip
    list_filter = ("created_at", "project", "audience", "sent_at")
    list_select_related = ("project",)
    search_fields = ("type",)
    search_help_text = "Type of the event"
    ordering = ("-id",)
    covered_fields = ("data",)


@admin.register(Counter)
class CounterAdmin(ServiceAdmin[Counter]):
    list_display = ("metric", "project", "minute", "value")
    list_filter = ("minute", "project")
    list_select_related = ("project",)
    search_fields = ("metric",)
    search_help_text = "Name of the metric"
    ordering = ("-id",)


@admin.register(HourlyFigures)
class HourlyFiguresAdmin(ServiceAdmin[HourlyFigures]):
    list_display = ("hour", "project", "figures", "oldest_closed")
    list_filter = ("hour", "project")
    list_select_related = ("project",)
    search_fields = ("project__slug",)
    search_help_text = "Project"
    ordering = ("-hour",)

    @admin.display(description="figures")
    def figures(self, row: HourlyFigures) -> str:
        return ", ".join(f"{name}: {count}" for name, count in sorted(row.counts.items()))


@admin.register(StaleHour)
class StaleHourAdmin(ServiceAdmin[StaleHour]):
    list_display = ("id", "project", "hour")
    list_filter = ("hour", "project")
    list_select_related = ("project",)
    search_fields = ("project__slug",)
    search_help_text = "Project"
    ordering = ("-id",)


@admin.register(SummedSpan)
class SummedSpanAdmin(ServiceAdmin[SummedSpan]):
    list_display = ("project", "beginning", "until")
    list_filter = ("until",)
    list_select_related = ("project",)
    search_fields = ("project__slug",)
    search_help_text = "Project"
    ordering = ("project",)

    @admin.display(description="since", ordering="since")
    def beginning(self, row: SummedSpan) -> datetime | str:
        """Return the first hour; a span that begins with 1970 holds every hour there is."""
        return row.since if row.since.year > 1970 else "the first message"


@admin.register(Lease)
class LeaseAdmin(ServiceAdmin[Lease]):
    list_display = ("name", "holder", "expires_at")
    list_filter = ("expires_at",)
    search_fields = ("name", "holder")
    search_help_text = "Name or holder"
    project_path = ""


@admin.register(Picture)
class PictureAdmin(ServiceAdmin[Picture]):
    list_display = ("log", "media_type")
    list_filter = ("media_type",)
    list_select_related = ("log",)
    search_fields = ("log__message_id", "log__user_id")
    search_help_text = "Message or author"
    project_path = "log__project"
    exclude = ("data",)


@admin.register(Destination)
class DestinationAdmin(ServiceAdmin[Destination]):
    list_display = ("name", "is_connected", "changed_at", "sent", "sent_at", "error")
    list_filter = ("is_connected",)
    search_fields = ("name", "error")
    search_help_text = "Name or error"
    project_path = ""


@admin.register(AuditEntry)
class AuditEntryAdmin(ServiceAdmin[AuditEntry]):
    list_display = ("created_at", "actor", "action", "object_type", "object_id", "project")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("actor", "action", "object_type", "object_id")
    search_help_text = "Actor, action, or the object's type or id"
    console_page = "audit"


@admin.register(AuditAnchor)
class AuditAnchorAdmin(ServiceAdmin[AuditAnchor]):
    list_display = ("day", "position", "digest", "sealed_at")
    list_filter = ("sealed_at",)
    search_fields = ("digest",)
    search_help_text = "The beginning of a digest"
    project_path = ""


@admin.register(SuggestedScore)
class SuggestedScoreAdmin(ServiceAdmin[SuggestedScore]):
    list_display = ("created_at", "project", "language", "suggested_by")
    list_filter = ("created_at", "project", LANGUAGES)
    list_select_related = ("project",)
    search_fields = ("text", "token", "community", "suggested_by")
    search_help_text = "Words of the text, token, community or key"
    ordering = ("-id",)
    covered_fields = ("text",)


@admin.register(ModerationTask)
class ModerationTaskAdmin(ServiceAdmin[ModerationTask]):
    list_display = ("message_id", "project", "state", "attempts", "created_at", "done_at")
    list_filter = ("created_at", "project", "state")
    list_select_related = ("project",)
    search_fields = ("message_id",)
    search_help_text = "Message"
    ordering = ("-id",)
    covered_fields = ("message", "result")
