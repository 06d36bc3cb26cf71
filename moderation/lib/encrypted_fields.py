"""Model fields whose values are encrypted at rest if CONTENT_ENCRYPTION_KEYS is set.

The database's columns are plain text, JSON and bytes, and migrations see them as such: encryption
happens on the way in (`sealed`) and out. Queries cannot look inside of them.
"""

import json
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.functional import cached_property

from moderation.lib.content_keys import (
    ENCRYPTED,
    MARK,
    current_key,
    decrypt_bytes,
    decrypt_text,
    encrypt_bytes,
    encrypt_text,
    encrypts_texts,
    key_of,
    key_of_bytes,
)

#: In an object of which parts stay readable for queries: the whole object, encrypted.
WHOLE = "$encrypted"

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
    _Text = models.TextField[Any, Any]
    _Bytes = models.BinaryField[Any, Any]
else:
    _Field, _Text, _Bytes = object, models.TextField, models.BinaryField


class Encrypted(_Field):
    """Shared by the encrypted fields: Django's field of the same column is `stored_as`."""

    stored_as: ClassVar[type["models.Field[Any, Any]"]]

    @cached_property
    def place(self) -> str:
        """The column, to which its values are bound."""
        return f"{self.model._meta.db_table}.{self.column}"

    def plain_field(self) -> "models.Field[Any, Any]":
        """Return a field that reads and writes the column as it is stored."""
        options: dict[str, Any] = {"null": self.null}
        if isinstance(self, models.JSONField):
            options["encoder"] = self.encoder
        field = self.stored_as(**options)
        field.set_attributes_from_name(self.name)
        field.model = self.model
        return field

    def stored_value(self) -> Any:
        """Return what a query reads for the column's value as it is stored."""
        return models.ExpressionWrapper(models.F(self.attname), output_field=self.plain_field())

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.stored_as.__name__}", args, kwargs

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        is_value = value is not None and not hasattr(value, "resolve_expression")
        return super().get_db_prep_save(self.sealed(value) if is_value else value, connection)

    def sealed(self, value: Any) -> Any:
        """Return a value that is not None as it is stored."""
        raise NotImplementedError

    def opened(self, stored: Any) -> Any:
        """Return the value of a stored one."""
        raise NotImplementedError

    def key_of(self, stored: Any) -> str | None:
        """Return the id of the key that encrypted a stored value; None for a plain one."""
        raise NotImplementedError

    def is_current(self, stored: Any) -> bool:
        """Say whether a stored value is as the keys of today would store it."""
        return not stored or self.key_of(stored) == current_key()


class EncryptedText(Encrypted, _Text):
    stored_as = models.TextField

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        if value is None or not value.startswith(MARK):
            return value
        return decrypt_text(value, self.place)

    def sealed(self, value: Any) -> str:
        return encrypt_text(str(value), self.place)

    def opened(self, stored: Any) -> str:
        return decrypt_text(stored, self.place)

    def key_of(self, stored: Any) -> str | None:
        return key_of(stored)


class EncryptedJSON(Encrypted, models.JSONField):
    """JSON; of an object, the names in `readable` stay readable for queries."""

    stored_as = models.JSONField

    def __init__(self, *args: Any, readable: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readable = readable

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self.opened(super().from_db_value(value, expression, connection))

    def sealed(self, value: Any) -> Any:
        if not value or not encrypts_texts():
            return value
        text = encrypt_text(json.dumps(value, cls=self.encoder), self.place)
        if not self.readable or not isinstance(value, dict):
            return text
        return {name: value[name] for name in self.readable if name in value} | {WHOLE: text}

    def opened(self, stored: Any) -> Any:
        text = self._text(stored)
        return stored if text is None else json.loads(decrypt_text(text, self.place))

    def key_of(self, stored: Any) -> str | None:
        text = self._text(stored)
        return None if text is None else key_of(text)

    def _text(self, stored: Any) -> str | None:
        """Return the encrypted text in a stored value; None if that is plain."""
        text = stored.get(WHOLE) if isinstance(stored, dict) and self.readable else stored
        return text if isinstance(text, str) and text.startswith(ENCRYPTED) else None


class EncryptedBytes(Encrypted, _Bytes):
    stored_as = models.BinaryField

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> bytes | None:
        return None if value is None else self.opened(value)

    def sealed(self, value: Any) -> bytes:
        return encrypt_bytes(bytes(value), self.place)

    def opened(self, stored: Any) -> bytes:
        return decrypt_bytes(bytes(stored), self.place)

    def key_of(self, stored: Any) -> str | None:
        return key_of_bytes(bytes(stored))


def encrypted_fields(model: type[models.Model]) -> list[Encrypted]:
    return [field for field in model._meta.concrete_fields if isinstance(field, Encrypted)]
