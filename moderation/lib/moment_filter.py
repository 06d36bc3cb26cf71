"""Times in the filters of a list."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django_filters.fields import IsoDateTimeField


class MomentField(IsoDateTimeField):
    """A time in ISO 8601, refused if it does not exist in UTC."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            raise ValidationError("is outside the years 1 to 9999 in UTC.") from None


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField
