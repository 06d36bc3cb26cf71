"""Fields of bodies that convert nothing: a number is not a string."""

from typing import Any

from rest_framework import serializers

from moderation.lib.json_types import JsonObject
from moderation.pipeline.submission import MAX_METADATA_BYTES, is_small


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
    """A message's metadata: a JSON object that keeps its limit."""

    def to_internal_value(self, data: Any) -> JsonObject:
        if not isinstance(data, dict):
            raise serializers.ValidationError("must be an object.", code="invalid")
        if not is_small(data):
            raise serializers.ValidationError(
                f"must be at most {MAX_METADATA_BYTES} bytes.", code="max_length"
            )
        return data

    def to_representation(self, value: Any) -> Any:
        return value
