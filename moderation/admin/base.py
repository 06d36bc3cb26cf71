"""What every page of the admin shares: cheap lists, rows that cannot be edited, services."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.contrib.auth.models import User
from django.core.paginator import Paginator as DjangoPaginator
from django.db.models import Field, ForeignKey, JSONField, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.admin import TabularInline

from moderation.admin.exporting import Export, export, may_export
from moderation.admin.filters import suited
from moderation.admin.forms import M, ModelForm, ServiceForm
from moderation.admin.history import history_of
from moderation.admin.links import console_url
from moderation.admin.showing import pretty
from moderation.errors import GavelError
from moderation.models import Project

#: The last row that a list can reach: far pages of a big table cost more than they tell.
MOST_ROWS = 5_000
#: Events that a form shows; the history has the others.
LATEST_EVENTS = 5
EXPORTS = ("export_csv", "export_xlsx")

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    Inline = admin.TabularInline
    Paginator = DjangoPaginator
else:

    class Subscriptable:
        """Lets Django's classes take type parameters, which only the type checker reads."""

        def __class_getitem__(cls, _model: Any) -> type:
            return cls

    class ModelAdmin(Subscriptable, UnfoldAdmin):
        pass

    class Inline(Subscriptable, TabularInline):
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
    list_filter_submit = True
    list_fullwidth = True
    object_history_template = "admin/moderation/history.html"
    change_form_outer_after_template = "admin/moderation/latest_events.html"
    actions: Sequence[Any] = EXPORTS
    #: From a row to its project, by names of fields; empty where rows have none.
    project_path = "project"
    #: The page of the console that shows a row; empty where none does.
    console_page = ""
    #: Columns of an export besides the row's own, as paths.
    export_paths: tuple[str, ...] = ()
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

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and may_export(request.user)

    # --- What is shown

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return [*shown, "console"] if self.console_page else shown

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Give each field the filter that suits its kind."""
        return [self._filter(entry) for entry in super().get_list_filter(request)]

    def _filter(self, entry: Any) -> Any:
        if not isinstance(entry, str):
            return entry
        suiting = suited(get_fields_from_path(self.model, entry)[-1])
        return (entry, suiting) if suiting else entry

    @admin.display(description="console", empty_value="–")
    def console(self, row: M) -> str | None:
        """Link to the row's page in the console."""
        address = self.get_view_on_site_url(row)
        if not address:
            return None
        return format_html('<a class="text-link" href="{}">Open</a>', address)

    def get_view_on_site_url(self, obj: M | None = None) -> str | None:
        """Return the row's page in the console, to which list and form link."""
        if obj is None or not self.console_page:
            return None
        project = obj
        for name in self.project_path.split("__"):
            project = getattr(project, name)
        assert isinstance(project, Project)
        return self.console_address(project, obj)

    def console_address(self, project: Project, row: M) -> str | None:
        return console_url(project, self.console_page)

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

    # --- Export

    @admin.action(description="Export as CSV", permissions=["export"])
    def export_csv(self, request: HttpRequest, rows: QuerySet[M]) -> FileResponse:
        return self._export(request, rows, "csv")

    @admin.action(description="Export as XLSX", permissions=["export"])
    def export_xlsx(self, request: HttpRequest, rows: QuerySet[M]) -> FileResponse:
        return self._export(request, rows, "xlsx")

    def _export(self, request: HttpRequest, rows: QuerySet[M], form: str) -> FileResponse:
        assert isinstance(request.user, User)
        wanted = Export(
            rows=rows,
            columns=self._export_columns(),
            project_path=f"{self.project_path}_id" if self.project_path else None,
            form=form,
            asked=dict(request.GET.lists()),
        )
        return export(wanted, request.user, now=timezone.now())

    def _export_columns(self) -> dict[str, str]:
        """Return a title and a path for each column that may be shown."""
        fields: list[Field[Any, Any]] = [
            field
            for field in self.model._meta.concrete_fields
            if field.name not in self.hidden_fields
        ]
        own = {field.name: _export_path(field) for field in fields}
        return own | {path.replace("__", " "): path for path in self.export_paths}

    # --- History

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what happened to the row last below its form."""
        latest: list[Any] = []
        if object_id and request.method == "GET":
            latest = history_of(self.model, unquote(object_id), request, LATEST_EVENTS)
        context = {**(extra_context or {}), "latest_events": latest}
        return super().changeform_view(request, object_id, form_url, context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add what the audit log knows of the row: it also knows what the API changed."""
        answer = super().history_view(request, object_id, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            answer.context_data["events"] = history_of(self.model, unquote(object_id), request)
        return answer


class ServiceDeleteAdmin(HouseAdmin[M]):
    """A page whose rows may be deleted; `delete_model` names the service."""

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        raise NotImplementedError


def actor_of(request: HttpRequest) -> str:
    """Return the name that the audit log keeps."""
    return request.user.get_username()


def _export_path(field: "Field[Any, Any]") -> str:
    if not isinstance(field, ForeignKey):
        return field.name
    return f"{field.name}__slug" if field.related_model is Project else field.attname
