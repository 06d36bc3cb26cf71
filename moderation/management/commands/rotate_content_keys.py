"""Encrypt all stored texts with the first of CONTENT_ENCRYPTION_KEYS."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation.lib.content_keys import encrypts_texts
from moderation.management.base import GavelCommand, add_format, show_progress
from moderation.management.rotation import Rotated, models_with_texts, rotate


class Command(GavelCommand):
    help = (
        "Encrypt all stored texts with the first of CONTENT_ENCRYPTION_KEYS: those stored before "
        "the setting, and those of earlier keys. Servers may go on meanwhile. May be interrupted "
        "and repeated: what is done stays done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        if not encrypts_texts():
            raise CommandError("CONTENT_ENCRYPTION_KEYS is not set: there is no key to use.")
        models = models_with_texts()
        total = sum(model._default_manager.count() for model in models)
        tables: dict[str, Rotated] = {}
        earlier = 0
        for model in models:
            done = Rotated()
            for done in rotate(model):
                show_progress(min(earlier + done.checked, total - 1), total)
            tables[model._meta.db_table] = done
            earlier += done.checked
        show_progress(total, total)
        self.report(options, tables)

    def report(self, options: dict[str, Any], tables: dict[str, Rotated]) -> None:
        checked, changed, unreadable = (
            sum(getattr(done, name) for done in tables.values())
            for name in ("checked", "changed", "unreadable")
        )
        data = {
            "checked": checked,
            "changed": changed,
            "unreadable": unreadable,
            "tables": {name: asdict(done) for name, done in tables.items()},
        }
        self.show(options, data, f"{checked} rows checked, {changed} of them encrypted now")
        if unreadable:
            raise CommandError(
                f"{unreadable} rows cannot be read: add their key to CONTENT_ENCRYPTION_KEYS and "
                "run this again."
            )
