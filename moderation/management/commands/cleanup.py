"""Remove content that is older than the retention."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation import retention
from moderation.management.base import (
    ACTOR,
    GavelCommand,
    add_format,
    number_from_one,
    show_progress,
)
from moderation.models import Project


class Command(GavelCommand):
    help = (
        "Remove content older than the retention from every project. What waits for a person or "
        "was restricted and can still be appealed stays; so do the totals and the audit log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=number_from_one,
            metavar="N",
            help="keep so many days; each project's retention_days if left out",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how much it would be")
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        found = {p.slug: self._clean(p, options) for p in Project.objects.all()}
        removed = sum(found.values())
        data = {"removed": removed, "by_project": found, "dry_run": options["dry_run"]}
        verb = "Would remove" if options["dry_run"] else "Removed"
        lines = [f"{slug}: {count}" for slug, count in found.items() if count]
        self.show(options, data, "\n".join([*lines, f"{verb} {removed} contents"]))

    def _clean(self, project: Project, options: dict[str, Any]) -> int:
        now = timezone.now()
        total = retention.removable(project, options["days"], now).count()
        if options["dry_run"]:
            return total
        removed = 0
        for batch in retention.remove_old(project, options["days"], actor=ACTOR, now=now):
            removed += batch
            show_progress(removed, max(total, removed))
        return removed
