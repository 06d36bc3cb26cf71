"""A project's transparency report, which anyone may read."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from moderation.models import Project
from reviews.transparency import Period, report_of

#: Days back → in words. The longest is as long as what can be appealed is kept.
PERIODS = {30: "30 days", 90: "90 days", 180: "6 months"}
USUAL_DAYS = 180
#: Anyone may ask, and counting is dear.
KEPT_SECONDS = 300


class Transparency(View):
    """GET /transparency/{slug}?days=30|90|180"""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        project = Project.objects.filter(slug=slug, is_transparency_public=True).first()
        if project is None:
            raise Http404("There is no such report.")
        asked = request.GET.get("days", "")
        days = next((days for days in PERIODS if str(days) == asked), USUAL_DAYS)
        context = {
            "project": project,
            "days": days,
            "periods": PERIODS,
            **kept_report(project, days),
        }
        return render(request, "reviews/transparency.html", context)


def kept_report(project: Project, days: int) -> dict[str, Any]:
    """Return the report of so many days back, at most five minutes old, and its period."""
    name = f"transparency:{project.pk}:{project.created_at.timestamp()}:{days}"
    found: dict[str, Any] | None = cache.get(name)
    if found is None:
        found = fresh_report(project, days)
        cache.set(name, found, KEPT_SECONDS)
    return found


def fresh_report(project: Project, days: int) -> dict[str, Any]:
    now = timezone.now()
    period = Period(now - timedelta(days=days), now)
    report = report_of(project, period)
    found = report["content"]["by_category"].items()
    by_count = sorted(((count, name) for name, count in found if count), reverse=True)
    return {"report": report, "period": period, "found": [(name, n) for n, name in by_count]}
