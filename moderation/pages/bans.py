"""Bans: list active and ended ones, issue one, lift one."""

from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.lib.errors import GavelError
from moderation.lib.highlight import lazy_title
from moderation.lib.languages import figure, gettext_lazy, lazy_format
from moderation.lib.paging import capped_count, page_of
from moderation.models import Author, Ban, BanType
from moderation.models.author import WHOLE_PROJECT
from moderation.pages.confirmation import ConfirmationPage, Question
from moderation.pages.forms import ConsoleForm, FieldValues
from moderation.pages.shell import PageContext, ProjectPage
from moderation.queries.bans import active_bans, ended_bans, preview_ban
from moderation.sanctions.by_staff import (
    LONGEST_ID,
    LONGEST_REASON,
    MOST_MINUTES,
    issue_ban,
    issue_mute,
    revoke_ban,
    revoke_ban_and_strikes,
)

OWN, PERMANENT = "own", "permanent"
BAN, MUTE = "ban", "mute"
SANCTIONS = (
    (BAN, gettext_lazy("Ban: recorded as a ban")),
    (MUTE, gettext_lazy("Mute: a short pause, no ban")),
)
#: In minutes.
LENGTHS = (
    ("10", gettext_lazy("10 minutes")),
    ("60", gettext_lazy("1 hour")),
    ("1440", gettext_lazy("24 hours")),
    ("10080", gettext_lazy("7 days")),
    ("43200", gettext_lazy("30 days")),
    (OWN, gettext_lazy("Custom number of minutes")),
    (PERMANENT, gettext_lazy("Permanently")),
)
PLACES = (
    ("channel", gettext_lazy("In one channel")),
    ("project", gettext_lazy("In the whole project")),
)
TYPES = [(name, lazy_title(name)) for name in BanType.values]


class Filters(ConsoleForm):
    user_id = forms.CharField(
        max_length=LONGEST_ID, required=False, label=gettext_lazy("Author begins with")
    )
    channel_id = forms.CharField(
        max_length=LONGEST_ID, required=False, label=gettext_lazy("Channel")
    )
    where = forms.ChoiceField(choices=[("", gettext_lazy("Anywhere")), *PLACES], required=False)
    type = forms.ChoiceField(choices=[("", gettext_lazy("Any type")), *TYPES], required=False)


class BanForm(ConsoleForm):
    user_id = forms.CharField(max_length=LONGEST_ID, strip=False, label=gettext_lazy("Author"))
    sanction = forms.ChoiceField(
        choices=SANCTIONS, widget=forms.RadioSelect, initial=BAN, required=False
    )
    where = forms.ChoiceField(choices=PLACES, widget=forms.RadioSelect, initial="channel")
    channel_id = forms.CharField(
        max_length=LONGEST_ID, strip=False, required=False, label=gettext_lazy("Channel")
    )
    length = forms.ChoiceField(
        choices=LENGTHS,
        widget=forms.RadioSelect,
        initial="1440",
        label=gettext_lazy("For how long"),
    )
    minutes = forms.IntegerField(
        min_value=1,
        max_value=MOST_MINUTES,
        required=False,
        label=gettext_lazy("Minutes"),
        help_text=lazy_format(
            gettext_lazy("At most {most_minutes} (one year)."), most_minutes=figure(MOST_MINUTES)
        ),
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The author sees this."),
    )

    def clean(self) -> FieldValues:
        values = self.cleaned_data
        if values.get("where") == "channel" and not values.get("channel_id"):
            self.add_error("channel_id", _("Enter a channel, or choose the whole project."))
        if values.get("length") == OWN and "minutes" in values and values["minutes"] is None:
            self.add_error("minutes", _("Enter the number of minutes."))
        if values.get("length") == PERMANENT and values.get("sanction") == MUTE:
            self.add_error("length", _("A mute ends: choose how long it lasts, or ban the author."))
        return values

    @property
    def channel(self) -> str:
        values = self.cleaned_data
        return WHOLE_PROJECT if values["where"] == "project" else values["channel_id"]

    @property
    def type(self) -> BanType:
        is_permanent = self.cleaned_data["length"] == PERMANENT
        return BanType.PERMANENT if is_permanent else BanType.TEMPORARY

    @property
    def is_mute(self) -> bool:
        return bool(self.cleaned_data["sanction"] == MUTE)

    @property
    def length_minutes(self) -> int | None:
        length = self.cleaned_data["length"]
        if length == OWN:
            return int(self.cleaned_data["minutes"])
        return None if length == PERMANENT else int(length)


class LiftForm(ConsoleForm):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Shown in the list of ended bans and in the audit log."),
    )
    strikes = forms.BooleanField(
        required=False,
        label=gettext_lazy("Also reset the author’s strikes there"),
        help_text=gettext_lazy("If you leave them, the next strike continues the count."),
    )


class Bans(ProjectPage):
    """GET /p/{slug}/bans?state=&user_id=&channel_id=&where=&type=&before=&after="""

    place = "Bans"

    def get(self, request: HttpRequest) -> HttpResponse:
        seq, now = self.project.last_seq, timezone.now()
        is_ended = request.GET.get("state") == "ended"
        find = ended_bans if is_ended else active_bans
        bans: QuerySet[Ban] = find(self.project, now)
        filters = Filters(request.GET, auto_id="filter-%s")
        wanted = filters.cleaned_data if filters.is_valid() else {}
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        context = {
            "seq": seq,
            "now": now,
            "is_ended": is_ended,
            "filters": filters,
            "is_filtered": any(wanted.values()),
            "page": page_of(filtered(bans, wanted), "issued_at", before=before, after=after),
            "active_count": capped_count(active_bans(self.project, now)),
        }
        return self.render("moderation/bans.html", context)


def filtered(bans: QuerySet[Ban], wanted: FieldValues) -> QuerySet[Ban]:
    if wanted.get("user_id"):
        bans = bans.filter(user_id__startswith=wanted["user_id"])
    if wanted.get("channel_id"):
        bans = bans.filter(channel_id=wanted["channel_id"])
    if wanted.get("where") == "project":
        bans = bans.filter(channel_id=WHOLE_PROJECT)
    elif wanted.get("where") == "channel":
        bans = bans.exclude(channel_id=WHOLE_PROJECT)
    return bans.filter(type=wanted["type"]) if wanted.get("type") else bans


class NewBan(ConfirmationPage):
    """GET, POST /p/{slug}/bans/new; the first POST shows a preview, the second issues the ban."""

    action = "admin"
    place = "Bans"
    form_class: ClassVar[type[BanForm]] = BanForm

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {name: request.GET.get(name, "") for name in ("user_id", "channel_id")}
        return self.form_page(self.form_class(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST)
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
            # A valid form opens the dialog; a refused one replaces itself.
            answer["HX-Retarget"], answer["HX-Reswap"] = "#ban-form", "outerHTML"
            return answer
        return self.render("moderation/ban_new.html", {"form": form}, status)

    def preview(self, form: BanForm) -> HttpResponse:
        user_id = form.cleaned_data["user_id"]
        context: PageContext = {
            "form": form,
            "preview": preview_ban(
                Author(self.project, user_id, form.channel),
                minutes=form.length_minutes,
                now=timezone.now(),
            ),
            "is_mute": form.is_mute,
            "user_id": user_id,
            "channel_id": form.channel,
        }
        context |= self.further_effects(form)
        if self.wants_piece:
            return self.piece("moderation/_ban_preview.html", context)
        return self.render("moderation/ban_preview.html", context)

    def further_effects(self, _form: BanForm) -> PageContext:
        """Return what else the preview shows; a subclass may do more than ban."""
        return {}

    def issue(self, form: BanForm) -> HttpResponse:
        user_id = form.cleaned_data["user_id"]
        author = Author(self.project, user_id, form.channel)
        terms: FieldValues = {
            "minutes": form.length_minutes,
            "reason": form.cleaned_data["reason"],
            "actor": self.caller.name,
            "now": timezone.now(),
        }
        try:
            if form.is_mute:
                issue_mute(author, **terms)
            else:
                issue_ban(author, type=form.type, **terms)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        done = _("{author} is muted.") if form.is_mute else _("{author} is banned.")
        messages.success(self.request, done.format(author=shortened(user_id)))
        return self.after(form)

    def after(self, _form: BanForm) -> HttpResponse:
        """Go on once the author is banned."""
        return redirect("console:bans", self.project.slug)


class LiftBan(ConfirmationPage):
    """GET, POST /p/{slug}/bans/{ban_id}/lift"""

    action = "admin"
    place = "Bans"

    def get(self, _request: HttpRequest, ban_id: UUID) -> HttpResponse:
        return self.confirm(self.question(self.ban(ban_id), LiftForm()))

    def post(self, request: HttpRequest, ban_id: UUID) -> HttpResponse:
        ban, form = self.ban(ban_id), LiftForm(request.POST)
        if not form.is_valid():
            return self.confirm(self.question(ban, form), 422)
        act = revoke_ban_and_strikes if form.cleaned_data["strikes"] else revoke_ban
        reason = form.cleaned_data["reason"]
        act(ban, reason=reason, actor=self.caller.name, now=timezone.now())
        messages.success(
            request, _("{author} can post again.").format(author=shortened(ban.user_id))
        )
        return redirect("console:bans", self.project.slug)

    def ban(self, ban_id: UUID) -> Ban:
        bans = Ban.objects.filter(project=self.project).select_related("project")
        ban = bans.filter(pk=ban_id).first()
        if ban is None:
            raise Http404("There is no such ban in this project.")
        return ban

    def question(self, ban: Ban, form: LiftForm) -> Question:
        text = _("They can post in the whole project again at once.")
        if ban.channel_id:
            text = _("They can post in #{channel} again at once.")
            text = text.format(channel=shortened(ban.channel_id))
        told = "" if ban.is_mute else " " + _("Webhooks are notified.")
        title = _("Lift the mute on {author}") if ban.is_mute else _("Lift the ban on {author}")
        return Question(
            title=title.format(author=shortened(ban.user_id)),
            sentences=[f"{text}{told}"],
            verb=_("Lift the mute") if ban.is_mute else _("Lift the ban"),
            back=reverse("console:bans", args=[self.project.slug]),
            page=_("Bans"),
            form=form,
        )


def shortened(name: str) -> str:
    """Return the first 40 characters of an id, for a sentence."""
    return f"{name[:40]}…" if len(name) > 40 else name
