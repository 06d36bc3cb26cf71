"""Filters of the admin that stay fast on millions of rows: none looks up which values exist."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import BooleanField, DateTimeField, Field, ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import get_format
from unfold.contrib.filters.admin import (
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    RangeDateFilter,
    RelatedDropdownFilter,
)
from unfold.contrib.filters.admin import DropdownFilter as UnfoldDropdown

from moderation.models import Project

#: A fixed filter's parameter for rows with none of its values.
OTHERS = "others"

if TYPE_CHECKING:
    from django.db.models.fields.related import RelatedField
    from django.utils.functional import _StrOrPromise as StrOrPromise

    class DropdownFilter(admin.SimpleListFilter):
        pass

    class DateRange(admin.FieldListFilter):
        pass

    class RelatedFilter(admin.RelatedFieldListFilter):
        pass
else:
    DropdownFilter, DateRange = UnfoldDropdown, RangeDateFilter
    RelatedFilter = RelatedDropdownFilter


class DayRangeFilter(DateRange):
    """From the beginning of one day to the end of another, in the site's time zone.

    Replaces `date_hierarchy`, which asks for the first, the last and every existing date and so
    reads the whole table.
    """

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first = self._day("from")
        last = self._day("to")
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": beginning_of(first)})
        if last:
            after = beginning_of(last + timedelta(days=1))
            queryset = queryset.filter(**{f"{self.field_path}__lt": after})
        return queryset

    def _day(self, end: str) -> date | None:
        """Return the day of the filter; None for no day or an invalid one."""
        text = str(self.used_parameters.get(f"{self.field_path}_{end}") or "")
        for form in get_format("DATE_INPUT_FORMATS"):
            try:
                day = datetime.strptime(text, form).date()  # noqa: DTZ007 (only its date is used)
            except ValueError:
                continue
            # The last representable day has no day after it.
            return day if day.year < date.max.year else None
        return None


def beginning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def fixed_filter(name: str, values: Iterable[str], *, others: bool = False) -> type[DropdownFilter]:
    """Return a filter by a column without choices; the caller gives the values.

    With `others` it also offers the rows that have none of the values.
    """
    known = [str(value) for value in values]

    class FixedFilter(DropdownFilter):
        title = name
        parameter_name = name

        def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
            return [(value, value) for value in known] + [(OTHERS, "other")] * others

        def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            wanted = self.value()
            if wanted == OTHERS:
                return queryset.exclude(**{f"{name}__in": known})
            return queryset.filter(**{name: wanted}) if wanted in known else queryset

    return FixedFilter


class ProjectFilter(RelatedFilter):
    """Offers a superuser all projects, and anybody else their own."""

    def field_choices(
        self, field: "RelatedField[Any, Any]", request: HttpRequest, model_admin: Any
    ) -> "list[tuple[str, StrOrPromise]]":
        ordering = self.field_admin_ordering(field, request, model_admin)
        own = {} if request.user.is_superuser else {"memberships__user_id": request.user.pk}
        choices = field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=own)
        return [(str(key), str(name)) for key, name in choices]


def filter_for(field: "Field[Any, Any]") -> type[admin.FieldListFilter] | None:
    """Return the filter for a field's type; None for Django's own."""
    if isinstance(field, DateTimeField):
        return DayRangeFilter
    if isinstance(field, ForeignKey) and field.related_model is Project:
        return ProjectFilter
    if isinstance(field, ForeignKey):
        return RelatedDropdownFilter  # type: ignore[no-any-return]
    if isinstance(field, BooleanField):
        return BooleanRadioFilter  # type: ignore[no-any-return]
    return ChoicesDropdownFilter if field.choices else None
