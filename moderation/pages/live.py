"""The live page: the figures of a project, its last verdicts, and who is on duty."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from moderation import queries
from moderation.desk import desk
from moderation.engine.verdict import KIND_ORDER, VerdictKind
from moderation.pages import charts
from moderation.pages.shell import ProjectPage, person_of
from moderation.preferences import preferences_of
from moderation.statistics import stats_for
from moderation.templatetags.console import PLAIN_KINDS, covered_severities

#: After so many seconds at the soonest what is not told by events is read anew: more rows, later.
REREAD_SECONDS = {"1h": 10, "24h": 30, "7d": 60}
#: In the pattern of a row, where the script puts the content's own.
NOBODYS_ID = str(UUID(int=0))
#: Shown where the policy keeps no text.
NOT_KEPT = "The text is not kept"
#: What a person's ruling looks like, by the status that the content has from then on.
RULINGS = {"approved": "allow", "rejected": "block", "flagged": "flag"}


class Live(ProjectPage):
    """GET /p/{slug}/live?window=1h|24h|7d; a script that asks gets only what changes by itself."""

    place = "Live"

    def get(self, request: HttpRequest) -> HttpResponse:
        # The last event that the page shows for sure, so read before everything else: what comes
        # later, the socket tells.
        seq = self.project.last_seq
        now = timezone.now()
        window = queries.WINDOWS.get(request.GET.get("window", ""), queries.WINDOWS["1h"])
        context = {"seq": seq, "now": now, "window": window, **self.figures(window, now)}
        if self.wants_piece:
            return self.piece("moderation/_live_figures.html", context)
        return self.render("moderation/live.html", {**context, **self.surroundings(window, now)})

    def figures(self, window: queries.Window, now: datetime) -> dict[str, Any]:
        """Return what changes by itself."""
        project = self.project
        series = queries.series_of(project, window, now)
        verdicts = charts.verdict_chart(series)
        return {
            "stats": stats_for(project),
            "sparks": charts.sparks_of(series),
            "verdicts": verdicts,
            "deviating": charts.deviating(verdicts),
            "categories": charts.category_chart(series),
            "queue": desk().queue_figures(project, now),
            "people": desk().on_duty(project, now),
            "times": queries.judging_times(project, series.starts[0]),
            **self.feed(),
        }

    def feed(self) -> dict[str, Any]:
        covered = covered_severities(preferences_of(person_of(self.request)))
        told = queries.latest_verdicts(self.project)
        return {
            "feed": [feed_row(data, covered) for data in told],
            "covered": covered,
            "plain_kinds": sorted(PLAIN_KINDS),
        }

    def surroundings(self, window: queries.Window, now: datetime) -> dict[str, Any]:
        """Return what stays as it is."""
        return {
            "windows": queries.WINDOWS.values(),
            "reread_seconds": REREAD_SECONDS[window.key],
            "verdict_kinds": KIND_ORDER,
            "pattern": FeedRow(content_id=NOBODYS_ID, moment=now),
            "check_url": self.request.build_absolute_uri("/api/v1/moderation/check"),
            "is_open": self.project.slug == settings.OPEN_PROJECT,
        }


@dataclass(frozen=True)
class FeedRow:
    """A `moderation_update` as a line of the feed."""

    content_id: str
    moment: datetime | None
    #: The engine's verdict, or the status that a person gave it; how it looks.
    label: str = VerdictKind.ALLOW
    chip: str = VerdictKind.ALLOW
    preview: str = ""
    #: The reason for which the preview is covered; empty where it is shown.
    hidden: str = ""
    author: str = ""
    channel: str = ""
    by: str = ""


def feed_row(data: Mapping[str, Any], covered: Collection[str]) -> FeedRow:
    is_ruling = data["moderator_type"] == "manual"
    return FeedRow(
        content_id=data["content_id"],
        moment=parse_datetime(data["timestamp"]),
        label=data["status"] if is_ruling else data["verdict"],
        chip=RULINGS[data["status"]] if is_ruling else data["verdict"],
        preview=data["content_preview"] or NOT_KEPT,
        hidden=hidden_reason(data, covered),
        author=data["user_id"],
        channel=data["channel_id"],
        by=data["moderator_name"],
    )


def hidden_reason(data: Mapping[str, Any], covered: Collection[str]) -> str:
    """Return why a text of this severity is covered for the person, or nothing.

    The event does not say where its words stand, so that the whole preview is covered.
    """
    if data["severity"] not in covered:
        return ""
    return next((reason for reason in data["reasons"] if reason not in PLAIN_KINDS), "")
