"""What every page of a project shares: who may see it, and the frame around it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import View

from moderation.errors import GavelError
from moderation.identity import PERMISSIONS, Caller, caller_of_member, may
from moderation.models import Project
from moderation.preferences import preferences_of
from moderation.queries import planned_for_its_values
from moderation.statistics import OPEN_REVIEWS, totals_of


@dataclass(frozen=True)
class Place:
    """An entry of the left rail."""

    name: str
    icon: str
    #: The page's URL name; it takes the project's slug.
    view: str
    #: What the table of permissions calls seeing it.
    action: str = "read"
    #: Whether a phone's foot has room for it; the others are behind "More".
    is_first: bool = False


PLACES = (
    Place("Queue", "queue", "desk:queue", is_first=True),
    Place("Live", "live", "console:live", is_first=True),
    Place("Content", "content", "desk:content", is_first=True),
    Place("Authors", "authors", "desk:authors"),
    Place("Bans", "ban", "console:bans"),
    Place("Blacklist", "list", "console:blacklist"),
    Place("Rules", "rules", "console:rules"),
    Place("Insights", "insights", "desk:insights"),
    Place("Try a text", "try", "console:try", action="check", is_first=True),
    Place("Appeals", "appeals", "desk:appeals"),
    Place("Audit", "audit", "console:audit", action="admin"),
    Place("Settings", "settings", "console:settings"),
)


def person_of(request: HttpRequest) -> User:
    """Return who is signed in; only where that was made sure of."""
    assert isinstance(request.user, User)
    return request.user


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to the sign-in and back; a piece that htmx fetched must not swallow that page."""
    if request.headers.get("HX-Request"):
        back = request.headers.get("HX-Current-URL", "")
        location = redirect_to_login(back or request.get_full_path())["Location"]
        return HttpResponse(status=401, headers={"HX-Redirect": location})
    return redirect_to_login(request.get_full_path())


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """Return what `base.html` needs of anyone who is signed in."""
    return {"preferences": preferences_of(person_of(request))}


class ProjectPage(View):
    """A page of one project, for its members; a stranger's project is as absent as none."""

    #: What the table of permissions calls looking at the page; `actions` by method, if they differ.
    action: ClassVar[str] = "read"
    actions: ClassVar[dict[str, str]] = {}
    #: The rail's entry that is lit.
    place: ClassVar[str] = ""
    caller: Caller

    @property
    def project(self) -> Project:
        return self.caller.project

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        caller = caller_of_member(request.user, kwargs.pop("slug"))
        if caller is None:
            raise Http404("You are no member of such a project.")
        self.caller = caller
        action = self.actions.get(request.method or "GET", self.action)
        if not may(caller, action):
            needed = PERMISSIONS[action].role
            return self.render("moderation/forbidden.html", {"needed": needed}, status=403)
        try:
            with planned_for_its_values():
                return super().dispatch(request, *args, **kwargs)
        except GavelError as error:
            return self.refusal(error)

    def refusal(self, error: GavelError) -> HttpResponse:
        """Return what the page shows where a service refused; pages that know more say more."""
        if self.wants_piece:
            return self.piece("moderation/_refused.html", {"error": error}, error.status)
        return self.render("moderation/refused.html", {"error": error}, error.status)

    def render(
        self, template: str, context: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        """Return a whole page in the shell."""
        return render(self.request, template, {**self.shell(), **(context or {})}, status=status)

    def piece(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Return a part of a page, for htmx to put in its place."""
        shared = {"project": self.project, "caller": self.caller, **frame_of(self.request)}
        return render(self.request, template, {**shared, **context}, status=status)

    @property
    def wants_piece(self) -> bool:
        """Whether htmx asks for a part; going back in the history asks for the whole page."""
        headers = self.request.headers
        return "HX-Request" in headers and "HX-History-Restore-Request" not in headers

    def shell(self) -> dict[str, Any]:
        person = person_of(self.request)
        memberships = person.memberships.select_related("project").order_by("project__name")
        return {
            **frame_of(self.request),
            "project": self.project,
            "caller": self.caller,
            "projects": [membership.project for membership in memberships],
            "places": places_for(self.caller, self.place),
            "open_reviews": totals_of(self.project)[OPEN_REVIEWS],
            "may_review": may(self.caller, "review"),
            "may_admin": may(self.caller, "admin"),
        }


def places_for(caller: Caller, lit: str) -> list[dict[str, Any]]:
    """Return the rail's entries that the caller may see."""
    slug = caller.project.slug
    return [
        {
            "name": place.name,
            "icon": place.icon,
            "url": reverse(place.view, args=[slug]),
            "is_lit": place.name == lit,
            "is_first": place.is_first,
        }
        for place in PLACES
        if may(caller, place.action)
    ]
