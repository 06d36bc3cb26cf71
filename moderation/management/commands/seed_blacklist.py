"""Fill a project's blacklist from the starter lists or a file."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation import rules
from moderation.management.base import (
    ACTOR,
    GavelCommand,
    add_format,
    add_project,
    list_of,
    project_of,
)
from moderation.models.rules import WordSeverity
from moderation.rules import WORD_CATEGORIES
from moderation.rules.starter_lists import FURTHER_LANGUAGES, LANGUAGES, starter_rows
from moderation.rules.word_files import rows_from

KNOWN = (*LANGUAGES, *FURTHER_LANGUAGES)
RESULTS = ("added", "exists", "invalid")


class Command(GavelCommand):
    help = (
        "Add the starter word lists to a project's blacklist, or the words of a CSV or JSON "
        "file. Safe to repeat: existing words stay as they are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_project(parser)
        parser.add_argument(
            "--language",
            type=list_of(KNOWN),
            help=f"comma list of {', '.join(KNOWN)}; default: {', '.join(LANGUAGES)}",
        )
        parser.add_argument(
            "--file",
            type=Path,
            metavar="F",
            help="CSV with a heading, JSON (a list of words, or {category: {language: [words]}}), "
            "or one word a line, with --category and one --language",
        )
        parser.add_argument(
            "--category", choices=WORD_CATEGORIES, help="for rows of the file without one"
        )
        parser.add_argument(
            "--severity", choices=WordSeverity.values, help="for rows of the file without one"
        )
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project = project_of(options["project"])
        languages = options["language"]
        if options["file"] is None:
            rows = starter_rows(languages or LANGUAGES)
        else:
            defaults = {name: options[name] for name in ("category", "severity")}
            if languages and len(languages) == 1:
                defaults["language"] = languages[0]
            rows = rows_from(options["file"], defaults)
            rows = [row for row in rows if not languages or row.get("language") in languages]
        report = rules.import_words(project, ACTOR, rows)
        counts = dict.fromkeys(RESULTS, 0) | Counter(row.result for row in report)
        refused = [row for row in report if row.result == "invalid"]
        data = {"project": project.slug, **counts, "rows": [asdict(row) for row in refused]}
        lines = [f"Row {row.row} ({row.word!r}): {row.detail}" for row in refused]
        lines.append(
            f"{project.slug}: {counts['added']} words added, {counts['exists']} existed already"
        )
        self.show(options, data, "\n".join(lines))
        if refused:
            raise CommandError(f"Refused {len(refused)} of {len(report)} rows.")
