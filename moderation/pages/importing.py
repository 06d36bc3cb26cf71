"""Import words: a preview line by line, then the import itself."""

import csv
import io
import json
from collections import Counter

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from moderation import rules
from moderation.lib.errors import Invalid
from moderation.lib.languages import gettext_lazy
from moderation.lib.spreadsheets import safe_cell
from moderation.pages import refusals
from moderation.pages.blacklist import CATEGORIES, SEVERITIES
from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import PageContext, ProjectPage
from moderation.rules import LANGUAGE_TAG, ImportedRow
from moderation.rules.word_files import DEFAULTS, Row, numbered_rows, text_of

#: docs/limits.md, "Sizes".
MOST_BYTES = 16 * 1024 * 1024
#: Invalid rows on the page; the report lists all.
MOST_SHOWN = 100
DRAFT, REPORT = "words-import", "words-report"
#: How long a preview can wait before it is imported.
DRAFT_SECONDS = 24 * 3600
Line = tuple[int, ImportedRow]


class ImportForm(ConsoleForm):
    file = forms.FileField(
        required=False,
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,.json,text/csv,text/plain,application/json"}
        ),
        help_text=gettext_lazy("CSV with a header row, JSON, or one word a line. At most 16 MiB."),
    )
    text = forms.CharField(
        required=False,
        label=gettext_lazy("Or paste the words here"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    category = forms.ChoiceField(
        choices=[("", gettext_lazy("As the file says")), *CATEGORIES],
        required=False,
        help_text=gettext_lazy("For rows without a category. A list of one word a line needs it."),
    )
    language = forms.RegexField(
        LANGUAGE_TAG,
        max_length=20,
        required=False,
        help_text=gettext_lazy("For rows without a language: en, es, ur-Latn, or * for any."),
    )
    severity = forms.ChoiceField(
        choices=[("", gettext_lazy("As the file says")), *SEVERITIES],
        required=False,
        help_text=gettext_lazy("For rows without a severity; medium if you choose nothing."),
    )


class ImportWords(ProjectPage):
    """GET, POST /p/{slug}/blacklist/import; a draft is imported exactly as it was previewed."""

    action = "admin"
    place = "Blacklist"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.page(ImportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        is_valid = form.is_valid()
        try:
            if "draft" in request.POST:
                draft = json.loads(unsign(request.POST["draft"], DRAFT, self.project.slug))
                return self.report(form, draft["text"], draft["defaults"], is_done=True)
            if not is_valid:
                return self.page(form, 422)
            defaults = {name: form.cleaned_data[name] for name in DEFAULTS}
            return self.report(form, sent_text(form), defaults, is_done=False)
        except Invalid as error:
            is_pasted = "file" not in request.FILES and bool(request.POST.get("text"))
            form.add_error("text" if is_pasted else "file", sentence_of(error, is_pasted=is_pasted))
            return self.page(form, 422)

    def report(self, form: ImportForm, text: str, defaults: Row, *, is_done: bool) -> HttpResponse:
        numbered = numbered_rows(text, defaults)
        act = rules.import_words if is_done else rules.preview_import
        report = act(self.project, self.caller.name, [row for _, row in numbered])
        lines = [(number, row) for (number, _), row in zip(numbered, report, strict=True)]
        wrong = [(number, row) for number, row in lines if row.result == "invalid"]
        slug, draft = self.project.slug, json.dumps({"text": text, "defaults": defaults})
        context = {
            "is_done": is_done,
            "counts": {"added": 0, "exists": 0, "invalid": 0} | Counter(r.result for r in report),
            "total": len(report),
            "wrong": wrong[:MOST_SHOWN],
            "more_wrong": max(0, len(wrong) - MOST_SHOWN),
            "report": sign(csv_of(lines), REPORT, slug),
            "draft": "" if is_done else sign(draft, DRAFT, slug),
        }
        return self.page(ImportForm() if is_done else form, context=context)

    def page(
        self, form: ImportForm, status: int = 200, context: PageContext | None = None
    ) -> HttpResponse:
        context = {"form": form, **(context or {})}
        return self.render("moderation/words_import.html", context, status)


class Report(ProjectPage):
    """POST /p/{slug}/blacklist/import/report: the whole report of an import as CSV."""

    action = "admin"

    def post(self, request: HttpRequest) -> HttpResponse:
        text = unsign(request.POST.get("report", ""), REPORT, self.project.slug)
        answer = HttpResponse(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.project.slug}-import.csv"'
        return answer


def sent_text(form: ImportForm) -> str:
    """Return the uploaded or pasted text; Invalid if it is empty, too large or no text."""
    file = form.cleaned_data.get("file")
    if file is None:
        text: str = form.cleaned_data.get("text", "")
        if not text.strip():
            raise Invalid("file", _("is missing: choose one, or paste the words"))
        return text
    if file.size > MOST_BYTES:
        raise Invalid("file", _("is larger than 16 MiB"))
    return text_of(file.read())


def sentence_of(error: Invalid, *, is_pasted: bool) -> str:
    """Return the refusal as a sentence: some details speak of a line, the others of the whole."""
    detail = refusals.in_words(error.detail)
    if error.detail.split(" ")[0] in {"the", "line"}:
        return f"{detail[:1].upper()}{detail[1:]}."
    whole = _("The text {detail}.") if is_pasted else _("The file {detail}.")
    return whole.format(detail=detail)


def sign(text: str, purpose: str, slug: str) -> str:
    """Return the text signed, so that the page can carry it and send it back unchanged."""
    return signing.dumps(text, salt=f"{purpose}:{slug}", compress=True)


def unsign(signed: str, purpose: str, slug: str) -> str:
    """Return the text that `sign` was given; Invalid if it expired or was changed."""
    try:
        text: str = signing.loads(signed, salt=f"{purpose}:{slug}", max_age=DRAFT_SECONDS)
    except signing.BadSignature:
        raise Invalid("file", _("preview has expired: choose the file again")) from None
    return text


def csv_of(lines: list[Line]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["line", "word", "result", "detail"])
    for number, row in lines:
        cells = (number, row.word, row.result, row.detail)
        writer.writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()
