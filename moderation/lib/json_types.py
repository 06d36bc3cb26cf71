"""Types of JSON values; the schema shows the formats and bounds."""

from typing import Annotated, Any

#: ISO 8601 in UTC with Z.
Moment = Annotated[str, ("format", "date-time")]
Id = Annotated[str, ("format", "uuid")]
Share = Annotated[float, ("minimum", 0), ("maximum", 1)]
Percent = Annotated[float, ("minimum", 0), ("maximum", 100)]
#: An object whose fields nothing fixes, such as an event's data or a client's metadata.
JsonObject = dict[str, Any]
