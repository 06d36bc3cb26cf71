"""The audit log: who of the staff did what, and whether it still stands as it was written."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from moderation import chain, queries
from moderation.models import AuditEntry
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage

#: An object's type → the address that shows it; it takes the object's id.
SHOWN_AT = {
    "reviewitem": "desk:item",
    "appeal": "desk:appeal",
    "moderationlog": "desk:log",
    "blacklistword": "console:word",
}
#: Facts are a line in the list; the rest is in the API.
LONGEST_FACT = 120


class Filters(HouseForm):
    actor = forms.CharField(max_length=200, required=False, label="Who")
    action = forms.ChoiceField(required=False, label="Did what")
    object_id = forms.CharField(max_length=200, required=False, label="To what")
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actions: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(action, action.replace(".", ": ").replace("_", " ")) for action in actions]
        self.fields["action"].choices = [("", "Anything"), *named]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Row:
    entry: AuditEntry
    what: str
    #: The object's type in words.
    kind: str
    url: str
    facts: list[tuple[str, str]]
    #: `sealed`, `broken` or `waiting`.
    mark: str


class Audit(ProjectPage):
    """GET /p/{slug}/audit?actor=&action=&object_id=&since=&until=&before=&after="""

    action = "admin"
    place = "Audit"

    def get(self, request: HttpRequest) -> HttpResponse:
        actions = queries.known_actions(self.project)
        filters = Filters(request.GET, auto_id="filter-%s", actions=actions)
        wanted = filters.cleaned_data if filters.is_valid() else {}
        found = filtered(queries.audit_entries(self.project), wanted)
        if filters.errors:
            found = found.none()
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        page = queries.page_of(found, "created_at", before=before, after=after)
        marks = chain.marks_of(page.rows)
        context = {
            "filters": filters,
            "is_filtered": any(wanted.values()) or bool(filters.errors),
            "page": page,
            "rows": [row_of(self, entry, marks[entry.pk]) for entry in page.rows],
            "is_broken": "broken" in marks.values(),
            "anchor": chain.newest_anchor(),
        }
        return self.render("moderation/audit.html", context)


def filtered(entries: QuerySet[AuditEntry], wanted: dict[str, Any]) -> QuerySet[AuditEntry]:
    lookups = {
        "actor": "actor__iexact",
        "action": "action",
        "object_id": "object_id",
        "since": "created_at__date__gte",
        "until": "created_at__date__lte",
    }
    given = {lookups[name]: value for name, value in wanted.items() if value}
    return entries.filter(**given)


def row_of(page: ProjectPage, entry: AuditEntry, mark: str) -> Row:
    kind, _, verb = entry.action.replace("_", " ").partition(".")
    facts = [(name.replace("_", " "), fact(value)) for name, value in entry.data.items()]
    shown = [(name, text) for name, text in facts if text]
    what = f"{kind}: {verb}".capitalize()
    return Row(entry, what, kind_of(entry.object_type), url_of(page, entry), shown, mark)


@cache
def kind_of(object_type: str) -> str:
    names = {model._meta.model_name: model._meta.verbose_name for model in apps.get_models()}
    return str(names.get(object_type, object_type))


def url_of(page: ProjectPage, entry: AuditEntry) -> str:
    name = SHOWN_AT.get(entry.object_type)
    try:
        return reverse(name, args=[page.project.slug, UUID(entry.object_id)]) if name else ""
    except ValueError:
        return ""


def fact(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        value = [f"{name} {fact(one)}" for name, one in value.items()]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{text[:LONGEST_FACT]}…" if len(text) > LONGEST_FACT else text
