"""The console's addresses, for links from the admin."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from moderation.models import Project

#: A page of the console → the name of its address. The one place that knows these names.
CONSOLE_NAMES = {
    "live": "console:live",
    "queue": "desk:queue",
    "review": "desk:item",
    "content": "desk:content",
    "content_item": "desk:log",
    "authors": "desk:authors",
    "bans": "console:bans",
    "blacklist": "console:blacklist",
    "rules": "console:rules",
    "appeals": "desk:appeals",
    "insights": "desk:insights",
    "members": "console:members",
    "model": "console:model",
    "audit": "console:audit",
}
CONSOLE_HOME = "console:projects"
#: What the dashboard links to, in the order of its links.
DASHBOARD_PAGES = ("queue", "live", "content", "bans", "insights")


def console_url(project: Project, page: str, *args: Any, **query: str) -> str | None:
    """Return the address of a project's page; None where this site has no such page."""
    try:
        address = reverse(CONSOLE_NAMES[page], args=[project.slug, *args])
    except NoReverseMatch:
        return None
    return f"{address}?{urlencode(query)}" if query else address


def console_home(_request: Any = None) -> str:
    """Return where "Back to the console" leads."""
    try:
        return reverse(CONSOLE_HOME)
    except NoReverseMatch:
        return "/"
