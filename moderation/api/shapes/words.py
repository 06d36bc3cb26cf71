"""Types that many shapes share."""

from typing import TypedDict


class Done(TypedDict):
    """The call succeeded."""

    success: bool
    message: str


class FieldError(TypedDict):
    field: str
    message: str
    code: str


class Problem(TypedDict):
    """RFC 9457; some problems carry further fields, such as `claimed_by`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]
