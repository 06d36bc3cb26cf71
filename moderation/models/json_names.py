"""Stored names as JSON answers show them: strings to mypy, enumerations in the schema."""

from typing import Annotated

VerdictName = Annotated[str, ("enum", ("allow", "warn", "flag", "block"))]
SeverityName = Annotated[str, ("enum", ("none", "low", "medium", "high"))]
StatusName = Annotated[str, ("enum", ("approved", "flagged", "rejected"))]
BanTypeName = Annotated[str, ("enum", ("temporary", "permanent", "mute"))]
RoleName = Annotated[str, ("enum", ("viewer", "moderator", "admin", "owner"))]
