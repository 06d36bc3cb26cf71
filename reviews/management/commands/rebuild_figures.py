"""Add up the hourly figures of projects again."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation.management.base import GavelCommand, add_format, show_progress
from moderation.models import Project
from reviews.reporting.summing import rebuild


class Command(GavelCommand):
    help = (
        "Count every hour of every project again for Insights and the transparency report. Safe at "
        "any time: until an hour is counted, its rows are read. Needed only after rows were "
        "changed past Gavel, in the database itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        projects = list(Project.objects.live())
        hours = {}
        for number, project in enumerate(projects, 1):
            hours[project.slug] = rebuild(project, timezone.now())
            show_progress(number, len(projects))
        data = {"hours": sum(hours.values()), "by_project": hours}
        lines = [f"{slug}: {count} hours" for slug, count in hours.items()]
        self.show(options, data, "\n".join([*lines, f"Counted {data['hours']} hours"]))
