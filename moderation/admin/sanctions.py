"""Strikes and bans in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanWidget,
)

from moderation.admin.base import EXPORTS, ServiceAdmin, actor_of
from moderation.admin.filters import DropdownFilter
from moderation.admin.forms import ServiceForm
from moderation.admin.links import console_url
from moderation.models import Author, AuthorStanding, Ban, ChatStrike, Project, Strike
from moderation.sanctions.by_staff import BAN_TYPES, issue_ban, revoke_ban

LIFT_REASON = "lifted in the admin"


@admin.register(AuthorStanding)
class AuthorStandingAdmin(ServiceAdmin[AuthorStanding]):
    list_display = ("user_id", "channel_id", "username", "project", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "username", "channel_id")
    search_help_text = "Author or channel"
    ordering = ("-id",)
    console_page = "authors"

    def console_address(self, project: Project, row: AuthorStanding) -> str | None:
        return console_url(project, self.console_page, user_id=row.user_id)


@admin.register(Strike)
class StrikeAdmin(ServiceAdmin[Strike]):
    list_display = (
        "user_id", "channel_id", "project", "given_by", "given_at", "expires_at", "revoked_at",
    )  # fmt: skip
    list_filter = ("given_at", "expires_at", "revoked_at", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "channel_id", "given_by")
    search_help_text = "Author, channel or who gave it"
    ordering = ("-id",)
    console_page = "authors"

    def console_address(self, project: Project, row: Strike) -> str | None:
        return console_url(project, self.console_page, user_id=row.user_id)


@admin.register(ChatStrike)
class ChatStrikeAdmin(ServiceAdmin[ChatStrike]):
    list_display = ("user_id", "channel_id", "project", "is_at_once", "given_at", "expires_at")
    list_filter = ("given_at", "expires_at", "is_at_once", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "channel_id")
    search_help_text = "Author or chat"
    ordering = ("-id",)
    console_page = "authors"

    def console_address(self, project: Project, row: ChatStrike) -> str | None:
        return console_url(project, self.console_page, user_id=row.user_id)


class NewBanForm(ServiceForm[Ban]):
    type = forms.ChoiceField(
        choices=[(name, name) for name in BAN_TYPES], widget=UnfoldAdminSelectWidget
    )
    hours = forms.IntegerField(
        min_value=1,
        max_value=24 * 365,
        initial=24,
        required=False,
        help_text="temporary bans only",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    in_whole_project = forms.BooleanField(
        required=False,
        label="In the whole project",
        help_text="Tick it, or enter a channel above.",
        widget=UnfoldBooleanWidget,
    )

    def clean(self) -> dict[str, Any]:
        """Ask about an empty channel: it would ban everywhere."""
        fields: dict[str, Any] = super().clean() or self.cleaned_data
        channel, is_everywhere = fields.get("channel_id"), fields.get("in_whole_project")
        if not channel and not is_everywhere:
            text = "Enter a channel. To ban in every channel, tick “In the whole project”."
            self.add_error("channel_id", text)
        elif channel and is_everywhere:
            self.add_error("channel_id", "Leave it empty to ban in the whole project.")
        return fields

    def perform(self) -> Ban:
        fields: dict[str, Any] = dict(self.cleaned_data)
        del fields["in_whole_project"]
        author = Author(fields.pop("project"), fields.pop("user_id"), fields.pop("channel_id"))
        return issue_ban(author, **fields, actor=self.actor, now=timezone.now())


class StateFilter(DropdownFilter):
    """Active bans, or those that expired or were lifted."""

    title = "state"
    parameter_name = "state"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [("active", "active"), ("over", "expired or lifted")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Ban]) -> QuerySet[Ban]:
        active = Ban.objects.active(timezone.now()).values("pk")
        if self.value() == "active":
            return queryset.filter(pk__in=active)
        return queryset.exclude(pk__in=active) if self.value() == "over" else queryset


@admin.register(Ban)
class BanAdmin(ServiceAdmin[Ban]):
    list_display = (
        "user_id", "channel_id", "project", "type", "reason", "issued_by", "issued_at",
        "expires_at", "lifted_at",
    )  # fmt: skip
    list_filter = (StateFilter, "project", "type", "issued_at", "expires_at", "lifted_at")
    list_select_related = ("project",)
    search_fields = ("user_id", "channel_id", "reason", "issued_by")
    search_help_text = "Author, channel, reason or who issued it"
    console_page = "bans"
    ordering = ("-id",)
    autocomplete_fields = ("project",)
    add_form = NewBanForm
    add_fields = (
        "project", "user_id", "channel_id", "in_whole_project", "type", "hours", "reason",
    )  # fmt: skip
    actions = ("lift", *EXPORTS)

    @admin.action(description="Lift the selected bans", permissions=["act"])
    def lift(self, request: HttpRequest, bans: QuerySet[Ban]) -> None:
        unlifted = bans.filter(lifted_at=None).select_related("project")
        for ban in unlifted:
            revoke_ban(ban, reason=LIFT_REASON, actor=actor_of(request), now=timezone.now())
        self.message_user(request, f"Bans lifted: {len(unlifted)}.", messages.SUCCESS)
