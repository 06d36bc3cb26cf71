"""Delete content that is older than the retention period."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation.accounts.project_deletion import remove_deleted
from moderation.management.base import (
    ACTOR,
    GavelCommand,
    add_format,
    number_from_one,
    show_progress,
)
from moderation.models import Project
from moderation.pipeline import retention


class Command(GavelCommand):
    help = (
        "Delete content older than the retention period in every project. Keeps content that waits "
        "for a person or can still be appealed, the totals and the audit log. Removes projects "
        "that were deleted 30 days ago."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=number_from_one,
            metavar="N",
            help="how many days to keep; default: each project's retention_days",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how much it would be")
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        counts = {project.slug: self.clean(project, options) for project in Project.objects.all()}
        removed = sum(counts.values())
        if not options["dry_run"]:
            for _ in remove_deleted(timezone.now(), actor=ACTOR):
                pass
        data = {"removed": removed, "by_project": counts, "dry_run": options["dry_run"]}
        verb = "Would remove" if options["dry_run"] else "Removed"
        lines = [f"{slug}: {count}" for slug, count in counts.items() if count]
        self.show(options, data, "\n".join([*lines, f"{verb} {removed} contents"]))

    def clean(self, project: Project, options: dict[str, Any]) -> int:
        now = timezone.now()
        total = retention.removable(project, options["days"], now).count()
        if options["dry_run"]:
            return total
        removed = 0
        for batch in retention.remove_old(project, options["days"], actor=ACTOR, now=now):
            removed += batch
            show_progress(removed, max(total, removed))
        return removed
