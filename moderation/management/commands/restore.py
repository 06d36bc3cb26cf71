"""Load a backup into an empty database."""

from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from moderation.management.archive import models_kept, read_archive
from moderation.management.base import GavelCommand, add_format, show_progress
from moderation.management.passwords import password_in
from moderation.management.sealed_file import Unsealing, is_sealed


class Command(GavelCommand):
    help = (
        "Load a backup into an empty, migrated database of either kind, all of it or nothing, and "
        "compare every row with what was stored. Stop the servers first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--password-env", metavar="VAR", help="the variable with the backup's password"
        )
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        path, password = Path(options["file"]), password_in(options["password_env"])
        with path.open("rb") as plain:
            file: IO[bytes] = plain
            if is_sealed(plain):
                if password is None:
                    raise CommandError("The backup is encrypted: name its password.")
                file = cast("IO[bytes]", Unsealing(plain, password))
            sums, total = {}, len(models_kept())
            for table, done in read_archive(file, DEFAULT_DB_ALIAS):
                sums[table] = done.rows
                show_progress(len(sums), total)
        rows = sum(sums.values())
        text = f"{rows} rows of {len(sums)} tables restored; every row is as it was stored"
        self.show(options, {"rows": rows, "tables": sums}, text)
