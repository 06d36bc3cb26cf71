"""The blacklist: edit its words, test a text against them, export them as CSV."""

from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation import rules
from moderation.engine.classify import blacklist_hits
from moderation.engine.custom_rules.ruleset import Ruleset
from moderation.lib.errors import GavelError
from moderation.lib.highlight import lazy_title
from moderation.lib.languages import figure, gettext_lazy, lazy_format
from moderation.lib.paging import capped_count, page_of
from moderation.lib.spreadsheets import write_csv
from moderation.models import BlacklistWord
from moderation.models.rules import WordMatch, WordSeverity
from moderation.pages import refusals
from moderation.pages.forms import ConsoleForm, FieldValues
from moderation.pages.shell import PageContext, ProjectPage
from moderation.pipeline.excerpts import match_row
from moderation.pipeline.shapes import MatchRow
from moderation.pipeline.submission import MAX_CONTENT_LENGTH
from moderation.queries.words import exported_words, languages_of, words_of
from moderation.rules import LANGUAGE_TAG, WORD_CATEGORIES
from moderation.rules.active import active_ruleset, ruleset_of
from moderation.rules.word_reach import also_matches

STATES = (
    ("on", gettext_lazy("Active")),
    ("off", gettext_lazy("Off or expired")),
    ("", gettext_lazy("All")),
)
KINDS = (
    ("word", gettext_lazy("Word or phrase")),
    ("regex", gettext_lazy("Regular expression (RE2)")),
)
MATCHES = (
    (WordMatch.DISGUISED, gettext_lazy("With its disguises, such as w0rd, w o r d, word1")),
    (WordMatch.EXACT, gettext_lazy("Exactly as written, in any case")),
    (WordMatch.PART, gettext_lazy("Inside other words, too")),
)
CATEGORIES = [(name, lazy_title(name)) for name in WORD_CATEGORIES]
SEVERITIES = [(name, lazy_title(name)) for name in WordSeverity.values]
MOST_COUNTED = 100_000
#: Texts on which a new word is tried before it is added.
MOST_TEXTS = 20
#: An export larger than this many bytes goes to a temporary file.
SPOOLED_BYTES = 4 * 1024 * 1024
DATE_TIME = "%Y-%m-%dT%H:%M"


class Filters(ConsoleForm):
    search = forms.CharField(max_length=200, required=False)
    language = forms.CharField(max_length=20, required=False)
    category = forms.ChoiceField(
        choices=[("", gettext_lazy("Any category")), *CATEGORIES], required=False
    )
    severity = forms.ChoiceField(
        choices=[("", gettext_lazy("Any severity")), *SEVERITIES], required=False
    )
    state = forms.ChoiceField(choices=STATES, required=False)


class WordForm(ConsoleForm):
    word = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect, initial="word")
    match = forms.ChoiceField(
        choices=MATCHES,
        widget=forms.RadioSelect,
        initial=WordMatch.DISGUISED,
        required=False,
        help_text=gettext_lazy("Ordinary words, names and places are never taken for a disguise."),
    )
    language = forms.RegexField(
        LANGUAGE_TAG,
        max_length=20,
        initial="*",
        help_text=gettext_lazy(
            "A tag such as en or ur-Latn, or * for any. The word matches in every message."
        ),
    )
    category = forms.ChoiceField(choices=CATEGORIES)
    severity = forms.ChoiceField(
        choices=SEVERITIES,
        initial=WordSeverity.MEDIUM,
        help_text=gettext_lazy("Low scores 0.6, medium 0.75, high 0.9, unless you enter a score."),
    )
    score = forms.FloatField(min_value=0, max_value=1, required=False, label=gettext_lazy("Score"))
    expires_at = forms.DateTimeField(
        required=False,
        label=gettext_lazy("Expires (UTC)"),
        widget=forms.DateTimeInput(format=DATE_TIME, attrs={"type": "datetime-local"}),
    )
    notes = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    texts = forms.CharField(
        max_length=MAX_CONTENT_LENGTH,
        required=False,
        label=gettext_lazy("Try it on"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=lazy_format(
            gettext_lazy("Optional: up to {most_texts} texts, one per line. They are not stored."),
            most_texts=MOST_TEXTS,
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The form brings back what it showed, so that it sends only what the person changed.
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "texts"

    @property
    def shown_choices(self) -> list[str]:
        """Return the hidden fields with the shown choices; other fields render their own."""
        names = ("kind", "match")
        return [self[name].as_hidden(only_initial=True) for name in names]

    @property
    def changes(self) -> FieldValues:
        names = {"kind": "is_regex"}
        changed = {names.get(name, name) for name in self.changed_data}
        return {name: value for name, value in self.fields_of_word.items() if name in changed}

    @property
    def fields_of_word(self) -> FieldValues:
        values = dict(self.cleaned_data)
        del values["texts"]
        values["is_regex"] = values.pop("kind") == "regex"
        values["match"] = values["match"] or WordMatch.DISGUISED
        return values


@dataclass(frozen=True)
class Sample:
    """A text and the words found in it; `content`, `matches` and `pii` have a log's shape."""

    content: str
    matches: list[MatchRow]
    #: The word of each match.
    words: list[str]
    pii: tuple[()] = ()
    severity: str = "low"


def sample_of(text: str, ruleset: Ruleset) -> Sample:
    hits = blacklist_hits(text, ruleset)
    rows = [match_row(hit) for hit in hits]
    return Sample(text, rows, list(dict.fromkeys(hit.word for hit in hits)))


class Blacklist(ProjectPage):
    """GET /p/{slug}/blacklist?search=&language=&category=&severity=&state=&before=&after=&undo="""

    place = "Blacklist"

    def get(self, request: HttpRequest) -> HttpResponse:
        now, wanted = timezone.now(), wanted_of(request)
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        words = words_of(self.project, **wanted, now=now)
        context = {
            "now": now,
            "wanted": wanted,
            "is_filtered": any(value for name, value in wanted.items() if name != "state"),
            "states": STATES,
            "categories": CATEGORIES,
            "severities": SEVERITIES,
            "languages": languages_of(self.project),
            "page": page_of(words, "added_at", before=before, after=after),
            "count": capped_count(words, MOST_COUNTED),
            "undo": self.undoable(request.GET.get("undo", "")),
        }
        return self.render("moderation/blacklist.html", context)

    def undoable(self, word_id: str) -> BlacklistWord | None:
        """Return the word that was just turned off, if it is still off."""
        try:
            key = UUID(word_id)
        except ValueError:
            return None
        words = BlacklistWord.objects.filter(project=self.project, is_active=False)
        return words.filter(pk=key).first()


def wanted_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters in the URL; an invalid one counts as empty."""
    form = Filters(request.GET)
    form.is_valid()
    values = {name: form.cleaned_data.get(name, "") for name in form.fields}
    return {**values, "state": values["state"] if "state" in request.GET else "on"}


class WordPage(ProjectPage):
    """A page that changes the list."""

    action = "admin"
    place = "Blacklist"

    def words(self) -> QuerySet[BlacklistWord]:
        return BlacklistWord.objects.filter(project=self.project).select_related("project")

    def word(self, word_id: UUID) -> BlacklistWord:
        word = self.words().filter(pk=word_id).first()
        if word is None:
            raise Http404("There is no such word in this project.")
        return word

    @property
    def back(self) -> str:
        return reverse("console:blacklist", args=[self.project.slug])

    def form_page(
        self, form: WordForm, word: BlacklistWord | None = None, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {"form": form, "word": word, "is_revealed": True, **more}
        return self.render("moderation/word.html", context, status)

    def tried(self, form: WordForm, word: BlacklistWord | None = None) -> HttpResponse:
        """Show what the word would match in the texts; refuse what adding it would refuse."""
        fields = form.fields_of_word
        try:
            rules.check_word(fields["word"], is_regex=fields["is_regex"])
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, word, error.status)
        word_on_trial = BlacklistWord(project=self.project, **fields)
        ruleset = ruleset_of(word_on_trial)
        texts = [line for line in form.cleaned_data["texts"].splitlines() if line.strip()]
        samples = [sample_of(text, ruleset) for text in texts[:MOST_TEXTS]]
        also = also_matches(word_on_trial, timezone.now())
        return self.form_page(form, word, samples=samples, is_tried=True, also=also)


class NewWord(WordPage):
    """GET, POST /p/{slug}/blacklist/new"""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(WordForm(initial={"word": request.GET.get("word", "")[:200]}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WordForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, status=422)
        if "try" in request.POST:
            return self.tried(form)
        try:
            rules.add_word(self.project, self.caller.name, form.fields_of_word)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, status=error.status)
        messages.success(request, _("Word added. It applies from the next message."))
        return redirect(self.back)


class EditWord(WordPage):
    """GET, POST /p/{slug}/blacklist/{word_id}"""

    def get(self, _request: HttpRequest, word_id: UUID) -> HttpResponse:
        word = self.word(word_id)
        names = (
            "word",
            "match",
            "language",
            "category",
            "severity",
            "score",
            "expires_at",
            "notes",
        )
        initial: FieldValues = {name: getattr(word, name) for name in names}
        initial["kind"] = "regex" if word.is_regex else "word"
        if word.expires_at:  # the field has no seconds
            initial["expires_at"] = word.expires_at.replace(second=0, microsecond=0)
        return self.form_page(WordForm(initial=initial), word)

    def post(self, request: HttpRequest, word_id: UUID) -> HttpResponse:
        word, form = self.word(word_id), WordForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, word, 422)
        if "try" in request.POST:
            return self.tried(form, word)
        if not form.changes:
            messages.info(request, _("Nothing to save: you changed nothing."))
            return redirect(self.back)
        try:
            rules.change_word(word, self.caller.name, form.changes)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, self.word(word_id), error.status)
        messages.success(request, _("Word changed. It applies from the next message."))
        return redirect(self.back)


class SwitchOff(WordPage):
    """POST /p/{slug}/blacklist/{word_id}/off?…; the list shown next offers to undo it."""

    def post(self, request: HttpRequest, word_id: UUID) -> HttpResponse:
        rules.remove_word(self.word(word_id), self.caller.name)
        query = request.GET.copy()
        query["undo"] = str(word_id)
        return redirect(f"{self.back}?{query.urlencode()}")


class SwitchOn(WordPage):
    """POST /p/{slug}/blacklist/{word_id}/on?…"""

    def post(self, request: HttpRequest, word_id: UUID) -> HttpResponse:
        try:
            rules.restore_word(self.word(word_id), self.caller.name)
        except GavelError as error:
            messages.error(request, refusals.in_words(error.detail))
        else:
            messages.success(request, _("The word is active again."))
        query = request.GET.copy()
        query.pop("undo", None)
        return redirect(f"{self.back}?{query.urlencode()}" if query else self.back)


class TestText(ProjectPage):
    """GET, POST /p/{slug}/blacklist/test: find the list's words in a text."""

    __test__ = False
    action = "read"
    place = "Blacklist"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.render("moderation/blacklist_test.html", {"text": ""})

    def post(self, request: HttpRequest) -> HttpResponse:
        text = request.POST.get("text", "").replace("\r\n", "\n")
        context: PageContext = {"text": text, "is_revealed": True}
        if not text.strip() or len(text) > MAX_CONTENT_LENGTH:
            context["error"] = _("Enter a text of 1 to {max_content_length} characters.").format(
                max_content_length=figure(MAX_CONTENT_LENGTH)
            )
        else:
            context["sample"] = sample_of(text, active_ruleset(self.project).compiled)
        status = 422 if "error" in context else 200
        if self.wants_piece:
            return self.piece("moderation/_blacklist_found.html", context, status)
        return self.render("moderation/blacklist_test.html", context, status)


class Export(ProjectPage):
    """GET /p/{slug}/blacklist/export?…: the words that match the filters, as CSV."""

    action = "admin"

    def get(self, request: HttpRequest) -> FileResponse:
        words = words_of(self.project, **wanted_of(request), now=timezone.now())
        file = SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 (FileResponse closes it)
        write_csv(file, exported_words(words))
        file.seek(0)
        name = f"{self.project.slug}-blacklist.csv"
        return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv")
