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
from reviews.exports import FORMS, NAMES, Export, export

#: Of a file that its owner alone may read.
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def moment(text: str) -> datetime:
    """Read a day or a time of ISO 8601, in UTC where it names no zone; an argument's `type`."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is no day such as 2026-03-02, nor a time") from None


class Command(GavelCommand):
    help = "Export content, decisions, bans the audit log or the transparency report as a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=NAMES, required=True)
        parser.add_argument("--format", choices=FORMS, default="csv")
        parser.add_argument("--since", type=moment, metavar="D", help="from this day or time on")
        parser.add_argument("--until", type=moment, metavar="D", help="before this day or time")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        add_project(parser)

    def run(self, options: dict[str, Any]) -> None:
        wanted = Export(
            project_of(options["project"]),
            options["kind"],
            options["format"],
            options["since"],
            options["until"],
        )
        place: Path = options["output"]
        # Beside its place until it is whole, so that a broken one is never taken for it.
        part = place.with_name(f"{place.name}.part")
        try:
            with os.fdopen(os.open(part, NEW, 0o600), "wb") as file:
                count = export(wanted, file, actor=ACTOR, told=show_progress)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        self.stdout.write(f"{count} rows in {place}")
