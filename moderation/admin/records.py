"""What happened, in the admin: logs, events, figures, leases and the audit log; all read-only."""

from django.contrib import admin
from django.utils.safestring import SafeString

from moderation.admin.base import HouseAdmin
from moderation.admin.filters import fixed_filter
from moderation.admin.links import console_url
from moderation.admin.showing import badge, excerpt, marked
from moderation.engine.verdict import Severity, VerdictKind
from moderation.models import (
    AuditAnchor,
    AuditEntry,
    Counter,
    Lease,
    LogRevision,
    ModerationLog,
    ModerationTask,
    OutboxEvent,
    Project,
    SuggestedScore,
)
from moderation.seeding import LANGUAGES as BUNDLED_LANGUAGES

VERDICT_COLOURS = {"allow": "success", "warn": "warning", "flag": "warning", "block": "danger"}
VERDICTS = fixed_filter("verdict", VerdictKind)
SEVERITIES = fixed_filter("severity", Severity)
LANGUAGES = fixed_filter("language", BUNDLED_LANGUAGES, others=True)


@admin.register(ModerationLog)
class ModerationLogAdmin(HouseAdmin[ModerationLog]):
    list_display = (
        "message_id", "project", "content_excerpt", "user_id", "channel_id", "shown_verdict",
        "status", "score", "created_at",
    )  # fmt: skip
    list_filter = (
        "created_at", "project", VERDICTS, "status", SEVERITIES, LANGUAGES, "is_violation",
    )  # fmt: skip
    list_select_related = ("project",)
    search_fields = ("message_id", "user_id", "channel_id", "username", "content")
    search_help_text = "Message, author, channel or words of the content"
    ordering = ("-id",)
    extra_fields = ("marked_content",)
    console_page = "content_item"

    def console_address(self, project: Project, row: ModerationLog) -> str | None:
        return console_url(project, self.console_page, row.pk)

    @admin.display(description="content")
    def content_excerpt(self, log: ModerationLog) -> str:
        return excerpt(log.content)

    @badge(description="verdict", ordering="verdict", colours=VERDICT_COLOURS)
    def shown_verdict(self, log: ModerationLog) -> str:
        return log.verdict

    @admin.display(description="matched words")
    def marked_content(self, log: ModerationLog) -> SafeString:
        return marked(log.content, log.matches)


@admin.register(LogRevision)
class LogRevisionAdmin(HouseAdmin[LogRevision]):
    list_display = ("log", "revision", "content_excerpt", "verdict", "score", "judged_at")
    list_filter = ("judged_at", "log__project", VERDICTS)
    list_select_related = ("log",)
    search_fields = ("log__message_id", "log__user_id", "content")
    search_help_text = "Message, author or words of the content"
    project_path = "log__project"
    export_paths = ("log__message_id",)
    ordering = ("-id",)

    @admin.display(description="content")
    def content_excerpt(self, revision: LogRevision) -> str:
        return excerpt(revision.content)


@admin.register(OutboxEvent)
class OutboxEventAdmin(HouseAdmin[OutboxEvent]):
    list_display = (
        "type", "project", "audience", "seq", "created_at", "hold_until", "sent_at", "cancelled_at",
    )  # fmt: skip
    list_filter = ("created_at", "project", "audience", "sent_at")
    list_select_related = ("project",)
    search_fields = ("type",)
    search_help_text = "Type of the event"
    ordering = ("-id",)


@admin.register(Counter)
class CounterAdmin(HouseAdmin[Counter]):
    list_display = ("metric", "project", "minute", "value")
    list_filter = ("minute", "project")
    list_select_related = ("project",)
    search_fields = ("metric",)
    search_help_text = "Name of the figure"
    ordering = ("-id",)


@admin.register(Lease)
class LeaseAdmin(HouseAdmin[Lease]):
    list_display = ("name", "holder", "expires_at")
    list_filter = ("expires_at",)
    search_fields = ("name", "holder")
    search_help_text = "Name or holder"
    project_path = ""


@admin.register(AuditEntry)
class AuditEntryAdmin(HouseAdmin[AuditEntry]):
    list_display = ("created_at", "actor", "action", "object_type", "object_id", "project")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("actor", "action", "object_type", "object_id")
    search_help_text = "Who, what was done, or the id of what it was done to"
    console_page = "audit"


@admin.register(AuditAnchor)
class AuditAnchorAdmin(HouseAdmin[AuditAnchor]):
    list_display = ("day", "position", "digest", "sealed_at")
    list_filter = ("sealed_at",)
    search_fields = ("digest",)
    search_help_text = "The beginning of a digest"
    project_path = ""


@admin.register(SuggestedScore)
class SuggestedScoreAdmin(HouseAdmin[SuggestedScore]):
    list_display = ("text_excerpt", "project", "language", "suggested_by", "created_at")
    list_filter = ("created_at", "project", LANGUAGES)
    list_select_related = ("project",)
    search_fields = ("text", "token", "community", "suggested_by")
    search_help_text = "Words of the text, token, community or key"
    ordering = ("-id",)

    @admin.display(description="text")
    def text_excerpt(self, row: SuggestedScore) -> str:
        return excerpt(row.text)


@admin.register(ModerationTask)
class ModerationTaskAdmin(HouseAdmin[ModerationTask]):
    list_display = ("message_id", "project", "state", "attempts", "created_at", "done_at")
    list_filter = ("created_at", "project", "state")
    list_select_related = ("project",)
    search_fields = ("message_id",)
    search_help_text = "Message"
    ordering = ("-id",)
