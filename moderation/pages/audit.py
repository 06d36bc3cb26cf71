"""The audit log: what staff did, and whether each entry is still as it was written."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from moderation.accounts.audit_chain import marks_of, newest_anchor
from moderation.lib.highlight import kind_name
from moderation.lib.languages import gettext_lazy
from moderation.lib.paging import page_of
from moderation.models import AuditEntry
from moderation.pages.forms import ConsoleForm, FieldValues
from moderation.pages.shell import ProjectPage
from moderation.queries.auditing import audit_entries, known_actions

#: An object's type → the URL name of its page, which takes the object's id.
PAGE_OF_TYPE = {
    "reviewitem": "desk:item",
    "appeal": "desk:appeal",
    "moderationlog": "desk:log",
    "blacklistword": "console:word",
}
#: Several for each review, so the list leaves them out unless they are asked for.
CLAIMS = ("review.claimed", "review.released")
#: Characters of a detail in the list; the API has all of it.
LONGEST_DETAIL = 120
#: Details whose values are codes.
CODES = {
    "category", "decision", "kind", "outcome", "preset", "reason_code", "role", "ruling", "rulings",
    "scopes", "severity", "type",
}  # fmt: skip


class Filters(ConsoleForm):
    actor = forms.CharField(max_length=200, required=False, label=gettext_lazy("Who"))
    action = forms.ChoiceField(required=False, label=gettext_lazy("Action"))
    object_id = forms.CharField(max_length=200, required=False, label=gettext_lazy("Object"))
    claims = forms.BooleanField(required=False, label=gettext_lazy("Claims too"))
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actions: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(action, in_language(action)) for action in actions]
        self.fields["action"].choices = [("", _("Any action")), *named]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Row:
    entry: AuditEntry
    what: str
    #: The object's type in words.
    kind: str
    url: str
    details: list[tuple[str, str]]
    #: `chained`, `broken` or `waiting`.
    mark: str


class Audit(ProjectPage):
    """GET /p/{slug}/audit?actor=&action=&object_id=&since=&until=&before=&after="""

    action = "admin"
    place = "Audit"

    def get(self, request: HttpRequest) -> HttpResponse:
        actions = known_actions(self.project)
        filters = Filters(request.GET, auto_id="filter-%s", actions=actions)
        wanted = filters.cleaned_data if filters.is_valid() else {}
        entries = filtered(audit_entries(self.project), wanted)
        if filters.errors:
            entries = entries.none()
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        page = page_of(entries, "created_at", before=before, after=after)
        marks = marks_of(page.rows)
        context = {
            "filters": filters,
            "is_filtered": any(wanted.values()) or bool(filters.errors),
            "page": page,
            "rows": [row_of(self, entry, marks[entry.pk]) for entry in page.rows],
            "is_broken": "broken" in marks.values(),
            "anchor": newest_anchor(),
        }
        return self.render("moderation/audit.html", context)


def filtered(entries: QuerySet[AuditEntry], wanted: FieldValues) -> QuerySet[AuditEntry]:
    if not (wanted.get("claims") or wanted.get("action") or wanted.get("object_id")):
        entries = entries.exclude(action__in=CLAIMS)
    lookups = {
        "actor": "actor__iexact",
        "action": "action",
        "object_id": "object_id",
        "since": "created_at__date__gte",
        "until": "created_at__date__lte",
    }
    return entries.filter(
        **{lookups[name]: value for name, value in wanted.items() if value and name in lookups}
    )


def row_of(page: ProjectPage, entry: AuditEntry, mark: str) -> Row:
    details = [
        (kind_name(name), text)
        for name, value in entry.data.items()
        if (text := in_words(code_names(value) if name in CODES else value))
    ]
    what = in_language(entry.action)
    return Row(
        entry,
        what[:1].upper() + what[1:],
        kind_name(kind_of(entry.object_type)),
        url_of(page, entry),
        details,
        mark,
    )


def code_names(value: Any) -> Any:
    """Return a code, or each of a list, in words of the page's language."""
    if isinstance(value, list):
        return [code_names(one) for one in value]
    return kind_name(value) if isinstance(value, str) else value


def in_language(action: str) -> str:
    """Return an action in words of the page's language: `ban.issued` → ban: issued."""
    return kind_name(action.replace(".", ": "))


@cache
def kind_of(object_type: str) -> str:
    names = {model._meta.model_name: model._meta.verbose_name for model in apps.get_models()}
    return str(names.get(object_type, object_type))


def url_of(page: ProjectPage, entry: AuditEntry) -> str:
    name = PAGE_OF_TYPE.get(entry.object_type)
    try:
        return reverse(name, args=[page.project.slug, UUID(entry.object_id)]) if name else ""
    except ValueError:
        return ""


def in_words(value: Any) -> str:
    """Return a detail as text, at most `LONGEST_DETAIL` characters; "" for an empty one."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        value = [f"{name} {in_words(one)}" for name, one in value.items()]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{text[:LONGEST_DETAIL]}…" if len(text) > LONGEST_DETAIL else text
