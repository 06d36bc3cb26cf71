"""A project's public transparency report."""

from datetime import timedelta

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from moderation.lib.languages import gettext_lazy
from moderation.models import Project
from moderation.pages.shell import PageContext
from reviews.reporting.hours import Span
from reviews.reporting.transparency import report_of

#: Days back → label. The longest period is as long as authors can appeal.
PERIODS = {30: gettext_lazy("30 days"), 90: gettext_lazy("90 days"), 180: gettext_lazy("6 months")}
USUAL_DAYS = 180
#: Anyone can load the page, and counting is expensive.
CACHE_SECONDS = 300


class Transparency(View):
    """GET /transparency/{slug}?days=30|90|180"""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        project = Project.objects.live().filter(slug=slug, is_transparency_public=True).first()
        if project is None:
            raise Http404("There is no such report.")
        asked = request.GET.get("days", "")
        days = next((days for days in PERIODS if str(days) == asked), USUAL_DAYS)
        context = {
            "project": project,
            "days": days,
            "periods": PERIODS,
            **cached_report(project, days),
        }
        return render(request, "reviews/transparency.html", context)


def cached_report(project: Project, days: int) -> PageContext:
    """Return the report of the last `days` days and its period, at most five minutes old."""
    key = f"transparency:{project.pk}:{project.created_at.timestamp()}:{days}"
    context: PageContext | None = cache.get(key)
    if context is None:
        now = timezone.now()
        period = Span(now - timedelta(days=days), now)
        report = report_of(project, period)
        counts = report["content"]["by_category"].items()
        by_count = sorted(((count, name) for name, count in counts if count), reverse=True)
        categories = [(name, count) for count, name in by_count]
        context = {"report": report, "period": period, "categories": categories}
        cache.set(key, context, CACHE_SECONDS)
    return context
