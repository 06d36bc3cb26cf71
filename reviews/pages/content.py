"""All content, and one entry of it."""

import json
from uuid import UUID

from django.forms import BoundField, Field, Form, NullBooleanField
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from moderation.lib.content_keys import encrypts_texts
from moderation.lib.errors import Invalid
from moderation.lib.languages import gettext_lazy
from moderation.lib.paging import page_of
from moderation.models import ModerationLog, Picture
from moderation.pages import refusals
from moderation.pages.shell import PageContext, ProjectPage
from moderation.queries.searching import SEARCH_WINDOW, Reach, reach_of
from moderation.rules.active import policy_of
from reviews.casefile import history
from reviews.casefile.figure_rows import FigureFilter
from reviews.casefile.rows import content_row, judgement_row
from reviews.models import Decision
from reviews.pages.verbs import verbs_context

#: Filters that the page shows at once; the others are behind "More filters".
FIRST = ("search", "verdict", "status", "user_id", "channel_id")
#: Choices of a filter that asks for yes or no.
YES_OR_NO = (
    ("unknown", gettext_lazy("any")),
    ("true", gettext_lazy("yes")),
    ("false", gettext_lazy("no")),
)


class Content(ProjectPage):
    """GET /p/{slug}/content"""

    place = "Content"

    def get(self, request: HttpRequest) -> HttpResponse:
        seq = self.project.last_seq
        query = {name: str(text).replace("\0", "") for name, text in request.GET.items()}
        logs = ModerationLog.objects.filter(project=self.project)
        try:
            reach, refusal = reach_of(self.project, query.get("search", "")), ""
        except Invalid as error:
            reach, refusal = Reach(), refusals.in_words(error.detail)
        filters = FigureFilter(query, queryset=logs, reach=reach)
        is_valid = filters.form.is_valid() and not refusal
        if refusal:
            filters.form.add_error("search", refusal)
        page = page_of(
            filters.qs if is_valid else logs.none(), "created_at", before=query.get("before", "")
        )
        context: PageContext = {
            "seq": seq,
            "form": filters.form,
            "searched_since": reach.since,
            "is_searchable": not encrypts_texts(),
            "search_window": SEARCH_WINDOW,
            "fields": styled_fields(filters.form),
            "chips": filter_chips(request, filters.form) if is_valid else [],
            "page": page,
            "older_url": _url(request, before=page.older),
            "is_first": "before" not in query,
        }
        if self.wants_piece:
            return self.piece("reviews/_content_rows.html", context)
        return self.render("reviews/content.html", context, 200 if is_valid else 422)


def styled_fields(form: Form) -> dict[str, list[BoundField]]:
    """Give the filters the console's look; return those shown at once and the further ones."""
    for name, field in form.fields.items():
        if isinstance(field, NullBooleanField):
            field.widget.choices = YES_OR_NO
        kind = "select" if hasattr(field.widget, "choices") else "input"
        attributes = {"class": kind}
        if name in form.errors:
            attributes |= {"aria-invalid": "true", "aria-describedby": f"id_{name}-error"}
        field.widget.attrs.update(attributes)
    form.fields["search"].widget.attrs["aria-keyshortcuts"] = "/"
    return {
        "first": [form[name] for name in FIRST],
        "further": [form[name] for name in form.fields if name not in FIRST],
    }


def filter_chips(request: HttpRequest, form: Form) -> list[dict[str, str]]:
    """Return each active filter with the URL of the page without it."""
    chips = []
    for name, value in form.cleaned_data.items():
        if value in (None, ""):
            continue
        if isinstance(value, bool):
            text = _("yes") if value else _("no")
        else:
            text = named(form.fields[name], str(value))
        label = str(form.fields[name].label)
        chips.append({"name": label, "value": text, "url": _url(request, **{name: None})})
    return chips


def named(field: Field, value: str) -> str:
    """Return the words for a choice, or the beginning of what was typed."""
    choices = dict(getattr(field, "choices", ()))
    return str(choices.get(value) or value.replace("_", " ")[:60])


def _url(request: HttpRequest, **changes: str | None) -> str:
    """Return the URL of the first page with these parameters changed, or removed where None."""
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
            **verbs_context(log, self.caller),
        }
        return self.render("reviews/log.html", context)


class PictureFile(ProjectPage):
    """GET /p/{slug}/content/{content_id}/picture"""

    place = "Content"

    def get(self, _request: HttpRequest, content_id: UUID) -> HttpResponse:
        pictures = Picture.objects.filter(log__project=self.project)
        picture = pictures.filter(log_id=content_id).first()
        if picture is None:
            raise Http404("There is no such picture in this project.")
        return HttpResponse(bytes(picture.data), content_type=picture.media_type)
