"""An author beside the open item: the drawer, and notes on the person."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from moderation.accounts.permissions import may
from moderation.lib.errors import Invalid
from moderation.pages.shell import ProjectPage
from moderation.pipeline.submission import MAX_ID_LENGTH
from moderation.rules.active import policy_of
from reviews.casefile.authors import closer_look, notes_on
from reviews.decisions.notes import add_author_note
from reviews.pages.actions import note_from


def author_url(page: ProjectPage, user_id: str) -> str:
    path = reverse("desk:authors", args=[page.project.slug])
    return f"{path}?{urlencode({'user_id': user_id})}"


class Drawer(ProjectPage):
    """GET /p/{slug}/authors/drawer?user_id=&review=; without htmx, the author's page"""

    place = "Queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        user_id = request.GET.get("user_id", "").replace("\0", "")[:MAX_ID_LENGTH]
        if not self.wants_piece:
            return redirect(author_url(self, user_id))
        look = closer_look(self.project, user_id, but=review_id(request), now=timezone.now())
        context = {"look": look, "user_id": user_id, "policy": policy_of(self.project)}
        return self.piece(
            "reviews/_drawer.html",
            {**context, "notes": look.notes, "may_review": may(self.caller, "review")},
        )


def review_id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("review", ""))
    except ValueError:
        return None


class AuthorNotes(ProjectPage):
    """POST /p/{slug}/authors/notes: write a note on an author; htmx gets the notes back"""

    action = "review"
    place = "Authors"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return redirect("desk:authors", self.project.slug)

    def post(self, request: HttpRequest) -> HttpResponse:
        user_id, text = request.POST.get("user_id", ""), note_from(request.POST.get("text", ""))
        if not text:
            raise Invalid("text", _("A note needs a text."))
        if not 1 <= len(user_id) <= MAX_ID_LENGTH or "\0" in user_id:
            raise Invalid(
                "user_id",
                _("An author id must have 1 to {max_id_length} characters.").format(
                    max_id_length=MAX_ID_LENGTH
                ),
            )
        add_author_note(user_id, text, self.caller, now=timezone.now())
        if not self.wants_piece:
            return redirect(author_url(self, user_id))
        context = {"user_id": user_id, "notes": notes_on(self.project, user_id)}
        return self.piece("reviews/_author_notes.html", {**context, "may_review": True})
