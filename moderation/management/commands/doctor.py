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
        "Check settings, clock, database, Redis, model, relay, webhooks, the audit log and the "
        "disk, and say what to do; exit 1 if something is broken."
    )
    # It tells of the settings itself, and of a database that cannot be reached.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        found = list(findings(timezone.now()))
        self.show(options, [asdict(one) for one in found], "\n".join(map(line_of, found)))
        if broken := [one.about for one in found if one.state == "error"]:
            raise CommandError(f"Broken: {', '.join(dict.fromkeys(broken))}")


def line_of(finding: Finding) -> str:
    to_do = f"\n         → {finding.to_do}" if finding.to_do else ""
    return f"{SIGNS[finding.state]}  {finding.about}: {finding.said}{to_do}"
