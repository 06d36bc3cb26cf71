"""Exports: take content, decisions, bans or the audit log as a file."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from moderation.errors import GavelError
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage
from reviews.api.exports import MOST_IN_PDF, MOST_ROWS, download
from reviews.exports import FORMS, Export

LABELS = {
    "content": "Content: every message with what was judged",
    "decisions": "Decisions: what moderators ruled, and what was taken back",
    "bans": "Bans: those in force and those that ended",
    "audit": "Audit log: who of the staff did what",
    "transparency": "Transparency report: its figures, of half a year unless you say",
}
FORM_NAMES = {"csv": "CSV", "xlsx": "Excel", "pdf": "PDF, to read", "json": "JSON"}


class ExportForm(HouseForm):
    kind = forms.ChoiceField(
        choices=list(LABELS.items()),
        widget=forms.RadioSelect,
        initial="content",
        label="What",
    )
    form = forms.ChoiceField(
        choices=[(form, FORM_NAMES[form]) for form in FORMS],
        widget=forms.RadioSelect,
        initial="csv",
        label="As",
    )
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="This day with it. Days are those of UTC.",
    )


class Exports(ProjectPage):
    """GET, POST /p/{slug}/settings/exports; the answer of the POST is the file."""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return self.form_page(ExportForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        try:
            return download(self.wanted(form.cleaned_data), actor=self.caller.name)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)

    def wanted(self, asked: dict[str, Any]) -> Export:
        until = asked["until"]
        return Export(
            self.project,
            asked["kind"],
            asked["form"],
            beginning_of(asked["since"]),
            beginning_of(until + timedelta(days=1)) if until and until < date.max else None,
        )

    def form_page(self, form: ExportForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "tab": "exports", "most_rows": MOST_ROWS}
        context["most_in_pdf"] = MOST_IN_PDF
        return self.render("reviews/exports.html", context, status)


def beginning_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
