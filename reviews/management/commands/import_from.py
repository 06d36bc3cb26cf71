"""Take over the data of an older service."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import IntegrityError
from django.utils import timezone

from moderation.lib.errors import Invalid
from moderation.management.base import (
    ACTOR,
    GavelCommand,
    add_format,
    add_project,
    project_of,
    show_progress,
)
from reviews.management.older.services import SERVICES
from reviews.management.older.source import source_at
from reviews.management.older.store import Importer, Report


class Command(GavelCommand):
    help = (
        "Take over the words, rules, messages, decisions, strikes and bans of an older service. "
        "Try it with --dry-run first. An import that was interrupted goes on when it is started "
        "again; what is there already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "service", metavar="SERVICE", choices=SERVICES, help=", ".join(SERVICES)
        )
        parser.add_argument(
            "file",
            metavar="FILE",
            type=Path,
            help="its SQLite file, or a folder with an export for each table: TABLE.csv or "
            "TABLE.jsonl",
        )
        add_project(parser)
        parser.add_argument(
            "--only",
            metavar="NAME",
            default="",
            help="which of AutoModerate's projects (name or id) or AuraFlow's communities (id)",
        )
        parser.add_argument("--dry-run", action="store_true", help="only count")
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project, service = project_of(options["project"]), SERVICES[options["service"]]
        source = source_at(options["file"])
        tables = [table for table in service.TABLES if table in source.names()]
        if not tables:
            raise Invalid("file", f"has none of the tables {', '.join(service.TABLES)}")
        importer = Importer(
            project,
            options["service"],
            service.NAME,
            actor=ACTOR,
            now=timezone.now(),
            is_dry=options["dry_run"],
        )
        rows, done = sum(map(source.count, tables)), 0
        try:
            for number in importer.store(service.read(source, options["only"])):
                done += number
                show_progress(min(done, rows), rows)
        except IntegrityError as error:
            raise CommandError(
                "The project got the same rows meanwhile. Start the import again: it goes on "
                "where it stopped."
            ) from error
        importer.close()
        data = {
            "project": project.slug,
            "service": options["service"],
            "dry_run": options["dry_run"],
        }
        self.show(
            options, {**data, **as_data(importer.report)}, in_words(importer.report, **options)
        )


def as_data(report: Report) -> dict[str, Any]:
    return {
        kind: {"new": done.new, "known": done.known, "left_out": dict(done.left_out)}
        for kind, done in report.items()
    }


def in_words(report: Report, *, dry_run: bool, **_options: Any) -> str:
    lines = []
    for kind, done in report.items():
        left_out = sum(done.left_out.values())
        if done.new or done.known or left_out:
            lines.append(f"{kind}: {done.new} new, {done.known} known, {left_out} left out")
            lines += [f"  {count} × {why}" for why, count in done.left_out.most_common()]
    if dry_run:
        lines.append("Nothing was stored: this was a dry run.")
    return "\n".join(lines or ["There was nothing to import."])
