"""The live page: a project's figures, its latest verdicts and its active moderators."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from moderation.accounts.covered_words import PLAIN_KINDS, covered_severities
from moderation.engine.verdict.verdict import KIND_ORDER, VerdictKind
from moderation.events.counters import APPROVED, FLAGGED, REJECTED, TOTAL, stats_for
from moderation.events.event import iso
from moderation.lib.languages import gettext_lazy
from moderation.pages import charts
from moderation.pages.language import preferences_for
from moderation.pages.shell import PageContext, ProjectPage
from moderation.pipeline.review_port import review_port
from moderation.queries.latest import judging_times, latest_verdicts
from moderation.queries.series import WINDOWS, Window, series_of

#: The page reloads figures that no event carries at most this often; long windows cost more.
REREAD_SECONDS = {"1h": 10, "24h": 30, "7d": 60}
#: The feed's choices: which verdicts each shows.
FEEDS = {"all": (), "flagged": ("flag",), "blocked": ("block",)}
#: In the template of a row, which the script fills with the content's own id.
PLACEHOLDER_ID = str(UUID(int=0))
#: Shown when the policy stores no text.
TEXT_NOT_STORED = gettext_lazy("Message text not stored")
#: What the tiles count over the chosen window.
FLOWS = (TOTAL, APPROVED, FLAGGED, REJECTED)
PERSONAL = "personal_info"
NOTHING_FOUND = gettext_lazy("nothing found")
#: The engine's name for what found something → what the feed says; other names are models.
FINDERS = {
    "Lexicon": gettext_lazy("found by the word list"),
    "Blacklist": gettext_lazy("found by the blacklist"),
    "Spam": gettext_lazy("found by the spam check"),
    "PII": gettext_lazy("personal data found"),
    "Policy": gettext_lazy("by the policy"),
    "Bundled model": gettext_lazy("found by the model"),
}
#: The chip of a person's decision, by the status it gave the content.
DECISION_CHIPS = {"approved": "allow", "rejected": "block", "flagged": "flag"}


class Live(ProjectPage):
    """GET /p/{slug}/live?window=1h|24h|7d; htmx gets only the part that changes over time."""

    place = "Live"

    def get(self, request: HttpRequest) -> HttpResponse:
        # Read before everything else: the page is sure to show this event, and the socket sends
        # all later ones.
        seq = self.project.last_seq
        now = timezone.now()
        window = WINDOWS.get(request.GET.get("window", ""), WINDOWS["1h"])
        asked = request.GET.get("feed", "all")
        shown = asked if asked in FEEDS else "all"
        context = {
            "seq": seq,
            "now": now,
            "window": window,
            "shown": shown,
            "feeds": FEEDS,
            **self.figures(window, now, FEEDS[shown]),
        }
        if self.wants_piece:
            return self.piece("moderation/_live_figures.html", context)
        context |= {
            "windows": WINDOWS.values(),
            "reread_seconds": REREAD_SECONDS[window.key],
            "verdict_kinds": KIND_ORDER,
            "pattern": FeedRow(content_id=PLACEHOLDER_ID, moment=now),
            "check_url": request.build_absolute_uri("/api/v1/moderation/check"),
            "is_open": self.project.slug == settings.OPEN_PROJECT,
        }
        return self.render("moderation/live.html", context)

    def figures(self, window: Window, now: datetime, kinds: Collection[str]) -> PageContext:
        """Return the part that changes over time; the feed has the verdicts of these kinds."""
        project = self.project
        covered = covered_severities(preferences_for(self.request))
        series = series_of(project, window, now)
        verdicts = charts.verdict_chart(series)
        return {
            "stats": stats_for(project),
            "sparks": charts.sparks_of(series),
            "verdicts": verdicts,
            "not_allowed": charts.not_allowed(verdicts),
            "categories": charts.category_chart(series),
            "queue": review_port().queue_figures(project, now),
            "people": review_port().active_moderators(project, now),
            "times": judging_times(project, series.starts[0]),
            "feed": [feed_row(data, covered) for data in latest_verdicts(project, kinds)],
            "feed_kinds": " ".join(kinds),
            "since": {name: max(0, sum(series.of(name))) for name in FLOWS},
            "starts_at": iso(series.starts[0]),
            "covered": covered,
            "plain_kinds": sorted(PLAIN_KINDS),
        }


@dataclass(frozen=True)
class FeedRow:
    """A `moderation_update` as a line of the feed."""

    content_id: str
    moment: datetime | None
    #: The engine's verdict or the status that a person gave it, and the chip to draw.
    label: str = VerdictKind.ALLOW
    chip: str = VerdictKind.ALLOW
    preview: str = ""
    #: The reason why the preview is covered; empty if it is shown.
    hidden: str = ""
    author: str = ""
    channel: str = ""
    by: str = ""


def feed_row(data: Mapping[str, Any], covered: Collection[str]) -> FeedRow:
    is_decision = data["moderator_type"] == "manual"
    return FeedRow(
        content_id=data["content_id"],
        moment=parse_datetime(data["timestamp"]),
        label=data["status"] if is_decision else data["verdict"],
        chip=DECISION_CHIPS[data["status"]] if is_decision else data["verdict"],
        preview=data["content_preview"] or TEXT_NOT_STORED,
        hidden=hidden_reason(data, covered),
        author=data["user_id"],
        channel=data["channel_id"],
        by=decider_in_words(data),
    )


def decider_in_words(data: Mapping[str, Any]) -> str:
    """Return who decided, or what found something; a clean message has neither."""
    if data["moderator_type"] == "manual":
        return _("decided by {name}").format(name=data["moderator_name"])
    if not data["reasons"]:
        return NOTHING_FOUND
    if data["rule_name"]:
        return _("found by the rule {name}").format(name=data["rule_name"])
    name = data["moderator_name"]
    return FINDERS.get(name) or _("found by {name}").format(name=name)


def hidden_reason(data: Mapping[str, Any], covered: Collection[str]) -> str:
    """Return the reason why the preview is covered for the person; "" if it is not.

    The event carries no offsets, so the whole preview is covered. Personal data always is: whoever
    has to read it opens the message.
    """
    if PERSONAL in data["reasons"]:
        return PERSONAL
    if data["severity"] not in covered:
        return ""
    return next((reason for reason in data["reasons"] if reason not in PLAIN_KINDS), "")
