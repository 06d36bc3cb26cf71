"""Shared by the admin's pages: cheap lists, read-only rows, changes through services."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.contrib.auth.models import AbstractUser, User
from django.core.paginator import Paginator as DjangoPaginator
from django.db.models import BinaryField, Field, ForeignKey, JSONField, QuerySet
from django.forms import ModelChoiceField
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from unfold.admin import ModelAdmin as UnfoldAdmin
from unfold.admin import TabularInline

from moderation.accounts.actors import Actor, person_as_actor
from moderation.accounts.callers import Caller, caller_of_member
from moderation.accounts.covered_words import has_covered_words
from moderation.accounts.permissions import roles_that_may
from moderation.admin.covering import (
    EXCERPT,
    excerpt_column,
    marked_column,
    reveal_column,
    text_of,
    veil_of,
)
from moderation.admin.exporting import Export, export, may_export
from moderation.admin.filters import filter_for
from moderation.admin.forms import M, ModelForm, ServiceForm
from moderation.admin.history import events_of
from moderation.admin.links import console_url
from moderation.admin.refused import ShowsRefusals
from moderation.admin.showing import pretty
from moderation.lib.content_keys import NOT_SEARCHABLE, encrypts_texts
from moderation.lib.encrypted_fields import Encrypted
from moderation.lib.errors import Forbidden
from moderation.models import Preferences, Project, Role, Veil

#: The last row that a list shows: far pages of a big table are slow and useless.
MOST_ROWS = 5_000
#: Events below a form; the history has the others.
LATEST_EVENTS = 5
EXPORTS = ("export_csv", "export_xlsx")

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    Inline = admin.TabularInline
    Paginator = DjangoPaginator
else:

    class Subscriptable:
        """Lets Django's classes take type parameters for the type checker."""

        def __class_getitem__(cls, _model: Any) -> type:
            return cls

    class ModelAdmin(Subscriptable, UnfoldAdmin):
        pass

    class Inline(Subscriptable, TabularInline):
        pass

    class Paginator(Subscriptable, DjangoPaginator):
        pass


class CappedPaginator(Paginator[M]):
    """Counts at most MOST_ROWS."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return rows.order_by()[:MOST_ROWS].count()


class ServiceAdmin(ShowsRefusals, ModelAdmin[M]):
    """Shows rows; adds, changes and deletes them only through services.

    A superuser sees all rows; anybody else those of the projects in which their role is high
    enough, whatever Django's permissions say (docs/administration.md, "The Django admin").
    """

    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_filter_submit = True
    list_fullwidth = True
    object_history_template = "admin/moderation/history.html"
    change_form_outer_after_template = "admin/moderation/latest_events.html"
    actions: Sequence[Any] = EXPORTS
    #: Path of fields from a row to its project; empty if rows have none.
    project_path = "project"
    #: The permission that a member needs in a project to see its rows here.
    needed: ClassVar[str] = "admin"
    #: The console's page that shows a row; empty if none does.
    console_page = ""
    #: Further columns of an export, as paths of fields.
    export_paths: tuple[str, ...] = ()
    #: The form and fields of a new row; without a form nobody can add rows.
    add_form: type[ServiceForm[M]] | None = None
    add_fields: tuple[str, ...] = ()
    #: The form and fields of a change; without a form nobody can change rows.
    change_form: type[ServiceForm[M]] | None = None
    change_fields: tuple[str, ...] = ()
    #: Columns shown before the row's fields, and fields that are never shown.
    extra_fields: tuple[str, ...] = ()
    hidden_fields: tuple[str, ...] = ()
    #: Where a row's classified text is ("" is the row itself); None if it has none.
    text_path: str | None = None
    #: Fields with people's words, left out until the person reveals them.
    covered_fields: tuple[str, ...] = ()

    # --- Permissions

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return self.in_reach(super().get_queryset(request), request)

    def in_reach(self, rows: QuerySet[M], request: HttpRequest) -> QuerySet[M]:
        """Return those of the rows that the person may see."""
        if request.user.is_superuser:
            return rows
        projects = projects_in_reach(request, self.needed)
        path = self.project_path
        return rows.filter(**{f"{path}__in": projects}) if path else rows.none()

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Rows without a project are for superusers only."""
        in_reach = bool(self.project_path) or request.user.is_superuser
        return in_reach and super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        if db_field.related_model is Project and not request.user.is_superuser:
            kwargs["queryset"] = projects_in_reach(request, self.needed)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.add_form is not None and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return self.change_form is not None and super().has_change_permission(request, obj)

    def has_delete_permission(self, _request: HttpRequest, obj: M | None = None) -> bool:  # noqa: ARG002 (Django's signature)
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Say whether the person may use actions, also if the form is read-only."""
        return super().has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and may_export(request.user)

    # --- Lists and forms

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = list(super().get_list_display(request))
        if self.text_path is not None:
            column = excerpt_column(veil_of(request), self.text_path)
            shown = [column if name == EXCERPT else name for name in shown]
        return [*shown, "console"] if self.console_page else shown

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Leave out encrypted texts, in which nothing would be found."""
        paths = super().get_search_fields(request)
        if not encrypts_texts():
            return paths
        return [
            path
            for path in paths
            if not isinstance(get_fields_from_path(self.model, path)[-1], Encrypted)
        ]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)
        if len(self.get_search_fields(request)) < len(self.search_fields):
            changes.search_help_text = (
                f"{self.search_help_text}. The search for words {NOT_SEARCHABLE}"
            )
        return changes

    @admin.display(description="content")
    def text_excerpt(self, row: M) -> str:
        """Stand for the column that `get_list_display` makes for the person's settings."""
        return str(row)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Give each field the filter for its type."""
        filters = []
        for entry in super().get_list_filter(request):
            filter_class = None
            if isinstance(entry, str):
                filter_class = filter_for(get_fields_from_path(self.model, entry)[-1])
            filters.append((entry, filter_class) if filter_class else entry)
        return filters

    @admin.display(description="console", empty_value="–")
    def console(self, row: M) -> str | None:
        """Link to the row's page in the console."""
        address = self.get_view_on_site_url(row)
        if not address:
            return None
        return format_html('<a class="text-link" href="{}">Open</a>', address)

    def get_view_on_site_url(self, obj: M | None = None) -> str | None:
        """Return the row's page in the console, for links of the list and the form."""
        if obj is None or not self.console_page:
            return None
        project = obj
        for name in self.project_path.split("__"):
            project = getattr(project, name)
        assert isinstance(project, Project)
        return self.console_address(project, obj)

    def console_address(self, project: Project, _row: M) -> str | None:
        return console_url(project, self.console_page)

    def get_fields(self, request: HttpRequest, obj: M | None = None) -> list[Any]:
        if obj is None:
            return list(self.add_fields)
        veil, hidden = veil_of(request), set(self.hidden_fields)
        columns: list[str | Callable[..., Any]] = []
        if self.text_path is not None:
            columns.append(marked_column(veil, self.text_path))
        if self.text_path == "":
            hidden.add("content")  # the column above shows it
        if self.covered_fields and self.covers(obj, veil):
            columns.append(reveal_column(", ".join(self.covered_fields).replace("_", " ")))
            hidden.update(self.covered_fields)
        columns += self.extra_fields
        columns += [
            pretty(field.name) if isinstance(field, JSONField) else field.name
            for field in self.model._meta.concrete_fields
            if field.name not in hidden and not isinstance(field, BinaryField)
        ]
        return columns

    def covers(self, row: M, veil: str) -> bool:
        """Say whether the row's words are covered; with an unknown severity, unless never."""
        if self.text_path is None:
            return veil != Veil.NEVER
        return has_covered_words(text_of(row, self.text_path), Preferences(veil=veil))

    def get_readonly_fields(self, request: HttpRequest, obj: M | None = None) -> list[Any]:
        if obj is None:
            return []
        return [name for name in self.get_fields(request, obj) if name not in self.change_fields]

    # --- Changes

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
        form_class = super().get_form(request, obj, change, form=form, **kwargs)
        form_class.actor = actor_of(request)  # type: ignore[attr-defined]
        form_class.person = request.user  # type: ignore[attr-defined]
        return form_class

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: Any) -> None:
        """Do nothing: the form's service has already stored the row."""

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
        columns = {
            field.name: export_path(field)
            for field in self.model._meta.concrete_fields
            if field.name not in self.hidden_fields
        }
        columns |= {path.replace("__", " "): path for path in self.export_paths}
        wanted = Export(
            rows=rows,
            columns=columns,
            project_path=f"{self.project_path}_id" if self.project_path else None,
            form=form,
            filters=dict(request.GET.lists()),
        )
        return export(wanted, request.user, now=timezone.now())

    # --- History

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the row's latest events below its form."""
        latest: list[Any] = []
        if object_id and request.method == "GET":
            latest = events_of(self.model, unquote(object_id), request, LATEST_EVENTS)
        context = {**(extra_context or {}), "latest_events": latest}
        return super().changeform_view(request, object_id, form_url, context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add the row's entries of the audit log, which has the changes of the API too."""
        answer = super().history_view(request, object_id, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            answer.context_data["events"] = events_of(self.model, unquote(object_id), request)
        return answer


class ServiceDeleteAdmin(ServiceAdmin[M]):
    """A page whose rows can be deleted; `delete_model` calls the service."""

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        raise NotImplementedError


def actor_of(request: HttpRequest) -> Actor:
    """Return the person for the audit log."""
    assert isinstance(request.user, User)
    return person_as_actor(request.user)


def projects_in_reach(request: HttpRequest, action: str) -> QuerySet[Project]:
    """Return the projects whose role table lets the person do the action; all for a superuser."""
    if request.user.is_superuser:
        return Project.objects.all()
    roles = roles_that_may(action)
    members = {"memberships__user_id": request.user.pk, "memberships__role__in": roles}
    return Project.objects.filter(**members)


def caller_for(user: AbstractUser, project: Project) -> Caller | None:
    """Return the person as a member of the project; other superusers act as its owner."""
    member = caller_of_member(user, project.slug)
    if member is not None or not user.is_superuser:
        return member
    return Caller(project=project, name=user.get_username(), role=Role.OWNER, user=user)


def acting(user: AbstractUser, project: Project) -> Caller:
    """Return the person as `caller_for` does; Forbidden for who is no member."""
    caller = caller_for(user, project)
    if caller is None:
        raise Forbidden(f"You are not a member of {project}.")
    return caller


def export_path(field: "Field[Any, Any]") -> str:
    """Return the path of a field's column: a project is shown by its slug."""
    if not isinstance(field, ForeignKey):
        return field.name
    return f"{field.name}__slug" if field.related_model is Project else field.attname
