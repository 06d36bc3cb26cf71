"""Find content: the filters of the list of messages, for pages and API."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from moderation.engine.matches import Category
from moderation.engine.verdict.verdict import Severity, VerdictKind
from moderation.lib.highlight import lazy_name
from moderation.lib.languages import gettext_lazy
from moderation.lib.moment_filter import MomentFilter
from moderation.models import ModerationLog, Status
from moderation.models.logs import MAY_BE_DECIDED, with_reason
from moderation.queries.searching import Reach
from reviews.models import Decision

#: Characters.
MAX_SEARCHED = 1000
ACTIONS = (
    "approved", "warning", "flagged", "blocked", "temp_ban", "perm_ban", "user_banned", "muted",
)  # fmt: skip


def _choices(*values: str) -> list[tuple[str, str]]:
    return [(value, lazy_name(value)) for value in values]


class ContentFilter(django_filters.FilterSet):
    """The filters of `GET logs` (docs/content.md); `reach`: what a search covers."""

    search = django_filters.CharFilter(
        method="with_text", label=gettext_lazy("Text"), max_length=MAX_SEARCHED
    )
    verdict = django_filters.ChoiceFilter(
        choices=_choices(*VerdictKind),
        label=gettext_lazy("Verdict"),
        empty_label=gettext_lazy("any"),
    )
    status = django_filters.ChoiceFilter(
        choices=_choices(*Status.values),
        label=gettext_lazy("Status"),
        empty_label=gettext_lazy("any"),
    )
    severity = django_filters.ChoiceFilter(
        choices=_choices(*Severity), label=gettext_lazy("Severity"), empty_label=gettext_lazy("any")
    )
    category = django_filters.ChoiceFilter(
        choices=_choices(*Category),
        method="of_category",
        label=gettext_lazy("Reason"),
        empty_label=gettext_lazy("any"),
    )
    action = django_filters.ChoiceFilter(
        choices=_choices(*ACTIONS), label=gettext_lazy("Action"), empty_label=gettext_lazy("any")
    )
    user_id = django_filters.CharFilter(label=gettext_lazy("Author"))
    channel_id = django_filters.CharFilter(label=gettext_lazy("Channel"))
    message_id = django_filters.CharFilter(label=gettext_lazy("Message id"))
    language = django_filters.CharFilter(label=gettext_lazy("Language"))
    created_after = MomentFilter(
        field_name="created_at", lookup_expr="gte", label=gettext_lazy("From")
    )
    created_before = MomentFilter(
        field_name="created_at", lookup_expr="lt", label=gettext_lazy("Until")
    )
    has_pii = django_filters.BooleanFilter(method="with_pii", label=gettext_lazy("Personal data"))
    reviewed = django_filters.BooleanFilter(method="with_decision", label=gettext_lazy("Reviewed"))

    class Meta:
        model = ModerationLog
        fields: list[str] = []

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach = reach

    def with_text(self, logs: QuerySet[Any], _name: str, _value: str) -> QuerySet[Any]:
        return self.reach.among(logs)

    def of_category(self, logs: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return with_reason(logs, "reasons", value)

    def with_pii(self, logs: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        return logs.exclude(pii=[]) if value else logs.filter(pii=[])

    def with_decision(self, logs: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        decisions = Decision.objects.in_effect().filter(review__log=OuterRef("pk"))
        # The second condition implies the first, but only the first has an index.
        return (
            logs.filter(MAY_BE_DECIDED, Exists(decisions))
            if value
            else logs.filter(~Exists(decisions))
        )
