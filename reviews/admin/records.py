"""What belongs to reviews in the admin, read-only: claims, decisions, notes, reports, appeals."""

from django.contrib import admin

from moderation.admin.base import ServiceAdmin
from moderation.admin.links import console_url
from moderation.admin.showing import excerpt
from moderation.models import Project
from reviews.models import (
    Appeal,
    AuthorNote,
    Backtest,
    Claim,
    Decision,
    ExportOrder,
    Report,
    ReviewNote,
    SavedFilter,
)


@admin.display(description="message", ordering="review__log__message_id")
def message_id(row: Claim | Decision | ReviewNote) -> str:
    return row.review.log.message_id


@admin.register(Claim)
class ClaimAdmin(ServiceAdmin[Claim]):
    list_display = ("holder_name", message_id, "claimed_at", "expires_at")
    list_filter = ("claimed_at", "expires_at", "review__project")
    list_select_related = ("review__log",)
    search_fields = ("holder_name", "holder", "review__log__message_id")
    search_help_text = "Who holds it, or message"
    project_path = "review__project"
    ordering = ("-id",)


@admin.register(Decision)
class DecisionAdmin(ServiceAdmin[Decision]):
    list_display = (
        "ruling", "project", message_id, "reason_code", "decided_by", "decided_at", "undone_at",
    )  # fmt: skip
    list_filter = ("decided_at", "project", "ruling", "is_final", "undone_at")
    list_select_related = ("project", "review__log")
    search_fields = ("decided_by", "reason_code", "note", "review__log__message_id")
    search_help_text = "Who decided, reason, note or message"
    ordering = ("-id",)
    console_page = "review"
    export_paths = ("review__log__message_id",)

    def console_address(self, project: Project, row: Decision) -> str | None:
        return console_url(project, self.console_page, row.review_id)


@admin.register(ReviewNote)
class ReviewNoteAdmin(ServiceAdmin[ReviewNote]):
    list_display = ("note", "author", message_id, "created_at")
    list_filter = ("created_at", "review__project")
    list_select_related = ("review__log",)
    search_fields = ("author", "text", "review__log__message_id")
    search_help_text = "Who wrote it, its text or message"
    project_path = "review__project"
    ordering = ("-id",)

    @admin.display(description="note")
    def note(self, row: ReviewNote) -> str:
        return excerpt(row.text)


@admin.register(AuthorNote)
class AuthorNoteAdmin(ServiceAdmin[AuthorNote]):
    list_display = ("note", "user_id", "written_by", "project", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "written_by", "text")
    search_help_text = "Author it is about, who wrote it, or its text"
    ordering = ("-id",)

    @admin.display(description="note")
    def note(self, row: AuthorNote) -> str:
        return excerpt(row.text)


@admin.register(Report)
class ReportAdmin(ServiceAdmin[Report]):
    list_display = ("reason", "project", "log", "reporter_id", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project", "log")
    search_fields = ("reporter_id", "reason", "note", "log__message_id")
    search_help_text = "Who reported, reason, note or message"
    ordering = ("-id",)
    console_page = "content_item"
    export_paths = ("log__message_id",)

    def console_address(self, project: Project, row: Report) -> str | None:
        return console_url(project, self.console_page, row.log_id)


@admin.register(Appeal)
class AppealAdmin(ServiceAdmin[Appeal]):
    list_display = ("user_id", "project", "statement_excerpt", "status", "outcome", "created_at")
    list_filter = ("status", "outcome", "created_at", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "statement", "answer")
    search_help_text = "Author, statement or answer"
    console_page = "appeals"
    ordering = ("-id",)
    hidden_fields = ("token_digest",)

    @admin.display(description="statement")
    def statement_excerpt(self, appeal: Appeal) -> str:
        return excerpt(appeal.statement)


@admin.register(Backtest)
class BacktestAdmin(ServiceAdmin[Backtest]):
    list_display = ("kind", "project", "days", "state", "done", "total", "started_by", "started_at")
    list_filter = ("state", "kind", "started_at", "project")
    list_select_related = ("project",)
    search_fields = ("started_by",)
    search_help_text = "Who started it"
    date_hierarchy = "started_at"
    ordering = ("-id",)


@admin.register(SavedFilter)
class SavedFilterAdmin(ServiceAdmin[SavedFilter]):
    list_display = ("name", "project", "owner_name", "is_shared", "created_at")
    list_filter = ("is_shared", "created_at", "project")
    list_select_related = ("project",)
    search_fields = ("name", "owner_name")
    search_help_text = "Name, or who saved it"


@admin.register(ExportOrder)
class ExportOrderAdmin(ServiceAdmin[ExportOrder]):
    list_display = ("kind", "format", "project", "rows", "requested_by", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("kind", "requested_by")
    search_help_text = "Kind, or who requested it"
    ordering = ("-id",)
