"""Find content: the filters of the log's list, for pages and API alike."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from moderation.api.fields import MomentFilter
from moderation.engine.matches import Category
from moderation.engine.verdict import Severity, VerdictKind
from moderation.models import ModerationLog, Status
from moderation.models.logs import RULED, with_reason
from moderation.queries import Reach
from reviews.models import Decision

#: Characters.
MAX_SEARCHED = 1000
ACTIONS = ("approved", "warning", "flagged", "blocked", "temp_ban", "perm_ban", "user_banned")


def _choices(*values: str) -> list[tuple[str, str]]:
    return [(value, value.replace("_", " ")) for value in values]


class ContentFilter(django_filters.FilterSet):
    """CONTRACT section 3, "GET logs"; `reach`: what the search looks through."""

    search = django_filters.CharFilter(method="with_text", label="Text", max_length=MAX_SEARCHED)
    verdict = django_filters.ChoiceFilter(
        choices=_choices(*VerdictKind), label="Verdict", empty_label="any"
    )
    status = django_filters.ChoiceFilter(
        choices=_choices(*Status.values), label="Status", empty_label="any"
    )
    severity = django_filters.ChoiceFilter(
        choices=_choices(*Severity), label="Severity", empty_label="any"
    )
    category = django_filters.ChoiceFilter(
        choices=_choices(*Category), method="of_category", label="Reason", empty_label="any"
    )
    action = django_filters.ChoiceFilter(
        choices=_choices(*ACTIONS), label="Action", empty_label="any"
    )
    user_id = django_filters.CharFilter(label="Author")
    channel_id = django_filters.CharFilter(label="Channel")
    message_id = django_filters.CharFilter(label="Message id")
    language = django_filters.CharFilter(label="Language")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte", label="From")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt", label="Until")
    has_pii = django_filters.BooleanFilter(method="with_pii", label="Personal data")
    reviewed = django_filters.BooleanFilter(method="with_ruling", label="Reviewed")

    class Meta:
        model = ModerationLog
        fields: list[str] = []

    def __init__(self, *arguments: Any, reach: Reach, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.reach = reach

    def with_text(self, logs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return self.reach.among(logs)

    def of_category(self, logs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return with_reason(logs, "reasons", value)

    def with_pii(self, logs: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        return logs.exclude(pii=[]) if value else logs.filter(pii=[])

    def with_ruling(self, logs: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        rulings = Decision.objects.filter(review__log=OuterRef("pk"), is_final=True, undone_at=None)
        # The first condition is implied by the second, but an index has it.
        return logs.filter(RULED, Exists(rulings)) if value else logs.filter(~Exists(rulings))
