"""Bans: those that hold, those that ended; issue and lift one."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from moderation import queries, sanctions
from moderation.errors import GavelError
from moderation.models import Ban, BanType
from moderation.models.sanctions import WHOLE_PROJECT
from moderation.pages.asking import AskingPage, Question
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage
from moderation.sanctions import LONGEST_ID, LONGEST_REASON, MOST_HOURS

OWN, PERMANENT = "own", "permanent"
LENGTHS = (
    ("1", "1 hour"),
    ("24", "24 hours"),
    ("168", "7 days"),
    ("720", "30 days"),
    (OWN, "Another number of hours"),
    (PERMANENT, "Permanently"),
)
PLACES = (("channel", "In one channel"), ("project", "In the whole project"))


class Filters(HouseForm):
    user_id = forms.CharField(max_length=LONGEST_ID, required=False, label="Author begins with")
    channel_id = forms.CharField(max_length=LONGEST_ID, required=False, label="Channel")
    where = forms.ChoiceField(choices=[("", "Anywhere"), *PLACES], required=False)
    type = forms.ChoiceField(choices=[("", "Any type"), *BanType.choices], required=False)


class BanForm(HouseForm):
    user_id = forms.CharField(max_length=LONGEST_ID, strip=False, label="Author")
    where = forms.ChoiceField(choices=PLACES, widget=forms.RadioSelect, initial="channel")
    channel_id = forms.CharField(
        max_length=LONGEST_ID, strip=False, required=False, label="Channel"
    )
    length = forms.ChoiceField(
        choices=LENGTHS, widget=forms.RadioSelect, initial="24", label="For how long"
    )
    hours = forms.IntegerField(
        min_value=1,
        max_value=MOST_HOURS,
        required=False,
        label="Hours",
        help_text=f"Up to {MOST_HOURS:,}, a year.",
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The author reads it.",
    )

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("where") == "channel" and not found.get("channel_id"):
            self.add_error("channel_id", "Name the channel, or choose the whole project.")
        if found.get("length") == OWN and "hours" in found and found["hours"] is None:
            self.add_error("hours", "Say how many hours.")
        return found

    @property
    def channel(self) -> str:
        """Where it shall hold; "" is the whole project."""
        found = self.cleaned_data
        return WHOLE_PROJECT if found["where"] == "project" else found["channel_id"]

    @property
    def type(self) -> BanType:
        is_permanent = self.cleaned_data["length"] == PERMANENT
        return BanType.PERMANENT if is_permanent else BanType.TEMPORARY

    @property
    def ban_hours(self) -> int | None:
        length = self.cleaned_data["length"]
        if length == OWN:
            return int(self.cleaned_data["hours"])
        return None if length == PERMANENT else int(length)


class LiftForm(HouseForm):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands in the list of ended bans and in the audit log.",
    )
    strikes = forms.BooleanField(
        required=False,
        label="Take back the author’s strikes there too",
        help_text="Without this the next strike continues the count.",
    )


class Bans(ProjectPage):
    """GET /p/{slug}/bans?state=&user_id=&channel_id=&where=&type=&before=&after="""

    place = "Bans"

    def get(self, request: HttpRequest) -> HttpResponse:
        seq, now = self.project.last_seq, timezone.now()
        is_ended = request.GET.get("state") == "ended"
        find = queries.ended_bans if is_ended else queries.active_bans
        bans: QuerySet[Ban] = find(self.project, now)
        filters = Filters(request.GET, auto_id="filter-%s")
        wanted = filters.cleaned_data if filters.is_valid() else {}
        found = filtered(bans, wanted)
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        context = {
            "seq": seq,
            "now": now,
            "is_ended": is_ended,
            "filters": filters,
            "is_filtered": any(wanted.values()),
            "page": queries.page_of(found, "issued_at", before=before, after=after),
            "active_count": queries.capped_count(queries.active_bans(self.project, now)),
        }
        return self.render("moderation/bans.html", context)


def filtered(bans: QuerySet[Ban], wanted: dict[str, Any]) -> QuerySet[Ban]:
    if wanted.get("user_id"):
        bans = bans.filter(user_id__startswith=wanted["user_id"])
    if wanted.get("channel_id"):
        bans = bans.filter(channel_id=wanted["channel_id"])
    if wanted.get("where") == "project":
        bans = bans.filter(channel_id=WHOLE_PROJECT)
    elif wanted.get("where") == "channel":
        bans = bans.exclude(channel_id=WHOLE_PROJECT)
    return bans.filter(type=wanted["type"]) if wanted.get("type") else bans


class NewBan(AskingPage):
    """GET, POST /p/{slug}/bans/new; the first POST shows what will happen, the second does it."""

    action = "admin"
    place = "Bans"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "") for name in ("user_id", "channel_id")}
        return self.form_page(BanForm(initial=asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BanForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        if "edit" in request.POST:
            return self.form_page(form)
        if "confirmed" not in request.POST:
            return self.preview(form)
        return self.issue(form)

    def form_page(self, form: BanForm, status: int = 200) -> HttpResponse:
        if self.wants_piece:
            answer = self.piece("moderation/_ban_form.html", {"form": form}, status)
            # The valid form goes into the dialog, the refused one back to its place.
            answer["HX-Retarget"], answer["HX-Reswap"] = "#ban-form", "outerHTML"
            return answer
        return self.render("moderation/ban_new.html", {"form": form}, status)

    def preview(self, form: BanForm) -> HttpResponse:
        user_id = form.cleaned_data["user_id"]
        foreseen = queries.foresee_ban(
            self.project, user_id, form.channel, hours=form.ban_hours, now=timezone.now()
        )
        context = {
            "form": form,
            "foreseen": foreseen,
            "user_id": user_id,
            "channel_id": form.channel,
        }
        if self.wants_piece:
            return self.piece("moderation/_ban_preview.html", context)
        return self.render("moderation/ban_preview.html", context)

    def issue(self, form: BanForm) -> HttpResponse:
        user_id, reason = form.cleaned_data["user_id"], form.cleaned_data["reason"]
        terms = {"type": form.type, "hours": form.ban_hours, "reason": reason}
        try:
            sanctions.issue_ban(
                self.project,
                user_id,
                form.channel,
                **terms,
                actor=self.caller.name,
                now=timezone.now(),
            )
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        messages.success(self.request, f"{shortened(user_id)} is banned.")
        return redirect("console:bans", self.project.slug)


class LiftBan(AskingPage):
    """GET, POST /p/{slug}/bans/{ban_id}/lift"""

    action = "admin"
    place = "Bans"

    def get(self, request: HttpRequest, ban_id: UUID) -> HttpResponse:
        return self.ask(self.question(self.ban(ban_id), LiftForm()))

    def post(self, request: HttpRequest, ban_id: UUID) -> HttpResponse:
        ban, form = self.ban(ban_id), LiftForm(request.POST)
        if not form.is_valid():
            return self.ask(self.question(ban, form), 422)
        act = sanctions.lift_ban_and_strikes if form.cleaned_data["strikes"] else sanctions.lift_ban
        reason = form.cleaned_data["reason"]
        act(ban, reason=reason, actor=self.caller.name, now=timezone.now())
        messages.success(request, f"{shortened(ban.user_id)} may write again.")
        return redirect("console:bans", self.project.slug)

    def ban(self, ban_id: UUID) -> Ban:
        bans = Ban.objects.filter(project=self.project).select_related("project")
        ban = bans.filter(pk=ban_id).first()
        if ban is None:
            raise Http404("There is no such ban in this project.")
        return ban

    def question(self, ban: Ban, form: LiftForm) -> Question:
        where = f"in #{shortened(ban.channel_id)}" if ban.channel_id else "in the whole project"
        return Question(
            title=f"Lift the ban of {shortened(ban.user_id)}",
            sentences=[
                f"They may write {where} again at once, and live pages and webhooks hear of it."
            ],
            verb="Lift the ban",
            back=reverse("console:bans", args=[self.project.slug]),
            page="Bans",
            form=form,
        )


def shortened(name: str) -> str:
    """Cut an id for a sentence; ids have up to 200 characters of any kind."""
    return f"{name[:40]}…" if len(name) > 40 else name
