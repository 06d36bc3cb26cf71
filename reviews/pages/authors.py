"""One author, or the authors who stand out."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from moderation.lib.errors import Invalid, NotFound
from moderation.models import Author, WhitelistedUser
from moderation.pages.shell import ProjectPage
from moderation.pipeline.submission import MAX_ID_LENGTH
from moderation.queries.authors import activity_of
from moderation.queries.finding import find_authors
from moderation.rules import distrust_author, trust_author
from moderation.rules.active import policy_of
from reviews.casefile import authors
from reviews.reporting.author_data import export_author
from reviews.reporting.download import MOST_ROWS


class Authors(ProjectPage):
    """GET /p/{slug}/authors?user_id=&search=; without either, the authors who stand out"""

    place = "Authors"

    def get(self, request: HttpRequest) -> HttpResponse:
        user_id = request.GET.get("user_id", "").replace("\0", "")[:MAX_ID_LENGTH]
        return self.author(user_id) if user_id else self.index(request)

    def index(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        search = request.GET.get("search", "").replace("\0", "").strip()[:MAX_ID_LENGTH]
        context = {
            "search": search,
            "found": find_authors(self.project, search) if search else [],
            "banned": authors.banned_now(self.project, now),
            "frequent_violators": authors.frequent_violators(self.project, now),
        }
        return self.render("reviews/authors.html", context)

    def author(self, user_id: str) -> HttpResponse:
        now = timezone.now()
        policy = policy_of(self.project)
        profile = authors.profile_of(self.project, user_id, now)
        if not profile.is_known:
            return self.render("reviews/author_unknown.html", {"user_id": user_id}, 404)
        context = {
            "profile": profile,
            "policy": policy,
            "risk": activity_of(Author(self.project, user_id), policy, now)["risk_score"],
            "timeline": authors.timeline_of(self.project, user_id),
            "user_id": user_id,
            "notes": authors.notes_on(self.project, user_id),
        }
        return self.render("reviews/author.html", context)


class DataOfAuthor(ProjectPage):
    """POST /p/{slug}/authors/data: download what is stored about an author."""

    action = "admin"

    def post(self, request: HttpRequest) -> FileResponse:
        user_id = request.POST.get("user_id", "").replace("\0", "")[:MAX_ID_LENGTH]
        file = TemporaryFile()  # noqa: SIM115 (the response closes it)
        try:
            export_author(
                self.project,
                user_id,
                file,
                actor=self.caller.name,
                now=timezone.now(),
                most=MOST_ROWS,
            )
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename=f"{self.project.slug}-author.json",
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )


class Trust(ProjectPage):
    """POST /p/{slug}/authors/trust: add an author to the whitelist, or remove them."""

    action = "admin"

    def post(self, request: HttpRequest) -> HttpResponse:
        user_id = request.POST.get("user_id", "")
        if not user_id or len(user_id) > MAX_ID_LENGTH or "\0" in user_id:
            raise Invalid(
                "user_id",
                _("An author id must have 1 to {max_id_length} characters.").format(
                    max_id_length=MAX_ID_LENGTH
                ),
            )
        if request.POST.get("trust") == "yes":
            trust_author(
                self.project, self.caller.name, user_id, request.POST.get("note", "")[:200]
            )
            messages.success(
                request,
                _("{user_id} is now trusted: their messages are allowed.").format(user_id=user_id),
            )
        else:
            distrust_author(self.trusted(user_id), self.caller.name)
            messages.success(request, _("{user_id} is no longer trusted.").format(user_id=user_id))
        query = urlencode({"user_id": user_id})
        return redirect(f"{reverse('desk:authors', args=[self.project.slug])}?{query}")

    def trusted(self, user_id: str) -> WhitelistedUser:
        users = WhitelistedUser.objects.filter(project=self.project, user_id=user_id)
        trusted = users.select_related("project").first()
        if trusted is None:
            raise NotFound(_("This author is not on the whitelist."))
        return trusted
