"""The review queue in the admin: the same rulings as in the API, by the same services."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from moderation.admin.base import EXPORTS, HouseAdmin, Inline
from moderation.admin.filters import DropdownFilter
from moderation.admin.links import console_url
from moderation.admin.showing import excerpt, marked
from moderation.identity import Caller, caller_of_member, may
from moderation.models import Project
from moderation.rules import WORD_CATEGORIES
from reviews.bulk import decide_many
from reviews.cases import Order
from reviews.models import (
    Appeal,
    Backtest,
    Claim,
    Decision,
    ExportOrder,
    Report,
    ReviewItem,
    ReviewNote,
    ReviewStatus,
    Ruling,
    SavedFilter,
)

MOST_AT_ONCE = 100  # CONTRACT section 3, "POST reviews/bulk"
DONE = {Ruling.APPROVE: "approved", Ruling.REJECT: "rejected", Ruling.DISMISS: "dismissed"}
ALL = "all"


class RejectForm(forms.Form):
    reason_code = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose a reason"), *((name, name) for name in WORD_CATEGORIES)],
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        max_length=2000, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )


class StatusFilter(DropdownFilter):
    """Shows the open items unless asked for others: the queue is what waits."""

    all_option = ("", "Open")
    title = "status"
    parameter_name = "status__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(ReviewStatus.DECIDED, "Decided"), (ALL, "All, open ones first")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ReviewItem]
    ) -> QuerySet[ReviewItem]:
        wanted = self.value() or ReviewStatus.OPEN
        return queryset if wanted == ALL else queryset.filter(status=wanted)


class ReadOnlyInline(Inline[Any, ReviewItem]):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DecisionInline(ReadOnlyInline):
    model = Decision
    fields = readonly_fields = (
        "ruling", "reason_code", "note", "decided_by", "decided_at", "undone_at", "undone_by",
    )  # fmt: skip


class NoteInline(ReadOnlyInline):
    model = ReviewNote
    fields = readonly_fields = ("author", "text", "created_at")


class ReportInline(ReadOnlyInline):
    model = Report
    fields = readonly_fields = ("reporter_id", "reason", "note", "created_at")


@admin.register(ReviewItem)
class ReviewItemAdmin(HouseAdmin[ReviewItem]):
    list_display = (
        "content", "project", "author", "severity", "status", "reports", "held_by", "ruled",
        "created_at",
    )  # fmt: skip
    list_filter = (StatusFilter, "project", "source", "escalated", "created_at", "decided_at")
    search_fields = ("log__message_id", "log__user_id", "log__username", "log__content")
    search_help_text = "Message, author or words of the content"
    console_page = "review"
    export_paths = (
        "log__message_id", "log__user_id", "log__channel_id", "log__content", "log__verdict",
        "log__severity", "log__score",
    )  # fmt: skip
    #: "open" comes after "decided" in the alphabet.
    ordering = ("-status", "-priority", "-id")
    extra_fields = ("marked_content", "author", "channel", "severity", "reasons", "held_by")
    inlines = (DecisionInline, NoteInline, ReportInline)
    actions = ("approve", "reject", "dismiss", *EXPORTS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewItem]:
        return ReviewItem.objects.with_details().select_related("project", "log", "claim")

    def console_address(self, project: Project, row: ReviewItem) -> str | None:
        return console_url(project, self.console_page, row.pk)

    def has_ruling_permission(self, request: HttpRequest) -> bool:
        """Offer the rulings to all who see the queue: their role in the item's project decides."""
        return self.has_view_permission(request)

    # --- Columns

    @admin.display(description="content")
    def content(self, item: ReviewItem) -> str:
        return excerpt(item.log.content) or item.log.message_id

    @admin.display(description="content")
    def marked_content(self, item: ReviewItem) -> SafeString:
        return marked(item.log.content, item.log.matches)

    @admin.display(description="author")
    def author(self, item: ReviewItem) -> str:
        return item.log.username or item.log.user_id

    @admin.display(description="channel")
    def channel(self, item: ReviewItem) -> str:
        return item.log.channel_id

    @admin.display(description="severity", ordering="log__severity")
    def severity(self, item: ReviewItem) -> str:
        return f"{item.log.severity} ({item.log.score:.2f})"

    @admin.display(description="reasons")
    def reasons(self, item: ReviewItem) -> str:
        return ", ".join(item.log.reasons)

    @admin.display(description="reports", ordering="report_count")
    def reports(self, item: ReviewItem) -> int:
        return item.report_count

    @admin.display(description="held by")
    def held_by(self, item: ReviewItem) -> str | None:
        claim = item.live_claim(timezone.now())
        return claim.holder_name if claim else None

    @admin.display(description="ruling")
    def ruled(self, item: ReviewItem) -> str | None:
        rulings: list[Decision] = getattr(item, "rulings", [])
        return str(rulings[0]) if rulings else None

    # --- Rulings

    @admin.action(description="Approve the selected items", permissions=["ruling"])
    def approve(self, request: HttpRequest, items: QuerySet[ReviewItem]) -> None:
        self._rule(request, chosen(self, request, items), Order(Ruling.APPROVE))

    @admin.action(description="Dismiss the selected items", permissions=["ruling"])
    def dismiss(self, request: HttpRequest, items: QuerySet[ReviewItem]) -> None:
        self._rule(request, chosen(self, request, items), Order(Ruling.DISMISS))

    @admin.action(description="Reject the selected items…", permissions=["ruling"])
    def reject(self, request: HttpRequest, items: QuerySet[ReviewItem]) -> HttpResponse | None:
        """Ask for the reason first: a rejection hurts authors."""
        rows = chosen(self, request, items)
        form = RejectForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            self._rule(request, rows, Order(Ruling.REJECT, **form.cleaned_data))
            return None
        if self._are_too_many(request, rows):
            return None
        return self._confirmation(request, rows, form)

    def _confirmation(
        self, request: HttpRequest, rows: list[ReviewItem], form: RejectForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Reject content",
            "opts": self.opts,
            "rows": [(item, excerpt(item.log.content)) for item in rows],
            "form": form,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/reviews/confirm_reject.html", context)

    def _are_too_many(self, request: HttpRequest, rows: list[ReviewItem]) -> bool:
        if len(rows) <= MOST_AT_ONCE:
            return False
        text = f"At most {MOST_AT_ONCE} items can be ruled on at once; nothing was changed."
        self.message_user(request, text, messages.ERROR)
        return True

    def _rule(self, request: HttpRequest, rows: list[ReviewItem], order: Order) -> None:
        """Rule on the items, project by project; tell each that was refused."""
        if self._are_too_many(request, rows):
            return
        assert isinstance(request.user, AbstractUser)
        count = 0
        for project, items in by_project(rows):
            caller = caller_for(request.user, project)
            if caller is None or not may(caller, "review"):
                text = f"You are no moderator of {project}: {len(items)} of its items stay open."
                self.message_user(request, text, messages.ERROR)
            else:
                count += self._rule_in_project(request, items, order, caller)
        if count:
            text = f"Items {DONE[order.ruling]}: {count}."
            self.message_user(request, text, messages.SUCCESS)

    def _rule_in_project(
        self, request: HttpRequest, items: list[ReviewItem], order: Order, caller: Caller
    ) -> int:
        names = {item.pk: item.log.message_id for item in items}
        results = decide_many(names, order, caller, now=timezone.now())
        refused = [(result.id, result.error) for result in results if result.error]
        for item_id, error in refused:
            self.message_user(request, f"{names[item_id]}: {error.detail}", messages.WARNING)
        return len(results) - len(refused)


def chosen(
    page: ReviewItemAdmin, request: HttpRequest, items: QuerySet[ReviewItem]
) -> list[ReviewItem]:
    """Return what was ticked, also what another has decided meanwhile: that must be told.

    One more than may be ruled on at once at most, so that too many can be refused.
    """
    if request.POST.get("select_across") != "1":
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        items = page.get_queryset(request).filter(pk__in=ticked)
    return list(items.order_by("-priority", "-id")[: MOST_AT_ONCE + 1])


def by_project(rows: Iterable[ReviewItem]) -> list[tuple[Project, list[ReviewItem]]]:
    ordered = sorted(rows, key=lambda item: item.project.slug)
    return [(key, list(items)) for key, items in groupby(ordered, key=lambda item: item.project)]


def caller_for(user: AbstractUser, project: Project) -> Caller | None:
    """Return the person as member of the project; a superuser who is none acts as its owner."""
    member = caller_of_member(user, project.slug)
    if member is not None or not user.is_superuser:
        return member
    return Caller(project=project, name=user.get_username(), role="owner", user=user)


@admin.register(Claim)
class ClaimAdmin(HouseAdmin[Claim]):
    list_display = ("holder_name", "review", "claimed_at", "expires_at")
    list_filter = ("claimed_at", "expires_at", "review__project")
    list_select_related = ("review",)
    search_fields = ("holder_name", "holder", "review__log__message_id")
    search_help_text = "Who holds it, or message"
    project_path = "review__project"
    ordering = ("-id",)


@admin.register(Decision)
class DecisionAdmin(HouseAdmin[Decision]):
    list_display = (
        "ruling", "project", "review", "reason_code", "decided_by", "decided_at", "undone_at",
    )  # fmt: skip
    list_filter = ("decided_at", "project", "ruling", "is_final", "undone_at")
    list_select_related = ("project", "review")
    search_fields = ("decided_by", "reason_code", "note", "review__log__message_id")
    search_help_text = "Who decided, reason, note or message"
    ordering = ("-id",)
    console_page = "review"
    export_paths = ("review__log__message_id",)

    def console_address(self, project: Project, row: Decision) -> str | None:
        return console_url(project, self.console_page, row.review_id)


@admin.register(ReviewNote)
class ReviewNoteAdmin(HouseAdmin[ReviewNote]):
    list_display = ("note", "author", "review", "created_at")
    list_filter = ("created_at", "review__project")
    list_select_related = ("review",)
    search_fields = ("author", "text", "review__log__message_id")
    search_help_text = "Who wrote it, its text or message"
    project_path = "review__project"
    ordering = ("-id",)

    @admin.display(description="note")
    def note(self, row: ReviewNote) -> str:
        return excerpt(row.text)


@admin.register(Report)
class ReportAdmin(HouseAdmin[Report]):
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
class AppealAdmin(HouseAdmin[Appeal]):
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
class BacktestAdmin(HouseAdmin[Backtest]):
    list_display = ("kind", "project", "days", "state", "done", "total", "started_by", "started_at")
    list_filter = ("state", "kind", "started_at", "project")
    list_select_related = ("project",)
    search_fields = ("started_by",)
    search_help_text = "Who started it"
    date_hierarchy = "started_at"
    ordering = ("-id",)


@admin.register(SavedFilter)
class SavedFilterAdmin(HouseAdmin[SavedFilter]):
    list_display = ("name", "project", "owner_name", "is_shared", "created_at")
    list_filter = ("is_shared", "created_at", "project")
    list_select_related = ("project",)
    search_fields = ("name", "owner_name")
    search_help_text = "Name, or who saved it"


@admin.register(ExportOrder)
class ExportOrderAdmin(HouseAdmin[ExportOrder]):
    list_display = ("kind", "format", "project", "rows", "requested_by", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("kind", "requested_by")
    search_help_text = "Kind, or who asked for it"
    ordering = ("-id",)
