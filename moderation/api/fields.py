"""Fields of bodies and queries that convert nothing: a number is not a string."""

import json
from datetime import UTC, datetime
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django_filters.fields import IsoDateTimeField
from rest_framework import serializers

from moderation.lib.json_types import JsonObject


class StrictCharField(serializers.CharField):
    """A string of any characters but NUL and lone surrogates, unchanged."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("trim_whitespace", False)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("must be a string.", code="invalid")
        return super().to_internal_value(data)


class MetadataField(serializers.Field[JsonObject, Any, Any, Any]):
    """A JSON object of at most `max_bytes` bytes."""

    def __init__(self, max_bytes: int, **options: Any) -> None:
        self.max_bytes = max_bytes
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> JsonObject:
        if not isinstance(data, dict):
            raise serializers.ValidationError("must be an object.", code="invalid")
        if len(json.dumps(data, ensure_ascii=False).encode()) > self.max_bytes:
            raise serializers.ValidationError(
                f"must be at most {self.max_bytes} bytes.", code="max_length"
            )
        return data

    def to_representation(self, value: Any) -> Any:
        return value


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
