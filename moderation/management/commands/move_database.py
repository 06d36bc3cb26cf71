"""Copy everything into another database, such as from SQLite to PostgreSQL."""

import tempfile
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from moderation.management.archive import models_kept, read_archive, write_archive
from moderation.management.base import GavelCommand, add_format, show_progress

TARGET = "target"


class Command(GavelCommand):
    help = (
        "Copy everything into the empty database of this URL, and compare number and checksum of "
        "every table. Stop the servers first: what they write meanwhile is not copied."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", metavar="URL", help="such as postgresql://user:password@host/db")
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        wanted = import_string(settings.DATABASE_OF_URL)(options["url"])
        connections.databases[TARGET] = connections.configure_settings({DEFAULT_DB_ALIAS: wanted})[
            DEFAULT_DB_ALIAS
        ]
        try:
            call_command("migrate", database=TARGET, verbosity=0, interactive=False)
            sums = self.copy()
        finally:
            connections[TARGET].close()
            del connections[TARGET], connections.databases[TARGET]
        rows = sum(sums.values())
        text = (
            f"{rows} rows of {len(sums)} tables copied; every row is the same. Now set "
            "DATABASE_URL to the new database and start the servers."
        )
        self.show(options, {"rows": rows, "tables": sums}, text)

    def copy(self) -> dict[str, int]:
        sums, total = {}, 2 * len(models_kept())
        with tempfile.TemporaryFile() as file:
            for number, _ in enumerate(write_archive(file, DEFAULT_DB_ALIAS, timezone.now()), 1):
                show_progress(number, total)
            file.seek(0)
            for table, done in read_archive(file, TARGET):
                sums[table] = done.rows
                show_progress(total // 2 + len(sums), total)
        return sums
