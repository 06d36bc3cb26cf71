"""End expired bans and strikes."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation.management.base import GavelCommand, add_format
from moderation.sanctions.bans import expire_sanctions


class Command(GavelCommand):
    help = (
        "End all expired bans and strikes and announce the end of each ban once. Safe to run at "
        "any time, also several times at once; a running server does it every ten seconds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        ended = expire_sanctions(timezone.now())
        self.show(options, asdict(ended), f"Ended: {ended.bans} bans, {ended.strikes} strikes")
