"""Words that many shapes share."""

from typing import Annotated, Any, Literal, TypedDict

#: ISO 8601 in UTC with Z.
Moment = Annotated[str, ("format", "date-time")]
Id = Annotated[str, ("format", "uuid")]
Share = Annotated[float, ("minimum", 0), ("maximum", 1)]
Percent = Annotated[float, ("minimum", 0), ("maximum", 100)]
JsonObject = dict[str, Any]
VerdictName = Literal["allow", "warn", "flag", "block"]
SeverityName = Literal["none", "low", "medium", "high"]
StatusName = Literal["approved", "flagged", "rejected"]
BanTypeName = Literal["temporary", "permanent"]
RoleName = Literal["viewer", "moderator", "admin", "owner"]


class Done(TypedDict):
    """What was asked for is done."""

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
