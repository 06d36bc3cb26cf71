"""The review queue in the admin; it decides with the same services as the API."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from moderation.accounts.permissions import may
from moderation.admin.base import EXPORTS, Inline, ServiceAdmin, caller_for
from moderation.admin.covering import quoted, veil_of
from moderation.admin.filters import DropdownFilter
from moderation.admin.links import console_url
from moderation.lib.errors import GavelError
from moderation.models import Project
from moderation.rules import WORD_CATEGORIES
from reviews.admin.verbs import act_on, verbs_of
from reviews.decisions.bulk import MOST_AT_ONCE, decide_many
from reviews.decisions.case import DecisionRequest
from reviews.models import (
    Decision,
    DecisionKind,
    Report,
    ReviewItem,
    ReviewNote,
    ReviewStatus,
)
from reviews.queue.items import as_urgent_as

DECIDED = {
    DecisionKind.APPROVE: "approved",
    DecisionKind.REJECT: "rejected",
    DecisionKind.DISMISS: "dismissed",
}
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
    """Shows the open items by default: the queue is what waits."""

    all_option = ("", "Open")
    title = "status"
    parameter_name = "status__exact"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [(ReviewStatus.DECIDED, "Decided"), (ALL, "All, open ones first")]

    def queryset(
        self, _request: HttpRequest, queryset: QuerySet[ReviewItem]
    ) -> QuerySet[ReviewItem]:
        status = self.value() or ReviewStatus.OPEN
        return queryset if status == ALL else queryset.filter(status=status)


class ReadOnlyInline(Inline[Any, ReviewItem]):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, _request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 (Django's signature)
        return False

    def has_change_permission(self, _request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 (Django's signature)
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
class ReviewItemAdmin(ServiceAdmin[ReviewItem]):
    list_display = (
        "text_excerpt", "project", "author", "severity", "status", "reports", "held_by", "decision",
        "created_at",
    )  # fmt: skip
    list_filter = (StatusFilter, "project", "source", "escalated", "created_at", "decided_at")
    search_fields = ("log__message_id", "log__user_id", "log__username", "log__content")
    search_help_text = "Message, author or words of the content"
    console_page = "review"
    needed = "review"
    export_paths = (
        "log__message_id", "log__user_id", "log__channel_id", "log__content", "log__verdict",
        "log__severity", "log__score",
    )  # fmt: skip
    #: Open items first: "open" sorts after "decided".
    ordering = ("-status", "-priority", "-id")
    text_path = "log"
    extra_fields = ("author", "channel", "severity", "reasons", "held_by", "urgency")
    inlines = (DecisionInline, NoteInline, ReportInline)
    change_form_outer_before_template = "admin/reviews/verbs.html"
    hidden_fields = ("priority",)
    actions = ("approve", "reject", "dismiss", *EXPORTS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewItem]:
        rows = ReviewItem.objects.with_details().select_related("project", "log", "claim")
        return self.in_reach(rows, request)

    def console_address(self, project: Project, row: ReviewItem) -> str | None:
        return console_url(project, self.console_page, row.pk)

    def has_decision_permission(self, request: HttpRequest) -> bool:
        """Offer decisions to everyone who sees the queue; each project checks their role."""
        return self.has_view_permission(request)

    # --- Columns

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

    @admin.display(description="decision")
    def decision(self, item: ReviewItem) -> str | None:
        decisions: list[Decision] = getattr(item, "final_decisions", [])
        return str(decisions[0]) if decisions else None

    @admin.display(description="as urgent as an item opened")
    def urgency(self, item: ReviewItem) -> str:
        """Say the priority as a date: severity, certainty and reports make an item older."""
        return f"{as_urgent_as(item.priority):%Y-%m-%d %H:%M}"

    # --- Decisions on the item's own page

    def get_urls(self) -> list[Any]:
        verb = path(
            "<path:object_id>/decide/",
            self.admin_site.admin_view(self.decide_view),
            name="reviews_reviewitem_decide",
        )
        return [verb, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add what the person may do with the item now, and what it would do."""
        item = self.get_object(request, unquote(object_id)) if object_id else None
        verbs = verbs_of(item, request) if item else None
        context = {**(extra_context or {}), "verbs": verbs}
        return super().changeform_view(request, object_id, form_url, context)

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: decide the item as the console does, or undo its last decision."""
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404("There is no such item in your projects.")
        page = HttpResponseRedirect(reverse("admin:reviews_reviewitem_change", args=[item.pk]))
        if request.method != "POST":
            return page
        try:
            done = act_on(item, request)
        except GavelError as error:
            self.message_user(request, error.detail, messages.ERROR)
        else:
            self.message_user(request, done, messages.SUCCESS)
        return page

    # --- Decisions on several

    @admin.action(description="Approve the selected items", permissions=["decision"])
    def approve(self, request: HttpRequest, items: QuerySet[ReviewItem]) -> None:
        self._decide(request, selected(self, request, items), DecisionRequest(DecisionKind.APPROVE))

    @admin.action(description="Dismiss the selected items", permissions=["decision"])
    def dismiss(self, request: HttpRequest, items: QuerySet[ReviewItem]) -> None:
        self._decide(request, selected(self, request, items), DecisionRequest(DecisionKind.DISMISS))

    @admin.action(description="Reject the selected items…", permissions=["decision"])
    def reject(self, request: HttpRequest, items: QuerySet[ReviewItem]) -> HttpResponse | None:
        """Ask for the reason first, because a rejection hurts authors."""
        rows = selected(self, request, items)
        form = RejectForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            self._decide(request, rows, DecisionRequest(DecisionKind.REJECT, **form.cleaned_data))
            return None
        if self._are_too_many(request, rows):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Reject content",
            "opts": self.opts,
            "rows": [(item, quoted(item.log, veil_of(request))) for item in rows],
            "form": form,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/reviews/confirm_reject.html", context)

    def _are_too_many(self, request: HttpRequest, rows: list[ReviewItem]) -> bool:
        if len(rows) <= MOST_AT_ONCE:
            return False
        text = f"You can decide at most {MOST_AT_ONCE} items at once; nothing was changed."
        self.message_user(request, text, messages.ERROR)
        return True

    def _decide(
        self, request: HttpRequest, rows: list[ReviewItem], decision: DecisionRequest
    ) -> None:
        """Decide the items, project by project; show a message for each that is refused."""
        if self._are_too_many(request, rows):
            return
        assert isinstance(request.user, AbstractUser)
        count = 0
        for project, items in by_project(rows):
            caller = caller_for(request.user, project)
            if caller is None or not may(caller, "review"):
                text = f"You are not a moderator of {project}: {len(items)} of its items stay open."
                self.message_user(request, text, messages.ERROR)
                continue
            names = {item.pk: item.log.message_id for item in items}
            for result in decide_many(names, decision, caller, now=timezone.now()):
                if result.error:
                    text = f"{names[result.id]}: {result.error.detail}"
                    self.message_user(request, text, messages.WARNING)
                else:
                    count += 1
        if count:
            text = f"Items {DECIDED[decision.ruling]}: {count}."
            self.message_user(request, text, messages.SUCCESS)


def selected(
    page: ReviewItemAdmin, request: HttpRequest, items: QuerySet[ReviewItem]
) -> list[ReviewItem]:
    """Return the ticked items, even those that somebody has decided since, to report them.

    At most one more than can be decided at once, so that the caller can refuse too many.
    """
    if request.POST.get("select_across") != "1":
        ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
        items = page.get_queryset(request).filter(pk__in=ids)
    return list(items.order_by("-priority", "-id")[: MOST_AT_ONCE + 1])


def by_project(rows: Iterable[ReviewItem]) -> list[tuple[Project, list[ReviewItem]]]:
    ordered = sorted(rows, key=lambda item: item.project.slug)
    return [(key, list(items)) for key, items in groupby(ordered, key=lambda item: item.project)]
