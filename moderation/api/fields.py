"""Serializer fields that take a type for what it is: a number is no string."""

import json
from typing import Any

from rest_framework import serializers


class StrictCharField(serializers.CharField):
    """A string of any characters but NUL and lone surrogates; kept exactly as it was sent."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("trim_whitespace", False)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("must be a string.", code="invalid")
        return super().to_internal_value(data)


class MetadataField(serializers.Field[dict[str, Any], Any, Any, Any]):
    """A JSON object of at most so many bytes."""

    def __init__(self, max_bytes: int, **options: Any) -> None:
        self.max_bytes = max_bytes
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError("must be an object.", code="invalid")
        if len(json.dumps(data, ensure_ascii=False).encode()) > self.max_bytes:
            raise serializers.ValidationError(
                f"must be at most {self.max_bytes} bytes.", code="max_length"
            )
        return data

    def to_representation(self, value: Any) -> Any:
        return value
