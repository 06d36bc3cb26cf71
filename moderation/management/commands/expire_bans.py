"""End the bans and strikes whose time is over."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from moderation import enforce
from moderation.management.base import GavelCommand, add_format


class Command(GavelCommand):
    help = (
        "End every ban and strike whose time is over and tell the end of each ban once. Safe to "
        "run at any time, by several at once; a running server does the same every 30 seconds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        ended = enforce.expire_sanctions(timezone.now())
        self.show(options, asdict(ended), f"Ended: {ended.bans} bans, {ended.strikes} strikes")
