"""Check stored content again and say whether the verdict is the same."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from moderation.engine.verdict.verdict import Verdict
from moderation.lib.errors import NotFound
from moderation.lib.json_types import JsonObject
from moderation.management.base import GavelCommand, add_format
from moderation.models import ModerationLog
from moderation.pipeline.replay import Replay, replay


class Command(GavelCommand):
    help = (
        "Check stored content again under the ruleset and policy of its day, and say whether the "
        "verdict is the same. Exit 1 if it is not, or if the content is not stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("content_id", metavar="CONTENT_ID", type=UUID)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        logs = ModerationLog.objects.select_related("project")
        log = logs.filter(pk=options["content_id"]).first()
        if log is None:
            raise NotFound(f"There is no content {options['content_id']}.")
        replayed = replay(log)
        if replayed.verdict is None:
            raise NotFound(" ".join(replayed.notes))
        self.show(options, data_of(replayed, replayed.verdict), text_of(replayed))
        if not replayed.is_same:
            raise CommandError("The verdict is not the same.")


def data_of(replayed: Replay, verdict: Verdict) -> JsonObject:
    return {
        "content_id": str(replayed.log.pk),
        "is_same": replayed.is_same,
        "verdict": str(verdict.kind),
        "severity": str(verdict.severity),
        "score": verdict.score,
        "reasons": list(verdict.reasons),
        "ruleset_version": replayed.log.ruleset_version,
        "policy_version": replayed.log.policy_version,
        "model_version": replayed.log.model_version,
        "differences": {
            name: {"stored": was, "now": now} for name, (was, now) in replayed.differences.items()
        },
        "notes": list(replayed.notes),
    }


def text_of(replayed: Replay) -> str:
    log, same = replayed.log, "the same" if replayed.is_same else "NOT the same"
    under = f"ruleset {log.ruleset_version}, policy {log.policy_version}"
    under += f", model {log.model_version}" if log.model_version else ""
    head = f"{log.verdict} ({log.severity}), checked {log.judged_at:%Y-%m-%d %H:%M} UTC by {under}"
    changed = [f"  {name}: {was} → {now}" for name, (was, now) in replayed.differences.items()]
    notes = [f"  {note}" for note in replayed.notes]
    return "\n".join([head, f"  checked again: {same}", *changed, *notes])
