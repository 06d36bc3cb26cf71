"""The moment at which most tests happen."""

from datetime import UTC, datetime

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
