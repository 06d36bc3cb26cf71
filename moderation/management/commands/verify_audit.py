"""Check the chain of the audit log."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation import chain
from moderation.chain import Broken, ChainState
from moderation.events import iso
from moderation.management.base import GavelCommand, add_format, show_progress
from moderation.models import AuditEntry


class Command(GavelCommand):
    help = (
        "Check the audit log's chain; exit 1 with the first broken row if a row before the last "
        "anchor was altered, removed or reordered. A running server adds new rows to the chain "
        "every ten seconds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        state = self.verified()
        if options["format"] == "json" or state.broken is None:
            self.show(options, data_of(state), text_of(state))
        if state.broken is not None:
            raise CommandError(line_of(state.broken))

    def verified(self) -> ChainState:
        total = AuditEntry.objects.exclude(position=None).count()
        for found in chain.verify():
            if isinstance(found, ChainState):
                show_progress(total, total)
                return found
            show_progress(found, max(total, found + 1))
        raise AssertionError  # the state comes last


def data_of(state: ChainState) -> dict[str, Any]:
    broken, anchor = state.broken, state.anchor
    return {
        "ok": broken is None,
        "checked": state.checked,
        "unsealed": state.unsealed,
        "anchor": {
            "position": anchor.position,
            "digest": anchor.digest,
            "sealed_at": iso(anchor.sealed_at),
        }
        if anchor
        else None,
        "broken": {
            "position": broken.position,
            "id": broken.entry.pk if broken.entry else None,
            "why": broken.why,
        }
        if broken
        else None,
    }


def text_of(state: ChainState) -> str:
    waits = f"; {state.unsealed} newer ones are not in the chain yet" if state.unsealed else ""
    if state.anchor is None:
        return f"The chain is empty{waits}."
    end = f"{state.anchor.position}:{state.anchor.digest}"
    return f"{state.checked} entries, unbroken{waits}. The chain has come to {end}"


def line_of(broken: Broken) -> str:
    entry = broken.entry
    if entry is None:
        return f"Broken at place {broken.position}: {broken.why}."
    what = f"{entry.action} by {entry.actor}, {iso(entry.created_at)}"
    return f"Broken at place {broken.position}, entry {entry.pk} ({what}): {broken.why}."
