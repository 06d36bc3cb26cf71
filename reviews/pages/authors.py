"""One author, or those who stand out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from moderation.errors import Invalid, NotFound
from moderation.ingest import MAX_ID_LENGTH
from moderation.models import WhitelistedUser
from moderation.pages.shell import ProjectPage
from moderation.queries import activity_of, policy_of
from moderation.rules import distrust_author, trust_author
from reviews import authors


class Authors(ProjectPage):
    """GET /p/{slug}/authors?user_id=; without an id those who stand out"""

    place = "Authors"

    def get(self, request: HttpRequest) -> HttpResponse:
        user_id = request.GET.get("user_id", "").replace("\0", "")[:MAX_ID_LENGTH]
        return self.author(user_id) if user_id else self.index()

    def index(self) -> HttpResponse:
        now = timezone.now()
        context = {
            "banned": authors.banned_now(self.project, now),
            "standouts": authors.standouts(self.project, now),
        }
        return self.render("reviews/authors.html", context)

    def author(self, user_id: str) -> HttpResponse:
        now = timezone.now()
        policy = policy_of(self.project)
        profile = authors.profile_of(self.project, user_id, now)
        context = {
            "profile": profile,
            "policy": policy,
            "risk": activity_of(self.project, user_id, "", policy, now)["risk_score"],
            "timeline": authors.timeline_of(self.project, user_id),
        }
        return self.render("reviews/author.html", context, 200 if profile.is_known else 404)


class Trust(ProjectPage):
    """POST /p/{slug}/authors/trust: put an author on the whitelist, or take them off."""

    action = "admin"

    def post(self, request: HttpRequest) -> HttpResponse:
        user_id = request.POST.get("user_id", "")
        if not user_id or len(user_id) > MAX_ID_LENGTH or "\0" in user_id:
            raise Invalid("user_id", f"An author's id has 1 to {MAX_ID_LENGTH} characters.")
        if request.POST.get("trust") == "yes":
            trust_author(
                self.project, self.caller.name, user_id, request.POST.get("note", "")[:200]
            )
            messages.success(request, f"{user_id} is trusted: what they write is allowed.")
        else:
            distrust_author(self.trusted(user_id), self.caller.name)
            messages.success(request, f"{user_id} is judged like everybody again.")
        query = urlencode({"user_id": user_id})
        return redirect(f"{reverse('desk:authors', args=[self.project.slug])}?{query}")

    def trusted(self, user_id: str) -> WhitelistedUser:
        found = WhitelistedUser.objects.filter(project=self.project, user_id=user_id)
        trusted = found.select_related("project").first()
        if trusted is None:
            raise NotFound("This author is not on the whitelist.")
        return trusted
