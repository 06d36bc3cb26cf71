"""People and groups: Django's own pages in the admin's look."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

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


@admin.register(User)
class UserAdmin(UserPages):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    search_help_text = "Name or address"
    list_fullwidth = True


@admin.register(Group)
class GroupAdmin(GroupPages):
    search_help_text = "Name"
    list_fullwidth = True
