"""Import words: first what would happen, line by line, then the import itself."""

import csv
import io
from collections import Counter
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse

from moderation import rules, seeding
from moderation.errors import Invalid
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage
from moderation.rules import ImportedRow
from moderation.spreadsheets import safe_cell

#: CONTRACT section 2: imports.
MOST_BYTES = 16 * 1024 * 1024
#: What is wrong is shown up to here; the report has all of it.
MOST_SHOWN = 100
DRAFT, REPORT = "words-import", "words-report"
#: How long a preview may lie before it is imported.
DRAFT_SECONDS = 24 * 3600
Line = tuple[int, ImportedRow]


class ImportForm(HouseForm):
    file = forms.FileField(
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.json,text/csv,application/json"}),
        help_text="CSV with a heading, or JSON, in UTF-8; at most 16 MiB.",
    )
    text = forms.CharField(
        required=False,
        label="Or paste it here",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )


class ImportWords(ProjectPage):
    """GET, POST /p/{slug}/blacklist/import; a draft is imported exactly as it was previewed."""

    action = "admin"
    place = "Blacklist"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(ImportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        form.is_valid()
        try:
            if "draft" in request.POST:
                text = opened(request.POST["draft"], DRAFT, self.project.slug)
                return self.report(form, text, is_done=True)
            return self.report(form, text_of(form), is_done=False)
        except Invalid as error:
            form.add_error("file", f"The file {error.detail}.")
            return self.page(form, 422)

    def report(self, form: ImportForm, text: str, *, is_done: bool) -> HttpResponse:
        numbered = seeding.numbered_rows(text)
        act = rules.import_words if is_done else rules.foresee_import
        report = act(self.project, self.caller.name, [row for _, row in numbered])
        lines = [(number, row) for (number, _), row in zip(numbered, report, strict=True)]
        wrong = [(number, row) for number, row in lines if row.result == "invalid"]
        slug = self.project.slug
        context = {
            "is_done": is_done,
            "counts": {"added": 0, "exists": 0, "invalid": 0} | Counter(r.result for r in report),
            "total": len(report),
            "wrong": wrong[:MOST_SHOWN],
            "more_wrong": max(0, len(wrong) - MOST_SHOWN),
            "report": sealed(csv_of(lines), REPORT, slug),
            "draft": "" if is_done else sealed(text, DRAFT, slug),
        }
        return self.page(ImportForm() if is_done else form, context=context)

    def page(
        self, form: ImportForm, status: int = 200, context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = {"form": form, **(context or {})}
        return self.render("moderation/words_import.html", shown, status)


class Report(ProjectPage):
    """POST /p/{slug}/blacklist/import/report: the whole report of an import as CSV."""

    action = "admin"

    def post(self, request: HttpRequest) -> HttpResponse:
        text = opened(request.POST.get("report", ""), REPORT, self.project.slug)
        answer = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.project.slug}-import.csv"'
        return answer


def text_of(form: ImportForm) -> str:
    """Return what was uploaded or pasted; Invalid if it is nothing, too large or no UTF-8."""
    file = form.cleaned_data.get("file")
    if file is None:
        text: str = form.cleaned_data.get("text", "")
        if not text.strip():
            raise Invalid("file", "or a pasted text is needed")
        return text
    if file.size > MOST_BYTES:
        raise Invalid("file", "has more than 16 MiB")
    try:
        return bytes(file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", "is not UTF-8") from None


def sealed(text: str, purpose: str, slug: str) -> str:
    """Return a text to send along with a page and to get back unchanged."""
    return signing.dumps(text, salt=f"{purpose}:{slug}", compress=True)


def opened(sealed_text: str, purpose: str, slug: str) -> str:
    try:
        text: str = signing.loads(sealed_text, salt=f"{purpose}:{slug}", max_age=DRAFT_SECONDS)
    except signing.BadSignature:
        raise Invalid("file", "was previewed too long ago, or elsewhere: choose it again") from None
    return text


def csv_of(lines: list[Line]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["line", "word", "result", "detail"])
    for number, row in lines:
        cells = (number, row.word, row.result, row.detail)
        writer.writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()
