"""What the leader does now and then: end what is over, delete what no replay needs."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.module_loading import import_string

from moderation import chain
from moderation.models import OutboxEvent, Project
from moderation.models.events import Audience

logger = logging.getLogger(__name__)

#: By dotted path: the relay stands beside the stages and may not import them.
EXPIRE_SANCTIONS = "moderation.enforce.expire_sanctions"
FORGET_TASKS = "moderation.tasks.forget_old"
#: Numbered events that a project keeps for replay (CONTRACT section 6).
KEPT_FOR_REPLAY = 10_000
#: How long sent outside events stay, for people who search for what left.
OUTSIDE_KEPT = timedelta(days=1)
#: Rows from which on a table is worth a look.
WORTH_KNOWING = 50
UNKNOWN_TABLES = """
    SELECT relname FROM pg_stat_user_tables
    WHERE schemaname = ANY (current_schemas(false)) AND n_live_tup >= %s
        AND last_analyze IS NULL AND last_autoanalyze IS NULL
"""


def do_all(now: datetime) -> None:
    """Do every chore; one that fails is logged and hinders neither the others nor the relay."""
    for chore in (expire_sanctions, seal_audit, forget_tasks, prune, learn_new_tables):
        try:
            chore(now)
        except Exception:
            logger.exception("A chore failed", extra={"chore": chore.__name__})


def expire_sanctions(now: datetime) -> None:
    import_string(EXPIRE_SANCTIONS)(now)


def forget_tasks(now: datetime) -> None:
    import_string(FORGET_TASKS)(now)


def seal_audit(now: datetime) -> None:
    """Give the new entries of the audit log their places in its chain."""
    while chain.seal(now):
        pass


def prune(now: datetime) -> int:
    """Delete sent events that neither a replay nor a person needs; return how many."""
    return _prune_replays() + _prune_outside(now)


def _prune_replays() -> int:
    deleted = 0
    sent = OutboxEvent.objects.filter(audience=Audience.HOUSE, sent_at__isnull=False)
    for project in Project.objects.filter(last_seq__gt=KEPT_FOR_REPLAY):
        old = sent.filter(project=project, seq__lte=project.last_seq - KEPT_FOR_REPLAY)
        deleted += old.delete()[0]
    return deleted


def _prune_outside(now: datetime) -> int:
    # What a decision caused stays: whether it left decides what an undo, at any time, must tell.
    sent = OutboxEvent.objects.filter(audience=Audience.OUTSIDE, sent_at__isnull=False, cause=None)
    return sent.filter(id__lt=first_id_of(now - OUTSIDE_KEPT)).delete()[0]


def learn_new_tables(now: datetime) -> list[str]:
    """Let PostgreSQL look at the tables that it knows nothing of; return their names.

    Without figures it plans by the width of an index, and reads a project from end to end. It
    comes by itself only a minute after a table was filled.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN_TABLES, [WORTH_KNOWING])
        unknown = [name for (name,) in cursor.fetchall()]
        for name in unknown:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
    return unknown


def first_id_of(moment: datetime) -> UUID:
    """Return the lowest UUID version 7 of a moment: ids carry milliseconds in their first bits."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
