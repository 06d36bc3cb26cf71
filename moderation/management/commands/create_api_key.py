"""Create an API key."""

from typing import Any

from django.core.management.base import CommandParser

from moderation.accounts.keys import create_key, expiry_in
from moderation.management.base import ACTOR, GavelCommand, list_of, number_from_one, project_of
from moderation.models import Scope


class Command(GavelCommand):
    help = (
        "Create an API key and print it, alone on its line. Nothing can show it again: only its "
        "hash is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the project")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument(
            "--scopes",
            type=list_of(Scope.values),
            default=[Scope.CHECK.value, Scope.READ.value],
            help="comma list of check, read, review, admin; default: check,read",
        )
        parser.add_argument("--rate-per-minute", type=number_from_one, metavar="N")
        parser.add_argument("--rate-per-hour", type=number_from_one, metavar="N")
        parser.add_argument("--expires", type=number_from_one, metavar="DAYS")

    def run(self, options: dict[str, Any]) -> None:
        _, key = create_key(
            project_of(options["slug"]),
            name=options["name"],
            scopes=options["scopes"],
            actor=ACTOR,
            rate_per_minute=options["rate_per_minute"],
            rate_per_hour=options["rate_per_hour"],
            expires_at=expiry_in(options["expires"]),
        )
        self.stdout.write(key)
