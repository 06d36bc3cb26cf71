"""Filters and orders of the queue's list."""

from typing import Any, cast

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

from moderation.api.permissions import caller_of
from moderation.engine.matches import Category
from moderation.engine.verdict import Severity
from reviews.lanes import DONE, FILTERS, MINE, in_lane
from reviews.models import ReviewItem, ReviewItemQuerySet, ReviewSource, ReviewStatus

STATUSES = ["open", "claimed", "decided"]
LANE_NAMES = [*filter(None, FILTERS), MINE, DONE]
CATEGORIES = [(category.value, category.value) for category in Category]


class ReviewFilter(django_filters.FilterSet):
    """`status` takes one or several of open (held by nobody), claimed, decided, by commas."""

    status = django_filters.CharFilter(method="of_status")
    lane = django_filters.ChoiceFilter(
        choices=[(name, name) for name in LANE_NAMES], method="of_lane"
    )
    source = django_filters.ChoiceFilter(choices=ReviewSource.choices)
    severity = django_filters.ChoiceFilter(
        field_name="log__severity", choices=[(value.value, value.value) for value in Severity]
    )
    category = django_filters.ChoiceFilter(choices=CATEGORIES, method="of_category")
    language = django_filters.CharFilter(field_name="log__language")
    channel_id = django_filters.CharFilter(field_name="log__channel_id", method="of_log")
    user_id = django_filters.CharFilter(field_name="log__user_id", method="of_log")
    claimed_by = django_filters.CharFilter(method="of_holder")

    class Meta:
        model = ReviewItem
        fields: list[str] = []

    def of_status(self, items: ReviewItemQuerySet, name: str, value: str) -> ReviewItemQuerySet:
        wanted = value.split(",")
        if not set(wanted) <= set(STATUSES):
            raise ValidationError({name: f"must be of {', '.join(STATUSES)}."})
        is_held = Q(claim__expires_at__gt=timezone.now())
        is_open = Q(status=ReviewStatus.OPEN)
        known = {
            "open": is_open & (Q(claim=None) | Q(claim__expires_at__lte=timezone.now())),
            "claimed": is_open & is_held,
            "decided": Q(status=ReviewStatus.DECIDED),
        }
        found = Q()
        for status in wanted:
            found |= known[status]
        return items.filter(found)

    def of_log(self, items: ReviewItemQuerySet, name: str, value: str) -> ReviewItemQuerySet:
        # The project is said of the log too: its indexes begin with it.
        project = caller_of(cast("Request", self.request)).project
        return items.filter(log__project=project, **{name: value})

    def of_lane(self, items: ReviewItemQuerySet, name: str, value: str) -> ReviewItemQuerySet:
        # DRF hands its own request to the filters.
        caller = caller_of(cast("Request", self.request))
        return in_lane(items, value, caller, timezone.now())

    def of_category(self, items: ReviewItemQuerySet, name: str, value: str) -> ReviewItemQuerySet:
        return items.with_reason(value)

    def of_holder(self, items: ReviewItemQuerySet, name: str, value: str) -> ReviewItemQuerySet:
        return items.claimed(timezone.now()).filter(claim__holder_name=value)


class QueueOrder(OrderingFilter):
    """`ordering`: priority or created_at, with - for the greatest first; ids break ties."""

    allowed = ("priority", "created_at")

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        asked_for = request.query_params.get("ordering", "-priority")
        sign = "-" if asked_for.startswith("-") else ""
        if asked_for.removeprefix("-") not in self.allowed:
            raise ValidationError({"ordering": f"must be one of {', '.join(self.allowed)}."})
        return asked_for, f"{sign}id"
