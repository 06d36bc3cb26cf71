"""Make an API key."""

from typing import Any

from django.core.management.base import CommandParser

from moderation import access
from moderation.management.base import ACTOR, GavelCommand, list_of, number_from_one, project_of
from moderation.models import Scope


class Command(GavelCommand):
    help = (
        "Make an API key and print it, alone on its line. It is shown this once: only its hash "
        "is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the project")
        parser.add_argument("--name", required=True, help="what it is for")
        parser.add_argument(
            "--scopes",
            type=list_of(Scope.values),
            default=[Scope.CHECK.value, Scope.READ.value],
            help="comma list of check, read, review, admin; check,read if left out",
        )
        parser.add_argument("--rate-per-minute", type=number_from_one, metavar="N")
        parser.add_argument("--rate-per-hour", type=number_from_one, metavar="N")
        parser.add_argument("--expires", type=number_from_one, metavar="DAYS")

    def run(self, options: dict[str, Any]) -> None:
        _, key = access.create_key(
            project_of(options["slug"]),
            name=options["name"],
            scopes=options["scopes"],
            actor=ACTOR,
            rate_per_minute=options["rate_per_minute"],
            rate_per_hour=options["rate_per_hour"],
            expires_at=access.expiry_in(options["expires"]),
        )
        self.stdout.write(key)
