"""URLs of the console, for links from the admin."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from moderation.models import Project

#: A page of the console → its URL name. Only this module knows these names.
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
#: The dashboard's links, in order.
DASHBOARD_PAGES = ("queue", "live", "content", "bans", "insights")


def console_url(project: Project, page: str, *args: Any, **query: str) -> str | None:
    """Return the URL of a project's page; None if this site has no such page."""
    try:
        address = reverse(CONSOLE_NAMES[page], args=[project.slug, *args])
    except NoReverseMatch:
        return None
    return f"{address}?{urlencode(query)}" if query else address


def console_home(_request: Any = None) -> str:
    """Return the target of "Back to the console"."""
    try:
        return reverse(CONSOLE_HOME)
    except NoReverseMatch:
        return "/"
