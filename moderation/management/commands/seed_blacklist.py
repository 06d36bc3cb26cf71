"""Fill a project's blacklist from the starter lists or a file."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation import rules, seeding
from moderation.management.base import (
    ACTOR,
    GavelCommand,
    add_format,
    add_project,
    list_of,
    project_of,
)
from moderation.rules import ImportedRow

RESULTS = ("added", "exists", "invalid")


class Command(GavelCommand):
    help = (
        "Add the starter word lists to a project's blacklist, or the words of a CSV or JSON "
        "file. Safe to repeat: words that are there already stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_project(parser)
        parser.add_argument(
            "--language",
            type=list_of(seeding.LANGUAGES),
            help="comma list of en, es, ur-Latn: only words of these; all if left out",
        )
        parser.add_argument(
            "--file",
            type=Path,
            metavar="F",
            help="CSV with a heading, or JSON: a list of words, or {category: {language: [words]}}",
        )
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project = project_of(options["project"])
        report = rules.import_words(project, ACTOR, _rows(options))
        counts = dict.fromkeys(RESULTS, 0) | Counter(row.result for row in report)
        refused = [row for row in report if row.result == "invalid"]
        data = {"project": project.slug, **counts, "rows": [asdict(row) for row in refused]}
        self.show(options, data, _text(project.slug, counts, refused))
        if refused:
            raise CommandError(f"Refused {len(refused)} of {len(report)} rows.")


def _rows(options: dict[str, Any]) -> Iterable[Mapping[str, Any]]:
    languages = options["language"]
    if options["file"] is None:
        return seeding.starter_rows(languages or seeding.LANGUAGES)
    rows = seeding.rows_from(options["file"])
    return [row for row in rows if not languages or row.get("language") in languages]


def _text(slug: str, counts: Mapping[str, int], refused: Iterable[ImportedRow]) -> str:
    lines = [f"Row {row.row} ({row.word!r}): {row.detail}" for row in refused]
    total = f"{slug}: {counts['added']} words added, {counts['exists']} were there already"
    return "\n".join([*lines, total])
