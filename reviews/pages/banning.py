"""Ban an author and take down what they wrote, with one preview and one undo."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.lib.languages import gettext_lazy, lazy_format
from moderation.models import Author
from moderation.pages.bans import BanForm, NewBan
from moderation.pages.shell import PageContext
from reviews.decisions.bulk import MOST_AT_ONCE
from reviews.decisions.sweep import messages_to_sweep, sweep
from reviews.pages.bulk import BulkPage, outcomes_of

NOTHING, OPEN = "", "open"
SWEEPS = (
    (NOTHING, gettext_lazy("Nothing")),
    (OPEN, gettext_lazy("Their open reviews")),
    ("1", gettext_lazy("Their open reviews, and messages of the last hour")),
    ("24", gettext_lazy("Their open reviews, and messages of the last 24 hours")),
)
#: Of the session: the items of the last sweep, for its undo.
SWEPT = "swept"
#: Texts that the preview shows.
MOST_SHOWN = 10


class SweepForm(BanForm):
    sweep = forms.ChoiceField(
        choices=SWEEPS,
        widget=forms.RadioSelect,
        required=False,
        label=gettext_lazy("Also reject"),
        help_text=lazy_format(
            gettext_lazy("At most {most_at_once}, where the ban applies, without strikes."),
            most_at_once=MOST_AT_ONCE,
        ),
    )

    @property
    def is_sweep(self) -> bool:
        """A mute is a pause: it takes nothing down."""
        return bool(self.cleaned_data["sweep"]) and not self.is_mute

    def since(self, now: datetime) -> datetime | None:
        """Return from when on messages are swept; None for open reviews alone."""
        hours = self.cleaned_data["sweep"]
        return None if hours in {NOTHING, OPEN} else now - timedelta(hours=int(hours))


class BanAndSweep(NewBan):
    """GET, POST /p/{slug}/bans/new"""

    form_class = SweepForm

    def further_effects(self, form: BanForm) -> PageContext:
        if not isinstance(form, SweepForm) or not form.is_sweep:
            return {}
        logs = list(messages_to_sweep(self.author(form), form.since(timezone.now())))
        return {"is_sweep": True, "swept": logs[:MOST_SHOWN], "swept_count": len(logs)}

    def after(self, form: BanForm) -> HttpResponse:
        if not isinstance(form, SweepForm) or not form.is_sweep:
            return super().after(form)
        now = timezone.now()
        results = sweep(self.author(form), form.since(now), self.caller, now=now)
        done = [str(result.id) for result in results if result.error is None]
        if refused := len(results) - len(done):
            messages.warning(
                self.request, _("{refused} could not be rejected.").format(refused=refused)
            )
        if not done:
            return super().after(form)
        self.request.session[SWEPT] = done
        return redirect("desk:swept", self.project.slug)

    def author(self, form: BanForm) -> Author:
        return Author(self.project, form.cleaned_data["user_id"], form.channel)


class Swept(BulkPage):
    """GET /p/{slug}/bans/swept: what the last ban took down, with undo"""

    action = "admin"
    place = "Bans"

    def get(self, request: HttpRequest) -> HttpResponse:
        swept = request.session.get(SWEPT, [])
        outcomes = outcomes_of(self, [(item_id, "done", "") for item_id in swept])
        # Ids of another project's sweep are not shown here.
        known = [outcome for outcome in outcomes if outcome.log is not None]
        if not known:
            return redirect("console:bans", self.project.slug)
        return self.results(known, "rejected", may_undo=True)
