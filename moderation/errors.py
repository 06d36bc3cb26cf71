"""What can go wrong in words; each error has a stable code and the status it means over HTTP."""

from collections.abc import Mapping
from typing import Any


class GavelError(Exception):
    """Base of every error that a caller may be told about."""

    code = "error"
    status = 400

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        #: Further members of the problem document, e.g. `claimed_by`.
        self.extra: Mapping[str, Any] = extra


class Invalid(GavelError):
    """A field's value cannot be accepted; `field` says which."""

    code = "invalid"
    status = 422

    def __init__(self, field: str, detail: str, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.field = field


class NotFound(GavelError):
    code = "not_found"
    status = 404


class Forbidden(GavelError):
    code = "forbidden"
    status = 403


class Conflict(GavelError):
    code = "conflict"
    status = 409


class MessageTaken(Conflict):
    """The `message_id` belongs to another author or channel."""

    code = "message_id_taken"


class AlreadyExists(Conflict):
    code = "already_exists"
