"""The admin's first page: each project's figures, with links to its pages in the console."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from moderation.accounts.permissions import roles_that_may
from moderation.admin.links import DASHBOARD_PAGES, console_url
from moderation.delivery.relay import relay_state
from moderation.engine.verdict.verdict import KIND_ORDER, VerdictKind
from moderation.models import Project
from moderation.queries.overview import bans_in_force, checks_by_verdict
from reviews.queue.items import waiting

#: The checks that the figures cover.
CHECKED_WITHIN = timedelta(hours=24)
NO_CHECKS: Mapping[VerdictKind, int] = dict.fromkeys(KIND_ORDER, 0)
#: Projects to show; the list of projects has the others.
MOST_PROJECTS = 50
#: State → words, and the page's colour.
RELAY_STATES = {
    "running": ("Events are delivered", "good"),
    "late": ("Events have waited for over 5 seconds", "poor"),
    "stopped": ("No relay is running, so events wait", "bad"),
}


@dataclass(frozen=True)
class Figures:
    project: Project
    open_reviews: int
    #: When the oldest open review was opened; None if none is open.
    waits_since: datetime | None
    #: Verdict → checks.
    checks: Mapping[VerdictKind, int]
    bans: int
    #: The address of the queue in the admin.
    queue: str
    #: Title → address of the project's pages in the console.
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.checks.values())


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the first page's context; the settings name this function to Unfold."""
    assert isinstance(request.user, User)
    user, now = request.user, timezone.now()
    state = relay_state(now)
    text, mood = RELAY_STATES[state]
    return {
        **context,
        "figures": figures_of(projects_of(user), now, member_of=member_of(user)),
        "relay": {"state": state, "text": text, "mood": mood},
    }


def projects_of(user: User) -> list[Project]:
    """Return the projects that the person may read; for a superuser, all."""
    projects = Project.objects.all()
    if not user.is_superuser:
        roles = roles_that_may("read")
        projects = projects.filter(memberships__user=user, memberships__role__in=roles)
    return list(projects[:MOST_PROJECTS])


def member_of(user: User) -> set[int]:
    """Return the keys of the projects whose console the person may enter, as a member."""
    return set(user.memberships.values_list("project_id", flat=True))


def figures_of(projects: list[Project], now: datetime, *, member_of: set[int]) -> list[Figures]:
    """Return each project's figures, in three queries for all of them."""
    open_reviews = waiting(projects)
    checks = checks_by_verdict(projects, since=now - CHECKED_WITHIN)
    bans = bans_in_force(projects, now=now)
    figures = []
    for project in projects:
        count, oldest = open_reviews.get(project.pk, (0, None))
        figures.append(
            Figures(
                project=project,
                open_reviews=count,
                waits_since=oldest,
                checks=checks.get(project.pk, NO_CHECKS),
                bans=bans.get(project.pk, 0),
                queue=queue_in_admin(project),
                pages=console_pages(project) if project.pk in member_of else {},
            )
        )
    return figures


def queue_in_admin(project: Project) -> str:
    address = reverse("admin:reviews_reviewitem_changelist")
    return f"{address}?project__id__exact={project.pk}"


def console_pages(project: Project) -> dict[str, str]:
    pages = {page.capitalize(): console_url(project, page) for page in DASHBOARD_PAGES}
    return {title: address for title, address in pages.items() if address}
