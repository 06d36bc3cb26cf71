"""The lead's page: people, reasons, words, rules, late lanes, and when work comes in."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.events.event import iso
from moderation.lib.languages import gettext_lazy
from moderation.pages.shell import ProjectPage
from moderation.queries.series import MONTH
from reviews.pages.insights import WINDOWS
from reviews.queue.lanes import lane_figures
from reviews.reporting.team import Team, team_of

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
#: Shades of the heat map, from nothing to most.
SHADES = 4


@dataclass(frozen=True)
class HeatCell:
    count: int
    #: ISO weekday and hour, as the content page filters them: `1-14`.
    key: str
    #: 0 to `SHADES`.
    shade: int


class TeamPage(ProjectPage):
    """GET /p/{slug}/insights/team?window=48h|7d|30d"""

    action = "admin"
    place = "Insights"

    def get(self, request: HttpRequest) -> HttpResponse:
        window, now = WINDOWS.get(request.GET.get("window", ""), MONTH), timezone.now()
        since = now - window.length
        team = team_of(self.project, since)
        context = {
            "window": window,
            # Links name the same moment as the figures, so that the rows are those counted.
            "since": iso(since),
            "windows": WINDOWS.values(),
            "team": team,
            "late": [figure for figure in lane_figures(self.caller, now) if figure.is_late],
            "hours": range(24),
            "found": [
                {"kind": "word", "title": _("Words"), "rows": team.words},
                {"kind": "rule", "title": _("Rules"), "rows": team.rules},
            ],
            "heat": [
                (name, [cell_of(team, day, hour) for hour in range(24)])
                for day, name in enumerate(WEEKDAYS)
            ],
        }
        return self.render("reviews/team.html", context)


def cell_of(team: Team, day: int, hour: int) -> HeatCell:
    count = team.opened[day][hour]
    return HeatCell(count, f"{day + 1}-{hour}", shade_of(count, team.most_opened))


def shade_of(count: int, most: int) -> int:
    return -(-SHADES * count // most) if most else 0
