"""What every page of a project shares: who may see it, and the shell around it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import View

from moderation.accounts.callers import Caller, caller_of_session
from moderation.accounts.permissions import PERMISSIONS, may
from moderation.events.counters import OPEN_REVIEWS, totals_of
from moderation.lib.errors import GavelError
from moderation.lib.languages import gettext_noop
from moderation.lib.planning import planned_for_its_values
from moderation.models import Project
from moderation.pages.language import preferences_for

#: The variables of a template.
PageContext = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A page that the rail lists."""

    #: In English; the template translates it.
    name: str
    icon: str
    #: The page's URL name; it takes the project's slug.
    view: str
    #: The permission needed to see it.
    action: str = "read"
    #: Whether a phone's bottom bar shows it; the other places are under "More".
    is_first: bool = False


@dataclass(frozen=True)
class RailEntry:
    """A place as a link in one project's rail."""

    name: str
    icon: str
    url: str
    is_lit: bool
    is_first: bool


PLACES = (
    Place(gettext_noop("Queue"), "queue", "desk:queue", is_first=True),
    Place(gettext_noop("Live"), "live", "console:live", is_first=True),
    Place(gettext_noop("Content"), "content", "desk:content", is_first=True),
    Place(gettext_noop("Authors"), "authors", "desk:authors"),
    Place(gettext_noop("Bans"), "ban", "console:bans"),
    Place(gettext_noop("Blacklist"), "list", "console:blacklist"),
    Place(gettext_noop("Rules"), "rules", "console:rules"),
    Place(gettext_noop("Insights"), "insights", "desk:insights"),
    Place(gettext_noop("Try a text"), "try", "console:try", action="check", is_first=True),
    Place(gettext_noop("Appeals"), "appeals", "desk:appeals"),
    Place(gettext_noop("Audit"), "audit", "console:audit", action="admin"),
    Place(gettext_noop("Settings"), "settings", "console:settings"),
)


def person_of(request: HttpRequest) -> User:
    """Return the signed-in person; only call it once that is certain."""
    assert isinstance(request.user, User)
    return request.user


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the sign-in page and back; htmx follows by loading the whole page."""
    if request.headers.get("HX-Request"):
        back = request.headers.get("HX-Current-URL", "")
        location = redirect_to_login(back or request.get_full_path())["Location"]
        return HttpResponse(status=401, headers={"HX-Redirect": location})
    return redirect_to_login(request.get_full_path())


def frame_of(request: HttpRequest) -> PageContext:
    """Return what `base.html` needs about the signed-in person."""
    return {"preferences": preferences_for(request)}


class ProjectPage(View):
    """A page of one project, for its members; anyone else gets 404, as for an unknown project."""

    #: The permission needed for the page; `actions` has those of methods that need another.
    action: ClassVar[str] = "read"
    actions: ClassVar[dict[str, str]] = {}
    #: The name of the highlighted rail entry.
    place: ClassVar[str] = ""
    caller: Caller

    @property
    def project(self) -> Project:
        return self.caller.project

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        caller = caller_of_session(request.user, kwargs.pop("slug"))
        if caller is None:
            raise Http404("You are not a member of this project.")
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
        """Return the page for a request that a service refused; subclasses may say more."""
        if self.wants_piece:
            return self.piece("moderation/_refused.html", {"error": error}, error.status)
        return self.render("moderation/refused.html", {"error": error}, error.status)

    def render(
        self, template: str, context: PageContext | None = None, status: int = 200
    ) -> HttpResponse:
        """Return a whole page in the shell."""
        return render(self.request, template, {**self.shell(), **(context or {})}, status=status)

    def piece(self, template: str, context: PageContext, status: int = 200) -> HttpResponse:
        """Return a part of a page for htmx to swap in."""
        shared = {"project": self.project, "caller": self.caller, **frame_of(self.request)}
        return render(self.request, template, {**shared, **context}, status=status)

    @property
    def wants_piece(self) -> bool:
        """Whether htmx asks for a part; when it restores history it needs the whole page."""
        headers = self.request.headers
        return "HX-Request" in headers and "HX-History-Restore-Request" not in headers

    def shell(self) -> PageContext:
        person = person_of(self.request)
        live = person.memberships.filter(project__deleted_at=None)
        memberships = live.select_related("project").order_by("project__name")
        return {
            **frame_of(self.request),
            "project": self.project,
            "caller": self.caller,
            "projects": [membership.project for membership in memberships],
            "places": rail_entries(self.caller, lit=self.place),
            "open_reviews": totals_of(self.project)[OPEN_REVIEWS],
            "may_review": may(self.caller, "review"),
            "may_admin": may(self.caller, "admin"),
        }


def rail_entries(caller: Caller, *, lit: str) -> list[RailEntry]:
    """Return the entries that the caller may see; `lit` names the highlighted one."""
    slug = caller.project.slug
    return [
        RailEntry(
            place.name,
            place.icon,
            reverse(place.view, args=[slug]),
            is_lit=place.name == lit,
            is_first=place.is_first,
        )
        for place in PLACES
        if may(caller, place.action)
    ]
