"""What Ctrl+K finds: pages, authors, content and blacklist words."""

from django.http import HttpRequest, HttpResponse

from moderation import queries
from moderation.pages.shell import ProjectPage, places_for


class Find(ProjectPage):
    """GET /p/{slug}/find?q="""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("q", "").strip().replace("\0", "")[:200]
        places = [
            place
            for place in places_for(self.caller, "")
            if asked.casefold() in place["name"].casefold()
        ]
        found = queries.find(self.project, asked) if asked else None
        context = {"asked": asked, "places": places, "found": found}
        return self.piece("moderation/_found.html", context)
