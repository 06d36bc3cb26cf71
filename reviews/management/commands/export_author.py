"""Write what is stored about an author into a file."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation.management.base import ACTOR, GavelCommand, add_format, add_project, project_of
from reviews.reporting.author_data import export_author

#: Mode for a file that only its owner may read.
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class Command(GavelCommand):
    help = (
        "Write what a project stores about an author into a JSON file, for the author to have: "
        "messages with verdicts, strikes, bans, appeals, reports, notes. Texts are decrypted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user_id", metavar="USER_ID", help="the author, as the app names them")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        place: Path = options["output"]
        project, now = project_of(options["project"]), timezone.now()
        # Write beside the final place, so that nobody takes a partial file for a complete one.
        part = place.with_name(f"{place.name}.part")
        try:
            with os.fdopen(os.open(part, NEW, 0o600), "wb") as file:
                counts = export_author(project, options["user_id"], file, actor=ACTOR, now=now)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        text = ", ".join(
            f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count
        )
        self.show(options, {"file": str(place), "rows": counts}, f"{text} in {place}")
