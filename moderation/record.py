"""Store what was judged: one row for each message, its earlier revisions beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moderation.models import LogRevision, ModerationLog
from moderation.models.logs import Judged
from moderation.statements import PreparedInsert

JUDGED_FIELDS = tuple(field.name for field in Judged._meta.get_fields())
# Every message is stored: `save` takes several times as long.
_insert = PreparedInsert(ModerationLog)


def draft_edit(log: ModerationLog, judged: Mapping[str, Any]) -> ModerationLog:
    """Put the log's present revision beside it and fill in the new one; `store` writes it.

    The caller holds a lock on the log, so that revisions follow each other.
    """
    earlier = {name: getattr(log, name) for name in JUDGED_FIELDS}
    LogRevision.objects.create(log=log, **earlier)
    for name, value in judged.items():
        setattr(log, name, value)
    log.revision = earlier["revision"] + 1
    return log


def store(log: ModerationLog) -> None:
    """Write a drafted log; IntegrityError if its message_id was taken meanwhile."""
    if log._state.adding:
        _insert(log)
    else:
        log.save(force_update=True)


def amend(log: ModerationLog, changed: Mapping[str, Any]) -> None:
    """Store what became known after the answer; the caller holds a lock on the log."""
    for name, value in changed.items():
        setattr(log, name, value)
    log.save(update_fields=list(changed))


def change_status(  # noqa: PLR0913 (keyword-only: each names itself)
    log: ModerationLog,
    *,
    status: str,
    is_approved: bool,
    is_violation: bool,
    stage: str,
    moderator_type: str,
    moderator_name: str,
    now: datetime,
) -> None:
    """Store a human's ruling on the log; the verdict stays what the engine said."""
    changed = {
        "status": status,
        "is_approved": is_approved,
        "is_violation": is_violation,
        "stage": stage,
        "moderator_type": moderator_type,
        "moderator_name": moderator_name,
    }
    amend(log, changed)
