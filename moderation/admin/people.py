"""People and groups: Django's own pages in the admin's look."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from moderation.accounts.names import refuse_person_name
from moderation.admin.refused import ShowsRefusals
from moderation.lib.errors import GavelError

if TYPE_CHECKING:
    UserPages = DjangoUserAdmin[User]
    GroupPages = DjangoGroupAdmin
else:

    class UserPages(DjangoUserAdmin, UnfoldAdmin):
        pass

    class GroupPages(DjangoGroupAdmin, UnfoldAdmin):
        pass


admin.site.unregister(User)
admin.site.unregister(Group)
# Addresses are those of the accounts.
admin.site.unregister(EmailAddress)
admin.site.unregister(Authenticator)
# The provider is set by environment variables, and no tokens are stored.
admin.site.unregister([SocialAccount, SocialApp, SocialToken])


class SuperuserPages(UnfoldAdmin):  # type: ignore[misc]
    """Pages for superusers only: whoever changes accounts can sign in as anybody."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return request.user.is_superuser

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser


class DistinctName(forms.ModelForm):  # type: ignore[type-arg]
    """A form of an account whose name must not be taken for another's."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "username" in self.changed_data and "username" in self.cleaned_data:
            try:
                refuse_person_name(self.cleaned_data["username"], renamed=self.instance)
            except GavelError as error:
                self.add_error("username", error.detail)
        return cleaned


class PersonForm(DistinctName, UserChangeForm):  # type: ignore[misc]
    pass


class NewPersonForm(DistinctName, UserCreationForm):  # type: ignore[misc]
    pass


@admin.register(User)
class UserAdmin(ShowsRefusals, SuperuserPages, UserPages):
    form = PersonForm
    add_form = NewPersonForm
    change_password_form = AdminPasswordChangeForm
    search_help_text = "Name or address"
    list_fullwidth = True

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        with transaction.atomic():
            super().delete_queryset(request, queryset)


@admin.register(Authenticator)
class SecondStepAdmin(SuperuserPages):
    """Who has a second step of signing in; deleting it lets somebody in who lost their phone."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__username",)
    search_help_text = "Name"
    exclude = ("data",)
    list_fullwidth = True

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


@admin.register(Group)
class GroupAdmin(SuperuserPages, GroupPages):
    search_help_text = "Name"
    list_fullwidth = True
