"""Erase what is stored of an author."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation.management.base import ACTOR, GavelCommand, add_format, add_project, project_of
from reviews.reporting.erasure import erase_author


class Command(GavelCommand):
    help = (
        "Erase what is stored of an author in a project: content, strikes, ended bans, appeals, "
        "and their name on reports and events. Prints what was erased and what remains, and why."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user_id", metavar="USER_ID", help="the author, as the app names them")
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project = project_of(options["project"])
        done = erase_author(project, options["user_id"], actor=ACTOR, now=timezone.now())
        counts = ", ".join(f"{count} {kind}" for kind, count in done.erased.items() if count)
        lines = [f"Erased: {counts or 'nothing'}", *(f"Remains: {line}" for line in done.remains)]
        data = {"erased": done.erased, "remains": done.remains}
        self.show(options, data, "\n".join(lines))
