"""Ban the authors of the selected items: terms, a preview for each author, and one undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.lib.languages import gettext_lazy
from moderation.models import Ban
from moderation.models.sanctions import BanQuerySet
from moderation.pages import refusals
from moderation.pages.bans import OWN, PERMANENT
from moderation.pages.forms import FieldValues
from reviews.decisions.ban_many import BanPlan, BanTerms, ban_many, plan_bans, undo_bans
from reviews.decisions.bulk import MOST_AT_ONCE
from reviews.pages.banning import NOTHING, OPEN, SweepForm
from reviews.pages.bulk import BulkPage, ids_from
from reviews.queue.filters import Viewer
from reviews.queue.selection import selection_of

PLACES = (
    ("channel", gettext_lazy("In the channel of their message")),
    ("project", gettext_lazy("In the whole project")),
)
#: Of the session: the bans and items of the last bulk ban, for its undo.
BANNED = "banned"


class TermsForm(SweepForm):
    """How all of them are banned; who they are stands in the selected items."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("user_id", "channel_id", "sanction"):
            del self.fields[name]
        self.fields["where"].choices = PLACES  # type: ignore[attr-defined]

    def clean(self) -> FieldValues:
        values = self.cleaned_data
        if values.get("length") == OWN and "minutes" in values and values["minutes"] is None:
            self.add_error("minutes", _("Enter the number of minutes."))
        return values

    @property
    def terms(self) -> BanTerms:
        values = self.cleaned_data
        hours = values["sweep"]
        return BanTerms(
            reason=values["reason"],
            minutes=None if values["length"] == PERMANENT else self.length_minutes,
            in_whole_project=values["where"] == "project",
            sweeps=hours != NOTHING,
            sweep_hours=None if hours in {NOTHING, OPEN} else int(hours),
        )


class BulkBan(BulkPage):
    """POST /p/{slug}/queue/bulk/ban: first the terms, then their preview, then the bans"""

    action = "admin"

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = self.chosen()
        if not ids:
            return self.refused(_("Nothing was selected."))
        if len(ids) > MOST_AT_ONCE:
            return self.refused(
                _("Select at most {most_at_once} items. Nothing was changed.").format(
                    most_at_once=MOST_AT_ONCE
                )
            )
        if "length" not in request.POST:
            return self.terms_page(ids, TermsForm())
        form = TermsForm(request.POST)
        if not form.is_valid() or "edit" in request.POST:
            return self.terms_page(ids, form, status=422 if form.errors else 200)
        plans = plan_bans(ids, form.terms, self.caller, now=timezone.now())
        if "confirmed" in request.POST:
            return self.ban(form.terms, plans)
        return self.terms_page(ids, form, plans=plans)

    def chosen(self) -> list[UUID]:
        sent = self.request.POST
        if "all" not in sent:
            return ids_from(sent.getlist("id"))
        wanted = selection_of(QueryDict(sent.get("query", "")).dict())
        viewer = Viewer(self.caller, timezone.now())
        return wanted.unclaimed_ids(viewer, MOST_AT_ONCE)[0]

    def terms_page(
        self,
        ids: list[UUID],
        form: TermsForm,
        *,
        plans: list[BanPlan] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Show the terms; with `plans` the preview of what they do instead."""
        open_plans = plans or plan_bans(
            ids, BanTerms(reason="", minutes=None), self.caller, now=timezone.now()
        )
        context = {
            "back": self.back,
            "query": self.request.POST.get("query", ""),
            "ids": ids,
            "form": form,
            "is_preview": plans is not None,
            "plans": open_plans,
            "ready": [plan for plan in open_plans if not plan.standing],
            "swept_count": sum(plan.swept for plan in open_plans if not plan.standing),
        }
        return self.render("reviews/bulk_ban.html", context, status)

    def ban(self, terms: BanTerms, plans: list[BanPlan]) -> HttpResponse:
        """Ban the authors that are still ticked."""
        ticked = set(self.request.POST.getlist("author"))
        authors = [plan.author for plan in plans if not plan.standing and plan.key in ticked]
        if not authors:
            return self.refused(_("No author was selected; nothing was changed."))
        outcomes = ban_many(authors, terms, self.caller, now=timezone.now())
        for outcome in outcomes:
            if outcome.error:
                text = f"{outcome.author.user_id[:40]}: {refusals.in_words(outcome.error.detail)}"
                messages.warning(self.request, text)
        self.request.session[BANNED] = {
            "bans": [str(outcome.ban.pk) for outcome in outcomes if outcome.ban],
            "items": [
                str(result.id)
                for outcome in outcomes
                for result in outcome.swept
                if result.error is None
            ],
        }
        return redirect("desk:bulk-banned", self.project.slug)


class BulkBanned(BulkPage):
    """GET, POST /p/{slug}/queue/bulk/banned: the last bulk ban; the POST undoes it"""

    action = "admin"

    def get(self, request: HttpRequest) -> HttpResponse:
        bans = self.bans().active(timezone.now())
        context = {
            "back": self.back,
            "bans": list(bans),
            "swept_count": len(request.session.get(BANNED, {}).get("items", [])),
        }
        return self.render("reviews/bulk_banned.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        done = request.session.pop(BANNED, {"bans": [], "items": []})
        bans, items = (ids_from(done[name]) for name in ("bans", "items"))
        lifted, results = undo_bans(bans, items, self.caller, now=timezone.now())
        restored = sum(result.error is None for result in results)
        text = _("Bans lifted: {lifted}. Messages restored: {restored}.").format(
            lifted=lifted, restored=restored
        )
        if refused := len(results) - restored:
            text += _(" {refused} could not be restored.").format(refused=refused)
        messages.success(request, text)
        return redirect(self.back)

    def bans(self) -> BanQuerySet:
        ids = ids_from(self.request.session.get(BANNED, {}).get("bans", []))
        bans: BanQuerySet = Ban.objects.filter(project=self.project, pk__in=ids)
        return bans
