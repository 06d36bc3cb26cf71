"""The blacklist: its words, one by one; what they find in a text; the list as a file."""

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

from moderation import queries, rules
from moderation.engine.classify import blacklist_hits
from moderation.engine.ruleset import Ruleset
from moderation.errors import GavelError
from moderation.ingest import MAX_CONTENT_LENGTH
from moderation.models import BlacklistWord
from moderation.models.rules import WordSeverity
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage
from moderation.quotes import match_row
from moderation.rules import LANGUAGE_TAG, WORD_CATEGORIES
from moderation.spreadsheets import write_csv

STATES = (("on", "In force"), ("off", "Off or expired"), ("", "All"))
KINDS = (
    ("word", "Word or phrase: also found in disguise, as w0rd or w o r d"),
    ("regex", "Regular expression (RE2)"),
)
CATEGORIES = [(name, name.replace("_", " ").capitalize()) for name in WORD_CATEGORIES]
MOST_COUNTED = 100_000
#: Texts on which a new word is tried before it is added.
MOST_TEXTS = 20
#: Bytes of an export that stay in memory.
SPOOLED_BYTES = 4 * 1024 * 1024
DATE_TIME = "%Y-%m-%dT%H:%M"


class Filters(HouseForm):
    search = forms.CharField(max_length=200, required=False)
    language = forms.CharField(max_length=20, required=False)
    category = forms.ChoiceField(choices=[("", "Any category"), *CATEGORIES], required=False)
    severity = forms.ChoiceField(
        choices=[("", "Any severity"), *WordSeverity.choices], required=False
    )
    state = forms.ChoiceField(choices=STATES, required=False)


class WordForm(HouseForm):
    word = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=KINDS, widget=forms.RadioSelect, initial="word")
    language = forms.RegexField(
        LANGUAGE_TAG,
        max_length=20,
        initial="*",
        help_text="A tag such as en or ur-Latn; * for every language. It acts on all messages.",
    )
    category = forms.ChoiceField(choices=CATEGORIES)
    severity = forms.ChoiceField(
        choices=WordSeverity.choices,
        initial=WordSeverity.MEDIUM,
        help_text="Low scores 0.6, medium 0.75, high 0.9, unless a score is named.",
    )
    score = forms.FloatField(min_value=0, max_value=1, required=False, label="Score of its own")
    expires_at = forms.DateTimeField(
        required=False,
        label="Acts until (UTC)",
        widget=forms.DateTimeInput(format=DATE_TIME, attrs={"type": "datetime-local"}),
    )
    notes = forms.CharField(
        max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    texts = forms.CharField(
        max_length=MAX_CONTENT_LENGTH,
        required=False,
        label="Try it on",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=f"Optional: up to {MOST_TEXTS} texts, one a line. Nothing is stored of them.",
    )

    @property
    def fields_of_word(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        del found["texts"]
        found["is_regex"] = found.pop("kind") == "regex"
        return found


@dataclass(frozen=True)
class Sample:
    """A text with what the words find in it; `content`, `matches` and `pii` as a log has them."""

    content: str
    matches: list[dict[str, Any]]
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
        words = queries.words_of(self.project, **wanted, now=now)
        context = {
            "now": now,
            "wanted": wanted,
            "is_filtered": any(value for name, value in wanted.items() if name != "state"),
            "states": STATES,
            "categories": CATEGORIES,
            "severities": WordSeverity.choices,
            "languages": queries.languages_of(self.project),
            "page": queries.page_of(words, "added_at", before=before, after=after),
            "count": queries.capped_count(words, MOST_COUNTED),
            "undo": self.undoable(request.GET.get("undo", "")),
        }
        return self.render("moderation/blacklist.html", context)

    def undoable(self, word_id: str) -> BlacklistWord | None:
        """Return the word that was just switched off, if it still is."""
        try:
            key = UUID(word_id)
        except ValueError:
            return None
        words = BlacklistWord.objects.filter(project=self.project, is_active=False)
        return words.filter(pk=key).first()


def wanted_of(request: HttpRequest) -> dict[str, str]:
    """Return the filters of an address; what makes no sense counts as none."""
    form = Filters(request.GET)
    form.is_valid()
    found = {name: form.cleaned_data.get(name, "") for name in form.fields}
    return {**found, "state": found["state"] if "state" in request.GET else "on"}


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
        """Show what the word would find in the texts; refuse it where adding it would."""
        fields = form.fields_of_word
        try:
            rules.check_word(fields["word"], is_regex=fields["is_regex"])
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, word, error.status)
        ruleset = queries.ruleset_of(BlacklistWord(project=self.project, **fields))
        texts = [line for line in form.cleaned_data["texts"].splitlines() if line.strip()]
        samples = [sample_of(text, ruleset) for text in texts[:MOST_TEXTS]]
        return self.form_page(form, word, samples=samples, is_tried=True)


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
        messages.success(request, "The word is added; it acts on the next message.")
        return redirect(self.back)


class EditWord(WordPage):
    """GET, POST /p/{slug}/blacklist/{word_id}"""

    def get(self, request: HttpRequest, word_id: UUID) -> HttpResponse:
        word = self.word(word_id)
        names = ("word", "language", "category", "severity", "score", "expires_at", "notes")
        known = {name: getattr(word, name) for name in names}
        kind = "regex" if word.is_regex else "word"
        return self.form_page(WordForm(initial={**known, "kind": kind}), word)

    def post(self, request: HttpRequest, word_id: UUID) -> HttpResponse:
        word, form = self.word(word_id), WordForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, word, 422)
        if "try" in request.POST:
            return self.tried(form, word)
        try:
            rules.change_word(word, self.caller.name, form.fields_of_word)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, self.word(word_id), error.status)
        messages.success(request, "The word is changed; it acts so on the next message.")
        return redirect(self.back)


class SwitchOff(WordPage):
    """POST /p/{slug}/blacklist/{word_id}/off?…; the list that follows offers to undo it."""

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
            messages.error(request, error.detail)
        else:
            messages.success(request, "The word acts again.")
        query = request.GET.copy()
        query.pop("undo", None)
        return redirect(f"{self.back}?{query.urlencode()}" if query else self.back)


class TestText(ProjectPage):
    """GET, POST /p/{slug}/blacklist/test: which words of the list are in a text."""

    __test__ = False
    action = "read"
    place = "Blacklist"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render("moderation/blacklist_test.html", {"text": ""})

    def post(self, request: HttpRequest) -> HttpResponse:
        text = request.POST.get("text", "").replace("\r\n", "\n")
        context: dict[str, Any] = {"text": text, "is_revealed": True}
        if not text.strip() or len(text) > MAX_CONTENT_LENGTH:
            context["error"] = f"A text has 1 to {MAX_CONTENT_LENGTH:,} characters."
        else:
            context["sample"] = sample_of(text, queries.in_force(self.project).ruleset)
        status = 422 if "error" in context else 200
        if self.wants_piece:
            return self.piece("moderation/_blacklist_found.html", context, status)
        return self.render("moderation/blacklist_test.html", context, status)


class Export(ProjectPage):
    """GET /p/{slug}/blacklist/export?…: the words that the filters show, as CSV."""

    action = "admin"

    def get(self, request: HttpRequest) -> FileResponse:
        words = queries.words_of(self.project, **wanted_of(request), now=timezone.now())
        file = SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 (the answer closes it)
        write_csv(file, queries.exported_words(words))
        file.seek(0)
        name = f"{self.project.slug}-blacklist.csv"
        return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv")
