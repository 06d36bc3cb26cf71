"""Check the whole installation and say what to do."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from moderation.management.base import GavelCommand, add_format
from moderation.management.checkup import Finding, findings

SIGNS = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}


class Command(GavelCommand):
    help = (
        "Check settings, clock, database, Redis, RabbitMQ, Discord, model, relay, webhooks, the "
        "audit log and the disk, and say what to do; exit 1 if something is broken."
    )
    # It reports wrong settings and an unreachable database itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        report = list(findings(timezone.now()))
        self.show(options, [asdict(one) for one in report], "\n".join(map(line_of, report)))
        if broken := [one.about for one in report if one.state == "error"]:
            raise CommandError(f"Broken: {', '.join(dict.fromkeys(broken))}")


def line_of(finding: Finding) -> str:
    to_do = f"\n         → {finding.to_do}" if finding.to_do else ""
    return f"{SIGNS[finding.state]}  {finding.about}: {finding.said}{to_do}"
