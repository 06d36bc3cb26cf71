"""Errors that callers see; each has a stable code and an HTTP status."""

from collections.abc import Mapping
from typing import Any

#: What a client should wait after a 503.
RETRY_SECONDS = 5


class GavelError(Exception):
    """Base of every error that is shown to a caller."""

    code = "error"
    status = 400

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        #: Further members of the problem document, e.g. `claimed_by`.
        self.extra: Mapping[str, Any] = extra


class Invalid(GavelError):
    """The value of `field` is invalid."""

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


class TooMany(GavelError):
    """The caller or an author sends too much; `wait`: seconds until they may send again."""

    code = "too_many_requests"
    status = 429

    def __init__(self, detail: str, *, wait: int) -> None:
        super().__init__(detail, retry_after=wait)
        self.wait = wait


class DatabaseAway(GavelError):
    """The database answered nothing for so long that asking again would only hold up others."""

    code = "database_unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The database cannot be used at the moment: it cannot be reached, or its disk is full, "
            "or something keeps it locked. Try again."
        )


class Conflict(GavelError):
    code = "conflict"
    status = 409


class MessageTaken(Conflict):
    """The `message_id` belongs to another author or channel."""

    code = "message_id_taken"


class AlreadyExists(Conflict):
    code = "already_exists"
