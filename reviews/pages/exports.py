"""Exports: download content, decisions, bans or the audit log as a file."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from moderation.accounts.preferences import preferences_of
from moderation.lib.errors import GavelError
from moderation.lib.languages import gettext_lazy
from moderation.models import Veil
from moderation.pages.forms import ConsoleForm, FieldValues
from moderation.pages.shell import ProjectPage, person_of
from reviews.reporting.download import MOST_IN_PDF, MOST_ROWS, download
from reviews.reporting.exports import FORMS, ExportSpec

LABELS = {
    "content": gettext_lazy("Content: every message with its verdict"),
    "decisions": gettext_lazy("Decisions: what moderators decided or undid"),
    "bans": gettext_lazy("Bans: active and ended"),
    "audit": gettext_lazy("Audit log: what staff did"),
    "transparency": gettext_lazy("Transparency report: six months, unless you choose dates"),
}
FORM_NAMES = {
    "csv": "CSV",
    "xlsx": "Excel",
    "pdf": gettext_lazy("PDF, for reading"),
    "json": "JSON",
}


class ExportForm(ConsoleForm):
    kind = forms.ChoiceField(
        choices=list(LABELS.items()),
        widget=forms.RadioSelect,
        initial="content",
        label=gettext_lazy("Data"),
    )
    form = forms.ChoiceField(
        choices=[(form, FORM_NAMES[form]) for form in FORMS],
        widget=forms.RadioSelect,
        initial="csv",
        label=gettext_lazy("Format"),
    )
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Inclusive, UTC."),
    )
    is_covered = forms.BooleanField(
        required=False,
        label=gettext_lazy("Cover flagged words and personal data in messages"),
        help_text=gettext_lazy(
            "For files that people read. Programs that count or learn need the full text."
        ),
    )


class Exports(ProjectPage):
    """GET, POST /p/{slug}/settings/exports; the answer of the POST is the file."""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        covers = preferences_of(person_of(request)).veil != Veil.NEVER
        return self.form_page(ExportForm(initial={"is_covered": covers}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        try:
            return download(self.export(form.cleaned_data), actor=self.caller.name)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)

    def export(self, values: FieldValues) -> ExportSpec:
        until = values["until"]
        return ExportSpec(
            self.project,
            values["kind"],
            values["form"],
            beginning_of(values["since"]),
            beginning_of(until + timedelta(days=1)) if until and until < date.max else None,
            is_covered=values["is_covered"],
        )

    def form_page(self, form: ExportForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "tab": "exports",
            "most_rows": MOST_ROWS,
            "most_in_pdf": MOST_IN_PDF,
        }
        return self.render("reviews/exports.html", context, status)


def beginning_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
