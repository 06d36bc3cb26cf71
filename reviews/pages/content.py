"""The log of all content, and one of its entries."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from moderation.errors import Invalid
from moderation.models import ModerationLog, Project
from moderation.pages.shell import ProjectPage
from moderation.queries import SEARCH_WINDOW, Reach, page_of, policy_of, reach_of
from reviews import history
from reviews.api.rows import content_row, judgement_row
from reviews.contents import ContentFilter
from reviews.models import Decision

#: Filters that the page shows at once; the others are behind "More filters".
FIRST = ("search", "verdict", "status", "user_id", "channel_id")


class Content(ProjectPage):
    """GET /p/{slug}/content"""

    place = "Content"

    def get(self, request: HttpRequest) -> HttpResponse:
        seq = self.project.last_seq
        asked = {name: str(text).replace("\0", "") for name, text in request.GET.items()}
        logs = ModerationLog.objects.filter(project=self.project)
        reach, refusal = _reach(self.project, asked.get("search", ""))
        filters = ContentFilter(asked, queryset=logs, reach=reach)
        is_valid = filters.form.is_valid() and not refusal
        if refusal:
            filters.form.add_error("search", refusal)
        found = filters.qs if is_valid else logs.none()
        page = page_of(found, "created_at", before=asked.get("before", ""))
        context = {
            "seq": seq,
            "form": filters.form,
            "searched_since": reach.since,
            "search_window": SEARCH_WINDOW,
            "fields": _fields(filters.form),
            "chips": _chips(request, filters.form) if is_valid else [],
            "page": page,
            "older_url": _url(request, before=page.older),
            "is_first": "before" not in asked,
        }
        if self.wants_piece:
            return self.piece("reviews/_content_rows.html", context)
        return self.render("reviews/content.html", context, 200 if is_valid else 422)


def _reach(project: Project, text: str) -> tuple[Reach, str]:
    """Return what a search looks through, or why there is none."""
    try:
        return reach_of(project, text), ""
    except Invalid as error:
        return Reach(), error.detail


def _fields(form: Any) -> dict[str, list[Any]]:
    for name, field in form.fields.items():
        kind = "select" if hasattr(field, "choices") or "bool" in name else "input"
        attributes = {"class": kind}
        if name in form.errors:
            attributes |= {"aria-invalid": "true", "aria-describedby": f"id_{name}-error"}
        field.widget.attrs.update(attributes)
    form.fields["search"].widget.attrs["aria-keyshortcuts"] = "/"
    return {
        "first": [form[name] for name in FIRST],
        "further": [form[name] for name in form.fields if name not in FIRST],
    }


def _chips(request: HttpRequest, form: Any) -> list[dict[str, str]]:
    """Return each filter in force, with the address without it."""
    return [
        {
            "name": form.fields[name].label,
            "value": _shown(value),
            "url": _url(request, **{name: None}),
        }
        for name, value in form.cleaned_data.items()
        if value not in (None, "")
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")[:60]


def _url(request: HttpRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


class ContentEntry(ProjectPage):
    """GET /p/{slug}/content/{content_id}"""

    place = "Content"

    def get(self, request: HttpRequest, content_id: UUID) -> HttpResponse:
        log = ModerationLog.objects.filter(project=self.project, pk=content_id).first()
        if log is None:
            raise Http404("There is no such content in this project.")
        log.project = self.project
        neighbours = history.neighbours_of(log)
        decisions = Decision.objects.filter(review__log=log).order_by("-decided_at")
        raw = {**content_row(log), **judgement_row(log)}
        context = {
            "log": log,
            "is_revealed": "reveal" in request.GET,
            "policy": policy_of(self.project),
            "review": log.reviews.order_by("-created_at").first(),
            "decisions": list(decisions),
            "reports": list(log.reports.all()),
            "revisions": list(log.revisions.all()),
            "strikes": list(log.strikes.all()),
            "thread": [*neighbours.before, log, *neighbours.after],
            "raw": json.dumps(raw, indent=1, ensure_ascii=False),
        }
        return self.render("reviews/log.html", context)
