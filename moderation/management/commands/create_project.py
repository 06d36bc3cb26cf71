"""Create a project."""

from typing import Any

from django.core.management.base import CommandParser

from moderation.accounts.projects import create_project
from moderation.engine.verdict.policy import PRESETS
from moderation.management.base import ACTOR, GavelCommand


class Command(GavelCommand):
    help = "Create a project with its first policy and print its slug; exit 1 if it exists."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="lower-case letters, digits and hyphens")
        parser.add_argument("--name", default="", help="the name people see; default: the slug")
        parser.add_argument("--preset", choices=list(PRESETS), default="balanced")

    def run(self, options: dict[str, Any]) -> None:
        slug, preset = options["slug"], options["preset"]
        project = create_project(slug, name=options["name"], preset=preset, actor=ACTOR)
        self.stdout.write(project.slug)
