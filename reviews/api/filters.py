"""Filters and orders of the queue's list: the queue's own filters, as parameters of the API."""

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

from moderation.api.permissions import caller_of
from reviews.models import ReviewItem, ReviewItemQuerySet
from reviews.queue.filters import API_FILTERS, Viewer

STATUSES = tuple(API_FILTERS["status"].choices)


def _choice(name: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(choices=[*API_FILTERS[name].choices.items()], method="keep")


class ReviewFilter(django_filters.FilterSet):
    """`status` takes one or more of open (unclaimed), claimed and decided, by commas."""

    status = django_filters.CharFilter(method="keep_status")
    lane = _choice("lane")
    source = _choice("source")
    severity = _choice("severity")
    category = _choice("category")
    language = django_filters.CharFilter(method="keep")
    channel_id = django_filters.CharFilter(method="keep")
    user_id = django_filters.CharFilter(method="keep")
    claimed_by = django_filters.CharFilter(method="keep")

    class Meta:
        model = ReviewItem
        fields: list[str] = []

    def keep(self, items: ReviewItemQuerySet, name: str, value: str) -> ReviewItemQuerySet:
        # DRF passes its own request to the filters.
        viewer = Viewer(caller_of(cast("Request", self.request)), timezone.now())
        return API_FILTERS[name].keep(items, value, viewer)

    def keep_status(self, items: ReviewItemQuerySet, name: str, value: str) -> ReviewItemQuerySet:
        if not set(value.split(",")) <= set(STATUSES):
            raise ValidationError({name: f"must be one or more of {', '.join(STATUSES)}."})
        return self.keep(items, name, value)


class QueueOrder(OrderingFilter):
    """`ordering`: priority or created_at, with - for descending; ids break ties."""

    allowed = ("priority", "created_at")

    def get_ordering(
        self, request: Request, _queryset: QuerySet[Any], _view: Any
    ) -> tuple[str, ...]:
        ordering = request.query_params.get("ordering", "-priority")
        sign = "-" if ordering.startswith("-") else ""
        if ordering.removeprefix("-") not in self.allowed:
            raise ValidationError({"ordering": f"must be one of {', '.join(self.allowed)}."})
        return ordering, f"{sign}id"
