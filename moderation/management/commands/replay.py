"""Judge stored content again and say whether the verdict is the same."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from moderation.errors import NotFound
from moderation.management.base import GavelCommand, add_format
from moderation.models import ModerationLog
from moderation.replay import Replay, replay


class Command(GavelCommand):
    help = (
        "Judge stored content again, under the ruleset and the policy of its day, and say whether "
        "the verdict is the same. Exit 1 if it is not, or if the content was not kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("content_id", metavar="CONTENT_ID", type=UUID)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        logs = ModerationLog.objects.select_related("project")
        log = logs.filter(pk=options["content_id"]).first()
        if log is None:
            raise NotFound(f"There is no content {options['content_id']}.")
        found = replay(log)
        if found.verdict is None:
            raise NotFound(" ".join(found.notes))
        self.show(options, _data(found), "\n".join(_lines(found)))
        if not found.is_same:
            raise CommandError("The verdict is not the same.")


def _data(found: Replay) -> dict[str, Any]:
    verdict = found.verdict
    assert verdict is not None
    return {
        "content_id": str(found.log.pk),
        "is_same": found.is_same,
        "verdict": str(verdict.kind),
        "severity": str(verdict.severity),
        "score": verdict.score,
        "reasons": list(verdict.reasons),
        "ruleset_version": found.log.ruleset_version,
        "policy_version": found.log.policy_version,
        "model_version": found.log.model_version,
        "differences": {
            name: {"stored": was, "now": now} for name, (was, now) in found.differences.items()
        },
        "notes": list(found.notes),
    }


def _lines(found: Replay) -> list[str]:
    log, same = found.log, "the same" if found.is_same else "NOT the same"
    under = f"ruleset {log.ruleset_version}, policy {log.policy_version}"
    under += f", model {log.model_version}" if log.model_version else ""
    head = f"{log.verdict} ({log.severity}), judged {log.judged_at:%Y-%m-%d %H:%M} UTC by {under}"
    changed = [f"  {name}: {was} → {now}" for name, (was, now) in found.differences.items()]
    return [head, f"  judged again: {same}", *changed, *(f"  {note}" for note in found.notes)]
