"""Appeals: the list, and one appeal with the form that answers it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from moderation.accounts.callers import Caller
from moderation.accounts.covered_words import is_covered
from moderation.accounts.permissions import may
from moderation.accounts.preferences import preferences_of
from moderation.lib.errors import GavelError, NotFound
from moderation.lib.highlight import lazy_title
from moderation.lib.languages import gettext_lazy
from moderation.lib.paging import capped_count, page_of, page_of_oldest
from moderation.models import Ban, ModerationLog, Preferences
from moderation.pages.forms import ConsoleForm, FieldValues
from moderation.pages.shell import PageContext, ProjectPage, person_of
from moderation.sanctions.by_staff import LONGEST_ID
from reviews.appeals.answer import LONGEST_ANSWER, Answer, decide_appeal, find_appeal
from reviews.appeals.canned_answers import canned_answers
from reviews.appeals.second_reviewer import is_barred, rejections_in_effect
from reviews.appeals.statement_of_reasons import (
    facts_in_words,
    ground_in_words,
    measures_in_words,
    statement_of,
)
from reviews.casefile.authors import profile_of
from reviews.casefile.history import neighbours_of
from reviews.models import Appeal, AppealOutcome, ReviewItem
from reviews.models.appeals import AppealQuerySet
from reviews.queue.claims import may_take
from reviews.queue.items import current_item
from reviews.queue.lanes import APPEAL_TARGET

DECIDED = "decided"
OUTCOMES = [(outcome, lazy_title(outcome)) for outcome in AppealOutcome.values]


class Filters(ConsoleForm):
    user_id = forms.CharField(
        max_length=LONGEST_ID, required=False, label=gettext_lazy("Author begins with")
    )
    outcome = forms.ChoiceField(
        choices=[("", gettext_lazy("Any outcome")), *OUTCOMES], required=False
    )


class AnswerForm(ConsoleForm):
    note = forms.CharField(
        max_length=LONGEST_ANSWER,
        label=gettext_lazy("Your answer"),
        widget=forms.Textarea(attrs={"rows": 4, "aria-keyshortcuts": "n"}),
        help_text=gettext_lazy("The author sees it as you write it. You cannot change it later."),
    )
    outcome = forms.ChoiceField(choices=AppealOutcome.choices, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


class Appeals(ProjectPage):
    """GET /p/{slug}/appeals?state=&user_id=&outcome=&before=&after="""

    place = "Appeals"

    def get(self, request: HttpRequest) -> HttpResponse:
        is_decided = request.GET.get("state") == DECIDED
        own = Appeal.objects.filter(project=self.project)
        filters = Filters(request.GET, auto_id="filter-%s")
        wanted = filters.cleaned_data if filters.is_valid() else {}
        appeals = filtered(own.filter(status=DECIDED) if is_decided else own.open(), wanted)
        moment = "decided_at" if is_decided else "created_at"
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        rows = appeals.with_subjects()
        if is_decided:
            page = page_of(rows, moment, before=before, after=after)
        else:
            page = page_of_oldest(rows, moment, after=after)
        context = {
            "seq": self.project.last_seq,
            "is_decided": is_decided,
            "filters": filters,
            "is_filtered": any(wanted.values()),
            "page": page,
            "is_first": not after,
            "due_after": APPEAL_TARGET,
            "now": timezone.now(),
            "open_count": capped_count(own.open()),
        }
        return self.render("reviews/appeals.html", context)


def filtered(appeals: AppealQuerySet, wanted: FieldValues) -> AppealQuerySet:
    if wanted.get("user_id"):
        appeals = appeals.filter(user_id__startswith=wanted["user_id"])
    return appeals.filter(outcome=wanted["outcome"]) if wanted.get("outcome") else appeals


class AppealPage(ProjectPage):
    """GET, POST /p/{slug}/appeals/{appeal_id}"""

    actions = {"POST": "review"}
    place = "Appeals"

    def get(self, _request: HttpRequest, appeal_id: UUID) -> HttpResponse:
        return self.appeal_page(find_appeal(self.project, appeal_id), None)

    def post(self, request: HttpRequest, appeal_id: UUID) -> HttpResponse:
        form = AnswerForm(request.POST)
        if form.is_valid():
            answer = Answer(**form.cleaned_data)
            try:
                decide_appeal(appeal_id, answer, self.caller, now=timezone.now())
            except NotFound:
                raise
            except GavelError as error:
                form.refuse(error)
                return self.appeal_page(find_appeal(self.project, appeal_id), form, error.status)
            messages.success(request, DONE_MESSAGES[answer.outcome])
            return redirect(next_url(self))
        return self.appeal_page(find_appeal(self.project, appeal_id), form, 422)

    def appeal_page(
        self, appeal: Appeal, form: AnswerForm | None, status: int = 200
    ) -> HttpResponse:
        subject: ModerationLog | Ban | None = appeal.log or appeal.ban
        assert subject
        item = current_item(appeal.log) if appeal.log else None
        version = item.version if item else None
        statement = statement_of(subject, timezone.now(), get_language() or "en")
        log = appeal.log or (appeal.ban.log if appeal.ban else None)
        preferences = preferences_of(person_of(self.request))
        context: PageContext = {
            "appeal": appeal,
            "due": appeal.created_at + APPEAL_TARGET,
            "now": timezone.now(),
            "profile": profile_of(self.project, appeal.user_id, timezone.now()),
            "canned": canned_answers(log.language if log else ""),
            "log": log,
            "item": item,
            "form": form or AnswerForm(initial={"version": version}),
            "version": version,
            "statement": statement,
            "measures": measures_in_words(statement),
            "ground": ground_in_words(statement),
            "facts": covered_facts(facts_in_words(statement), log, preferences),
            "rejection": rejections_in_effect(log).filter(appeal=None).first() if log else None,
            "around": neighbours_of(log) if log else None,
            "hindrance": hindrance(appeal, item, self.caller),
            "earlier": other_appeals(appeal),
            "newer_url": neighbour_url(self, appeal, "gt"),
            "older_url": neighbour_url(self, appeal, "lt"),
        }
        return self.render("reviews/appeal.html", context, status)


def covered_facts(
    sentences: list[str], log: ModerationLog | None, preferences: Preferences
) -> list[str]:
    """Return the sentences; the words that are covered in the message are covered here too."""
    if log is None or not is_covered(log.severity, preferences):
        return sentences
    for word in sorted(log.detected_words, key=len, reverse=True):
        sentences = [sentence.replace(word, "•••") for sentence in sentences]
    return sentences


DONE_MESSAGES: dict[str, str] = {
    AppealOutcome.UPHELD: gettext_lazy("Decision upheld. The author can read your answer."),
    AppealOutcome.OVERTURNED: gettext_lazy("Decision overturned. The author can read your answer."),
}


def hindrance(appeal: Appeal, item: ReviewItem | None, caller: Caller) -> str:
    """Return in words why the caller may not answer; "" if they may."""
    if not may(caller, "review"):
        return _("You can view this appeal. To answer it you need the role moderator.")
    if item and not may_take(item, caller):
        return _("This appeal was escalated: only an admin or owner can answer it.")
    if is_barred(appeal, item, caller):
        return _("You made the first decision, so another member must answer this appeal.")
    return ""


def other_appeals(appeal: Appeal) -> list[Appeal]:
    """Return the author's other appeals, newest first, at most five."""
    own = Appeal.objects.filter(project=appeal.project, user_id=appeal.user_id)
    return list(own.exclude(pk=appeal.pk).order_by("-created_at", "-id")[:5])


def neighbour_url(page: ProjectPage, appeal: Appeal, side: str) -> str:
    """Return the URL of the next newer ("gt") or older ("lt") open appeal; "" if there is none."""
    others = Appeal.objects.filter(project=page.project).open()
    order = "created_at" if side == "gt" else "-created_at"
    neighbour = others.filter(**{f"created_at__{side}": appeal.created_at}).order_by(order).first()
    return reverse("desk:appeal", args=[page.project.slug, neighbour.pk]) if neighbour else ""


def next_url(page: ProjectPage) -> str:
    """Return the URL of the oldest open appeal that the caller may answer, else of the list."""
    own = Appeal.objects.filter(project=page.project).open()
    for appeal in own.with_subjects().order_by("created_at")[:20]:
        item = current_item(appeal.log) if appeal.log else None
        if not hindrance(appeal, item, page.caller):
            return reverse("desk:appeal", args=[page.project.slug, appeal.pk])
    return reverse("desk:appeals", args=[page.project.slug])
