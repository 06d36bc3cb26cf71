"""The search behind Ctrl+K: pages, settings, actions, authors, content and blacklist words."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from moderation.accounts.permissions import may
from moderation.lib.content_keys import encrypts_texts
from moderation.lib.languages import gettext_noop
from moderation.pages.shell import ProjectPage, rail_entries
from moderation.queries.finding import find


@dataclass(frozen=True)
class Entry:
    name: str
    icon: str
    url: str


#: Pages that the rail does not list: name, URL name, needed permission, other words for it.
SETTINGS = (
    (
        gettext_noop("My settings"),
        "console:settings",
        "read",
        "theme shortcuts covered words password",
    ),
    (gettext_noop("Project settings"), "console:project", "admin", "name transparency"),
    (gettext_noop("Members"), "console:members", "admin", "people invite roles moderators team"),
    (gettext_noop("API keys"), "console:keys", "admin", "key token scopes"),
    (gettext_noop("Policy"), "console:policy", "admin", "thresholds strikes bans preset retention"),
    (gettext_noop("Webhooks"), "console:webhooks", "admin", "hooks slack discord events"),
    (gettext_noop("Exports"), "desk:exports", "admin", "csv xlsx pdf download"),
    (gettext_noop("Model"), "console:model", "admin", "training learning"),
    (gettext_noop("Import words"), "console:words-import", "admin", "blacklist csv"),
    (gettext_noop("First message"), "console:start", "admin", "start curl setup"),
)
#: Typed verb → its label, icon, URL name, permission, and the parameter for what follows it.
ACTIONS = {
    "ban": (gettext_noop("Ban {}"), "ban", "desk:ban-new", "admin", "user_id"),
    "block word": (
        gettext_noop("Add {} to the blacklist"),
        "list",
        "console:word-new",
        "admin",
        "word",
    ),
    "find author": (
        gettext_noop("Find authors with {}"),
        "authors",
        "desk:authors",
        "read",
        "search",
    ),
    "search": (gettext_noop("Find messages with {}"), "content", "desk:content", "read", "search"),
}


class Find(ProjectPage):
    """GET /p/{slug}/find?q="""

    def get(self, request: HttpRequest) -> HttpResponse:
        query = request.GET.get("q", "").strip().replace("\0", "")[:200]
        refused = self.refused_words(query)
        searched = refused or query
        context = {
            "query": searched,
            "places": self.places(searched),
            "actions": self.actions_for(query),
            "is_refused": bool(refused),
            "results": find(self.project, searched) if searched else None,
            "is_searchable": not encrypts_texts(),
        }
        return self.piece("moderation/_search_results.html", context)

    def places(self, query: str) -> list[Entry]:
        """Return the pages whose name or other words have the text."""
        text, slug = query.casefold(), self.project.slug
        entries = [
            Entry(_(one.name), one.icon, one.url) for one in rail_entries(self.caller, lit="")
        ]
        found = [entry for entry in entries if text in entry.name.casefold()]
        if text:
            found += [
                Entry(_(name), "settings", reverse(view, args=[slug]))
                for name, view, action, words in SETTINGS
                if may(self.caller, action) and text in f"{name} {_(name)} {words}".casefold()
            ]
        return found

    def actions_for(self, query: str) -> list[Entry]:
        """Return what the typed verb would do with the words after it: `ban ana`."""
        found = []
        for verb, (label, icon, view, action, parameter) in ACTIONS.items():
            words = words_after(verb, query)
            if words and may(self.caller, action):
                path = reverse(view, args=[self.project.slug])
                url = f"{path}?{urlencode({parameter: words})}"
                found.append(Entry(_(label).format(f"“{words[:40]}”"), icon, url))
        return found

    def refused_words(self, query: str) -> str:
        """Return what follows a verb that the caller may not use, to search for that instead."""
        refused = (
            words_after(verb, query)
            for verb, (_label, _icon, _view, action, _parameter) in ACTIONS.items()
            if not may(self.caller, action)
        )
        return next(filter(None, refused), "")


def words_after(verb: str, query: str) -> str:
    """Return what was typed after the verb; "" if it begins with another word."""
    start, words = query[: len(verb) + 1], query[len(verb) + 1 :].strip()
    return words if start.casefold() == f"{verb} " else ""
