"""Invitations in the admin: create one, see its link once, revoke."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from moderation.accounts import invitations
from moderation.accounts.invitations import LIFETIME_DAYS, LONGEST_DAYS
from moderation.admin.base import EXPORTS, ServiceAdmin, acting, actor_of
from moderation.admin.forms import ServiceForm
from moderation.models import Invitation


class NewInvitationForm(ServiceForm[Invitation]):
    days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=LIFETIME_DAYS,
        help_text="Days until the link expires",
        widget=UnfoldAdminIntegerFieldWidget,
    )
    #: The new link's token.
    token = ""

    def perform(self) -> Invitation:
        typed = dict(self.cleaned_data)
        caller = acting(self.person, typed.pop("project"))
        invitation, self.token = invitations.invite(caller, **typed, now=timezone.now())
        return invitation


@admin.register(Invitation)
class InvitationAdmin(ServiceAdmin[Invitation]):
    list_display = (
        "email", "username", "role", "project", "invited_by", "created_at", "expires_at",
        "accepted_by", "revoked_at",
    )  # fmt: skip
    list_display_links = ("email", "role")
    list_filter = ("role", "created_at", "expires_at", "accepted_at", "revoked_at", "project")
    list_select_related = ("project", "accepted_by")
    search_fields = ("email", "username", "invited_by", "accepted_by__username", "project__slug")
    search_help_text = "Address, name, who invited or accepted, or project"
    date_hierarchy = "created_at"
    autocomplete_fields = ("project",)
    hidden_fields = ("digest",)
    export_paths = ("accepted_by__username",)
    console_page = "members"
    add_form, add_fields = NewInvitationForm, ("project", "role", "email", "days")
    actions = ("revoke", *EXPORTS)

    def save_model(
        self, request: HttpRequest, _obj: Invitation, form: NewInvitationForm, _change: object
    ) -> None:
        link = request.build_absolute_uri(invitations.link_path(form.token))
        self.message_user(request, f"The link, shown only now: {link}", messages.WARNING)

    @admin.action(description="Revoke the selected invitations", permissions=["act"])
    def revoke(self, request: HttpRequest, rows: QuerySet[Invitation]) -> None:
        now, actor = timezone.now(), actor_of(request)
        rows = rows.select_related("project")
        count = sum(invitations.revoke(row, actor=actor, now=now) for row in rows)
        self.message_user(request, f"Invitations revoked: {count}.", messages.SUCCESS)
