"""Strikes and bans in the admin."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from moderation import enforce, queries
from moderation.admin.base import HouseAdmin, actor_of
from moderation.admin.forms import ServiceForm
from moderation.audit import write_audit
from moderation.errors import AlreadyExists
from moderation.models import AuthorStanding, Ban, Strike

LIFT_REASON = "lifted in the admin"


@admin.register(AuthorStanding)
class AuthorStandingAdmin(HouseAdmin[AuthorStanding]):
    list_display = ("user_id", "channel_id", "username", "project", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "username", "channel_id")
    ordering = ("-id",)


@admin.register(Strike)
class StrikeAdmin(HouseAdmin[Strike]):
    list_display = (
        "user_id", "channel_id", "project", "given_by", "given_at", "expires_at", "revoked_at",
    )  # fmt: skip
    list_filter = ("given_at", "expires_at", "revoked_at", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "channel_id", "given_by")
    ordering = ("-id",)


class NewBanForm(ServiceForm[Ban]):
    hours = forms.IntegerField(
        min_value=1, max_value=24 * 365, initial=24, required=False, help_text="temporary bans only"
    )

    def perform(self) -> Ban:
        """Ban under the author's lock; AlreadyExists if a permanent ban stands there."""
        fields: dict[str, Any] = dict(self.cleaned_data)
        author = (fields.pop("project"), fields.pop("user_id"), fields.pop("channel_id"))
        now = timezone.now()
        enforce.lock_author(*author, queries.policy_of(author[0]))
        ban = enforce.ban_author(*author, **fields, by=self.actor, now=now)
        if ban.issued_at != now:
            raise AlreadyExists("The author is banned there permanently already.")
        write_audit(ban.project, self.actor, "ban.issued", ban, facts_of(ban))
        return ban


@admin.register(Ban)
class BanAdmin(HouseAdmin[Ban]):
    list_display = (
        "user_id", "channel_id", "project", "type", "reason", "issued_by", "issued_at",
        "expires_at", "lifted_at",
    )  # fmt: skip
    list_filter = ("type", "issued_at", "expires_at", "lifted_at", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "channel_id", "reason", "issued_by")
    ordering = ("-id",)
    autocomplete_fields = ("project",)
    add_form = NewBanForm
    add_fields = ("project", "user_id", "channel_id", "type", "hours", "reason")
    actions = ("lift",)

    @admin.action(description="Lift the selected bans", permissions=["act"])
    def lift(self, request: HttpRequest, bans: QuerySet[Ban]) -> None:
        count = sum(lift_ban(ban, actor_of(request)) for ban in bans.select_related("project"))
        self.message_user(request, f"Bans lifted: {count}.", messages.SUCCESS)


@transaction.atomic
def lift_ban(ban: Ban, actor: str) -> bool:
    """Lift a ban and note it in the audit log; return False if it was lifted already."""
    is_lifted = enforce.lift_ban(ban, by=actor, reason=LIFT_REASON, now=timezone.now())
    if is_lifted:
        write_audit(ban.project, actor, "ban.lifted", ban, facts_of(ban))
    return is_lifted


def facts_of(ban: Ban) -> dict[str, str]:
    return {"user_id": ban.user_id, "channel_id": ban.channel_id, "type": ban.type}
