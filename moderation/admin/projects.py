"""Projects, their people, keys and policies in the admin."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from moderation import access
from moderation.admin.base import EXPORTS, HouseAdmin, ServiceDeleteAdmin, actor_of
from moderation.admin.forms import ServiceForm
from moderation.admin.links import console_url
from moderation.engine.policy import PRESETS
from moderation.models import (
    ApiKey,
    Membership,
    ModelVersion,
    PolicyVersion,
    Preferences,
    Project,
    Scope,
)


class NewProjectForm(ServiceForm[Project]):
    preset = forms.ChoiceField(
        choices=[(name, name) for name in PRESETS],
        initial="balanced",
        widget=UnfoldAdminSelectWidget,
    )

    def perform(self) -> Project:
        return access.create_project(**self.cleaned_data, actor=self.actor)


class ProjectForm(ServiceForm[Project]):
    def perform(self) -> Project:
        return access.change_project(self.instance, self.cleaned_data, actor=self.actor)


@admin.register(Project)
class ProjectAdmin(HouseAdmin[Project]):
    list_display = ("slug", "name", "policy_version", "ruleset_version", "created_at")
    list_filter = ("created_at",)
    search_fields = ("slug", "name")
    search_help_text = "Slug or name"
    date_hierarchy = "created_at"
    #: A list of all projects is for those above the projects.
    project_path = ""
    console_page = "queue"
    add_form, add_fields = NewProjectForm, ("slug", "name", "preset")
    change_form, change_fields = ProjectForm, ("name", "is_transparency_public")

    def get_view_on_site_url(self, obj: Project | None = None) -> str | None:
        return console_url(obj, self.console_page) if obj else None


class MembershipForm(ServiceForm[Membership]):
    def perform(self) -> Membership:
        member = self.instance
        return access.set_role(member.project, member.user, member.role, actor=self.actor)


@admin.register(Membership)
class MembershipAdmin(ServiceDeleteAdmin[Membership]):
    list_display = ("user", "project", "role", "created_at")
    list_filter = ("role", "created_at", "project")
    list_select_related = ("user", "project")
    search_fields = ("user__username", "user__email", "project__slug")
    search_help_text = "Name or address of the person, or project"
    date_hierarchy = "created_at"
    export_paths = ("user__username",)
    autocomplete_fields = ("project", "user")
    add_form, add_fields = MembershipForm, ("project", "user", "role")
    change_form, change_fields = MembershipForm, ("role",)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        access.remove_member(obj, actor=actor_of(request))


@admin.register(Preferences)
class PreferencesAdmin(HouseAdmin[Preferences]):
    list_display = ("user", "theme", "shortcuts", "veil")
    list_filter = ("theme", "shortcuts", "veil")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = "Name of the person"
    project_path = ""


class NewKeyForm(ServiceForm[ApiKey]):
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget, initial=[Scope.CHECK]
    )
    #: The key itself, once it was made.
    raw = ""

    def perform(self) -> ApiKey:
        key, self.raw = access.create_key(**self.cleaned_data, actor=self.actor)
        return key


@admin.register(ApiKey)
class ApiKeyAdmin(HouseAdmin[ApiKey]):
    list_display = (
        "name", "prefix", "project", "scopes", "created_at", "last_used_at", "expires_at",
        "revoked_at",
    )  # fmt: skip
    list_filter = ("created_at", "expires_at", "revoked_at", "project")
    list_select_related = ("project",)
    search_fields = ("name", "prefix", "project__slug")
    search_help_text = "Name, first characters of the key, or project"
    date_hierarchy = "created_at"
    autocomplete_fields = ("project",)
    hidden_fields = ("digest",)
    add_form = NewKeyForm
    add_fields = ("project", "name", "scopes", "rate_per_minute", "rate_per_hour", "expires_at")
    actions = ("revoke", *EXPORTS)

    def save_model(
        self, request: HttpRequest, obj: ApiKey, form: NewKeyForm, change: object
    ) -> None:
        text = f"The key of {obj.name}, shown only now: {form.raw}"
        self.message_user(request, text, messages.WARNING)

    @admin.action(description="Revoke the selected keys", permissions=["act"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        rows = keys.select_related("project")
        count = sum(access.revoke_key(key, actor=actor_of(request)) for key in rows)
        self.message_user(request, f"Keys revoked: {count}.", messages.SUCCESS)


@admin.register(PolicyVersion)
class PolicyVersionAdmin(HouseAdmin[PolicyVersion]):
    list_display = ("__str__", "project", "number", "created_by", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("project__slug", "created_by")
    search_help_text = "Project or who changed it"
    date_hierarchy = "created_at"


@admin.register(ModelVersion)
class ModelVersionAdmin(HouseAdmin[ModelVersion]):
    list_display = ("__str__", "project", "state", "created_by", "created_at", "activated_at")
    list_filter = ("created_at", "project", "state")
    list_select_related = ("project",)
    search_fields = ("project__slug", "created_by", "activated_by")
    search_help_text = "Project, who fitted it or who let it judge"
    ordering = ("-id",)
    console_page = "model"
