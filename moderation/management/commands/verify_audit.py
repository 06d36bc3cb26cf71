"""Check the chain of the audit log."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation.accounts.audit_chain import Broken, ChainState, verify
from moderation.accounts.audit_witness import broken_by_file, broken_outside
from moderation.events.event import iso
from moderation.lib.json_types import JsonObject
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
        parser.add_argument(
            "--anchors", metavar="FILE", help="compare with these copies of the signatures too"
        )

    def run(self, options: dict[str, Any]) -> None:
        state = self.verified()
        if state.broken is None:
            copies = options["anchors"]
            broken = broken_by_file(Path(copies)) if copies else broken_outside()
            state = replace(state, broken=broken)
        if options["format"] == "json" or state.broken is None:
            self.show(options, data_of(state), text_of(state))
        if state.broken is not None:
            raise CommandError(line_of(state.broken))

    def verified(self) -> ChainState:
        total = AuditEntry.objects.exclude(position=None).count()
        for step in verify():
            if isinstance(step, ChainState):
                show_progress(total, total)
                return step
            show_progress(step, max(total, step + 1))
        raise AssertionError  # verify() always ends with the state


def data_of(state: ChainState) -> JsonObject:
    broken, anchor = state.broken, state.anchor
    return {
        "ok": broken is None,
        "checked": state.checked,
        "unsealed": state.pending,
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
    pending = f"; {state.pending} newer ones are not in the chain yet" if state.pending else ""
    if state.anchor is None:
        return f"The chain is empty{pending}."
    end = f"{state.anchor.position}:{state.anchor.digest}"
    return f"{state.checked} entries, unbroken{pending}. The chain ends at {end}"


def line_of(broken: Broken) -> str:
    entry = broken.entry
    if entry is None:
        return f"Broken at place {broken.position}: {broken.why}."
    what = f"{entry.action} by {entry.actor}, {iso(entry.created_at)}"
    return f"Broken at place {broken.position}, entry {entry.pk} ({what}): {broken.why}."
