"""What every page of the admin shares: cheap lists, rows that cannot be edited, services."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator as DjangoPaginator
from django.db.models import JSONField, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from moderation.admin.forms import M, ModelForm, ServiceForm
from moderation.admin.showing import pretty
from moderation.errors import GavelError

#: The last row that a list can reach: far pages of a big table cost more than they tell.
MOST_ROWS = 5_000

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    Inline = admin.TabularInline
    Paginator = DjangoPaginator
else:

    class Subscriptable:
        """Lets Django's classes take type parameters, which only the type checker reads."""

        def __class_getitem__(cls, _model: Any) -> type:
            return cls

    class ModelAdmin(Subscriptable, admin.ModelAdmin):
        pass

    class Inline(Subscriptable, admin.TabularInline):
        pass

    class Paginator(Subscriptable, DjangoPaginator):
        pass


class CappedPaginator(Paginator[M]):
    """Counts no further than MOST_ROWS."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return rows.order_by()[:MOST_ROWS].count()


class HouseAdmin(ModelAdmin[M]):
    """Shows rows; adds, changes or deletes them only where a service is named for it."""

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    #: What a new row is made of; without an add_form none can be added.
    add_form: type[ServiceForm[M]] | None = None
    add_fields: tuple[str, ...] = ()
    #: What may be changed afterwards; without a change_form nothing.
    change_form: type[ServiceForm[M]] | None = None
    change_fields: tuple[str, ...] = ()
    #: Columns shown before the row's own fields, and fields that are nobody's business.
    extra_fields: tuple[str, ...] = ()
    hidden_fields: tuple[str, ...] = ()

    # --- Who may

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.add_form is not None and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.change_form is not None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Say whether the person may use actions, also where the form is read-only."""
        return super().has_change_permission(request)

    # --- What is shown

    def get_fields(self, request: HttpRequest, obj: M | None = None) -> list[Any]:
        return list(self.add_fields) if obj is None else [*self.extra_fields, *self._columns()]

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> list[Any]:
        if obj is None:
            return []
        return [name for name in self.get_fields(request, obj) if name not in self.change_fields]

    def _columns(self) -> list[str | Callable[..., Any]]:
        return [
            pretty(field.name) if isinstance(field, JSONField) else field.name
            for field in self.model._meta.concrete_fields
            if field.name not in self.hidden_fields
        ]

    # --- What is done

    def get_form(
        self,
        request: HttpRequest,
        obj: M | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 (Django's signature)
        **kwargs: Any,
    ) -> type[ModelForm[M]]:
        form = self.change_form if change else self.add_form
        if form is None:
            return super().get_form(request, obj, change, **kwargs)
        made = super().get_form(request, obj, change, form=form, **kwargs)
        made.actor = actor_of(request)  # type: ignore[attr-defined]
        return made

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: Any) -> None:
        """Do nothing: the form's service has stored the row."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a refusal by a service as a message."""
        try:
            return super().changelist_view(request, extra_context)
        except GavelError as error:
            self.message_user(request, error.detail, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except GavelError as error:
            self.message_user(request, error.detail, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        """Delete row by row, so that each goes through its service."""
        for row in queryset:
            self.delete_model(request, row)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what the audit log knows of the row: it also knows what the API changed."""
        asked = {"object_type": self.opts.model_name or "", "object_id": unquote(object_id)}
        audit = reverse(f"{self.admin_site.name}:moderation_auditentry_changelist")
        return HttpResponseRedirect(f"{audit}?{urlencode(asked)}")


class ServiceDeleteAdmin(HouseAdmin[M]):
    """A page whose rows may be deleted; `delete_model` names the service."""

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        raise NotImplementedError


def actor_of(request: HttpRequest) -> str:
    """Return the name that the audit log keeps."""
    return request.user.get_username()
