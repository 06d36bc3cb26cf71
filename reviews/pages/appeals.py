"""Appeals: what authors ask to be looked at again, and the answer to one of them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from moderation import queries
from moderation.errors import GavelError, NotFound
from moderation.identity import Caller, may
from moderation.models import Ban, ModerationLog
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage
from moderation.sanctions import LONGEST_ID
from reviews import appeals
from reviews.claims import may_take
from reviews.deciders import is_barred, standing_rejections
from reviews.history import neighbours_of
from reviews.models import Appeal, AppealOutcome, ReviewItem
from reviews.queue import current_item
from reviews.statement import (
    facts_in_words,
    ground_in_words,
    measures_in_words,
    statement_of,
)

DECIDED = "decided"


class Filters(HouseForm):
    user_id = forms.CharField(max_length=LONGEST_ID, required=False, label="Author begins with")
    outcome = forms.ChoiceField(
        choices=[("", "Any outcome"), *AppealOutcome.choices], required=False
    )


class AnswerForm(HouseForm):
    note = forms.CharField(
        max_length=appeals.LONGEST_ANSWER,
        label="Your answer",
        widget=forms.Textarea(attrs={"rows": 4, "aria-keyshortcuts": "n"}),
        help_text="The author reads it, in the language you write it in. It cannot be taken back.",
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
        found = filtered(own.filter(status=DECIDED) if is_decided else own.open(), wanted)
        moment = "decided_at" if is_decided else "created_at"
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        context = {
            "seq": self.project.last_seq,
            "is_decided": is_decided,
            "filters": filters,
            "is_filtered": any(wanted.values()),
            "page": queries.page_of(found.with_subjects(), moment, before=before, after=after),
            "open_count": queries.capped_count(own.open()),
        }
        return self.render("reviews/appeals.html", context)


def filtered(found: Any, wanted: dict[str, Any]) -> Any:
    if wanted.get("user_id"):
        found = found.filter(user_id__startswith=wanted["user_id"])
    return found.filter(outcome=wanted["outcome"]) if wanted.get("outcome") else found


class AppealPage(ProjectPage):
    """GET, POST /p/{slug}/appeals/{appeal_id}"""

    actions = {"POST": "review"}
    place = "Appeals"

    def get(self, request: HttpRequest, appeal_id: UUID) -> HttpResponse:
        return self.appeal_page(appeals.find_appeal(self.project, appeal_id), None)

    def post(self, request: HttpRequest, appeal_id: UUID) -> HttpResponse:
        form = AnswerForm(request.POST)
        if form.is_valid():
            answer = appeals.Answer(**form.cleaned_data)
            try:
                appeals.decide_appeal(appeal_id, answer, self.caller, now=timezone.now())
            except NotFound:
                raise
            except GavelError as error:
                form.refuse(error)
                return self.appeal_page(self.again(appeal_id), form, error.status)
            messages.success(request, SAID[answer.outcome])
            return redirect(next_url(self))
        return self.appeal_page(self.again(appeal_id), form, 422)

    def again(self, appeal_id: UUID) -> Appeal:
        return appeals.find_appeal(self.project, appeal_id)

    def appeal_page(
        self, appeal: Appeal, form: AnswerForm | None, status: int = 200
    ) -> HttpResponse:
        subject: ModerationLog | Ban | None = appeal.log or appeal.ban
        assert subject
        item = current_item(appeal.log) if appeal.log else None
        version = item.version if item else None
        statement = statement_of(subject, timezone.now(), "en")
        log = appeal.log or (appeal.ban.log if appeal.ban else None)
        context = {
            "appeal": appeal,
            "log": log,
            "item": item,
            "form": form or AnswerForm(initial={"version": version}),
            "version": version,
            "statement": statement,
            "measures": measures_in_words(statement),
            "ground": ground_in_words(statement),
            "facts": facts_in_words(statement),
            "rejection": standing_rejections(log).filter(appeal=None).first() if log else None,
            "around": neighbours_of(log) if log else None,
            "hindrance": hindrance(appeal, item, self.caller),
            "earlier": earlier_of(appeal),
            "newer_url": beside(self, appeal, "gt"),
            "older_url": beside(self, appeal, "lt"),
        }
        return self.render("reviews/appeal.html", context, status)


SAID: dict[str, str] = {
    AppealOutcome.UPHELD: "The decision stands, and the author can read why.",
    AppealOutcome.OVERTURNED: "Everything was taken back, and the author can read why.",
}


def hindrance(appeal: Appeal, item: ReviewItem | None, caller: Caller) -> str:
    """Return why the caller may not answer, in words; "" if they may."""
    if not may(caller, "review"):
        return "You may read here. To answer you need the role moderator."
    if item and not may_take(item, caller):
        return "This was escalated: only an admin or owner may answer."
    if is_barred(appeal, item, caller):
        return "You decided this first, so that another member has to answer. You can read along."
    return ""


def earlier_of(appeal: Appeal) -> list[Appeal]:
    """Return the author's other appeals, the newest first."""
    own = Appeal.objects.filter(project=appeal.project, user_id=appeal.user_id)
    return list(own.exclude(pk=appeal.pk).order_by("-created_at", "-id")[:5])


def beside(page: ProjectPage, appeal: Appeal, side: str) -> str:
    """Return the address of the open appeal that was made next before or after; "" if none."""
    others = Appeal.objects.filter(project=page.project).open()
    order = "created_at" if side == "gt" else "-created_at"
    found = others.filter(**{f"created_at__{side}": appeal.created_at}).order_by(order).first()
    return reverse("desk:appeal", args=[page.project.slug, found.pk]) if found else ""


def next_url(page: ProjectPage) -> str:
    """Return where one goes on: the oldest open appeal that the caller may answer, or the list."""
    own = Appeal.objects.filter(project=page.project).open()
    for found in own.with_subjects().order_by("created_at")[:20]:
        item = current_item(found.log) if found.log else None
        if not hindrance(found, item, page.caller):
            return reverse("desk:appeal", args=[page.project.slug, found.pk])
    return reverse("desk:appeals", args=[page.project.slug])
