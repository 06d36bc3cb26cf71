"""The filters by which figures on the console lead to the messages that they count."""

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from moderation.lib.content_keys import NOT_SEARCHABLE, encrypts_texts
from moderation.lib.highlight import lazy_title
from moderation.lib.languages import gettext_lazy
from moderation.lib.moment_filter import MomentFilter
from moderation.models.logs import with_reason
from reviews.casefile.contents import ContentFilter
from reviews.models import Appeal, AppealOutcome, Decision, DecisionKind, ReviewItem

Logs = QuerySet[Any]
RULE = "rule:"
#: Filters about one decision → fields of it.
OF_DECISION = {
    "decided_by": "decided_by",
    "decision": "ruling",
    "decision_reason": "reason_code",
    "decided_after": "decided_at__gte",
}
FINAL = [(kind, lazy_title(kind)) for kind in DecisionKind.values if kind != DecisionKind.ESCALATE]
#: ISO weekday and hour in UTC: `1-14` is Monday from two in the afternoon.
WEEK_HOUR = RegexValidator(
    r"^[1-7]-([01]?\d|2[0-3])\Z", gettext_lazy("must be a weekday 1-7 and an hour: 1-14")
)


def refuse_encrypted(_word: str) -> None:
    """Refuse a search for words that are stored encrypted."""
    if encrypts_texts():
        raise ValidationError(gettext(NOT_SEARCHABLE))


class FigureFilter(ContentFilter):
    """The filters of `GET logs`, and those that only links of figures and the console use."""

    word = django_filters.CharFilter(
        method="with_word",
        label=gettext_lazy("Word found"),
        max_length=200,
        validators=[refuse_encrypted],
    )
    rule = django_filters.CharFilter(method="with_rule", label=gettext_lazy("Rule"), max_length=100)
    decided_by = django_filters.CharFilter(
        method="pass_on", label=gettext_lazy("Decided by"), max_length=200
    )
    decision = django_filters.ChoiceFilter(
        choices=FINAL,
        method="pass_on",
        label=gettext_lazy("Decision"),
        empty_label=gettext_lazy("any"),
    )
    decision_reason = django_filters.CharFilter(
        method="pass_on", label=gettext_lazy("Reason of the decision"), max_length=60
    )
    decided_after = MomentFilter(method="pass_on", label=gettext_lazy("Decided from"))
    overturned = django_filters.BooleanFilter(
        method="with_overturn", label=gettext_lazy("Overturned on appeal")
    )
    opened_at = django_filters.CharFilter(
        method="opened_in",
        label=gettext_lazy("Review opened (weekday-hour)"),
        validators=[WEEK_HOUR],
    )
    opened_after = MomentFilter(method="pass_on", label=gettext_lazy("Review opened from"))

    def filter_queryset(self, queryset: Logs) -> Logs:
        """Ask for one decision that fits all filters about decisions."""
        logs: Logs = super().filter_queryset(queryset)
        values = self.form.cleaned_data
        wanted = {path: values[name] for name, path in OF_DECISION.items() if values.get(name)}
        if wanted:
            decisions = Decision.objects.in_effect().filter(appeal=None, **wanted)
            logs = logs.filter(Exists(decisions.filter(review__log=OuterRef("pk"))))
        return logs

    def pass_on(self, logs: Logs, _name: str, _value: Any) -> Logs:
        """Change nothing: another method looks at several of these at once."""
        return logs

    def with_word(self, logs: Logs, _name: str, value: str) -> Logs:
        return with_reason(logs.exclude(verdict="allow"), "detected_words", value)

    def with_rule(self, logs: Logs, _name: str, value: str) -> Logs:
        return with_reason(logs.exclude(verdict="allow"), "reasons", f"{RULE}{value}")

    def with_overturn(self, logs: Logs, _name: str, value: bool) -> Logs:  # noqa: FBT001 (the library's)
        overturned = Appeal.objects.filter(log=OuterRef("pk"), outcome=AppealOutcome.OVERTURNED)
        return logs.filter(Exists(overturned) if value else ~Exists(overturned))

    def opened_in(self, logs: Logs, _name: str, value: str) -> Logs:
        weekday, _, hour = value.partition("-")
        opened = ReviewItem.objects.filter(
            log=OuterRef("pk"), created_at__iso_week_day=int(weekday), created_at__hour=int(hour)
        )
        if since := self.form.cleaned_data.get("opened_after"):
            opened = opened.filter(created_at__gte=since)
        return logs.filter(Exists(opened))
