"""Cells of the tables that people download."""

import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from moderation.events.event import iso
from moderation.lib.spreadsheets import Cell


def cell_of(value: Any) -> Cell:
    """Return what a spreadsheet shows for a column's value."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
    return str(value)
