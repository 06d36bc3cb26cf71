"""Write the whole database into one file."""

import os
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from moderation.lib.content_keys import encrypts_texts
from moderation.management.archive import models_kept, write_archive
from moderation.management.base import GavelCommand, add_format, show_progress
from moderation.management.passwords import password_in
from moderation.management.sealed_file import Sealing


class Command(GavelCommand):
    help = (
        "Write the whole database into one file, as it is at one moment, while servers go on. "
        "The file restores to both kinds of database. SECRET_KEY is not in it: keep that too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--password-env", metavar="VAR", help="encrypt with the password in this variable"
        )
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        path, password = Path(options["file"]), password_in(options["password_env"])
        if path.exists():
            raise CommandError(f"{path} exists already.")
        # Only a whole backup gets the name.
        part = path.with_name(f"{path.name}.part")
        try:
            sums = self.write(part, password)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
        rows = sum(sums.values())
        keys = (
            " Its texts are encrypted: keep CONTENT_ENCRYPTION_KEYS too."
            if encrypts_texts()
            else ""
        )
        text = f"{rows} rows of {len(sums)} tables in {path}, {path.stat().st_size} bytes.{keys}"
        self.show(options, {"file": str(path), "rows": rows, "tables": sums}, text)

    def write(self, path: Path, password: str | None) -> dict[str, int]:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as plain:
            file: IO[bytes] = Sealing(plain, password) if password else plain  # type: ignore[assignment]
            sums, total = {}, len(models_kept())
            for table, done in write_archive(file, DEFAULT_DB_ALIAS, timezone.now()):
                sums[table] = done.rows
                show_progress(len(sums), total)
            if password:
                file.close()
            plain.flush()
            os.fsync(plain.fileno())
        return sums
