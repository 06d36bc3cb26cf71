"""Export a project's rows as a file."""

import os
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from moderation.management.base import (
    ACTOR,
    GavelCommand,
    add_project,
    project_of,
    show_progress,
)
from reviews.reporting.exports import FORMS, NAMES, ExportSpec, export

#: Mode for a file that only its owner may read.
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def moment(text: str) -> datetime:
    """Parse an ISO 8601 day or time, in UTC if it names no zone; an argument's `type`."""
    try:
        parsed = datetime.fromisoformat(text)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is not a day, such as 2026-03-02, or a time") from None


class Command(GavelCommand):
    help = "Export content, decisions, bans, the audit log or the transparency report as a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=NAMES, required=True)
        parser.add_argument("--format", choices=FORMS, default="csv")
        parser.add_argument("--since", type=moment, metavar="D", help="from this day or time on")
        parser.add_argument("--until", type=moment, metavar="D", help="before this day or time")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        add_project(parser)

    def run(self, options: dict[str, Any]) -> None:
        spec = ExportSpec(
            project_of(options["project"]),
            options["kind"],
            options["format"],
            options["since"],
            options["until"],
        )
        place: Path = options["output"]
        # Write beside the final place, so that nobody takes a partial file for a complete one.
        part = place.with_name(f"{place.name}.part")
        try:
            with os.fdopen(os.open(part, NEW, 0o600), "wb") as file:
                count = export(spec, file, actor=ACTOR, progress=show_progress)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        self.stdout.write(f"{count} rows in {place}")
