"""What the leader does now and then: end what has expired, delete what nobody needs any more."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from moderation.accounts.audit_chain import ChainBroken, append_to_chain
from moderation.accounts.audit_witness import publish_anchors
from moderation.accounts.project_deletion import remove_deleted
from moderation.accounts.sessions import forget_ended
from moderation.delivery.relay.alerts import Alerts
from moderation.delivery.relay.background import Background
from moderation.delivery.relay.set_back import SLACK, release_what_waits_for_ever
from moderation.models import Lease, OutboxEvent, Project
from moderation.models.events import Audience
from moderation.models.ids import first_id_of
from moderation.pipeline.notices import notify_projects
from moderation.pipeline.retention import remove_old
from moderation.pipeline.tasks import forget_old
from moderation.sanctions.bans import SYSTEM, expire_sanctions

logger = logging.getLogger(__name__)

#: Numbered events that a project keeps for replay (docs/realtime.md).
KEPT_FOR_REPLAY = 10_000
#: How long sent external events stay, so that people can look up what was sent.
EXTERNAL_KEPT = timedelta(days=1)
#: Staff are told this often that the audit log was forged.
FORGERY_REPEATED = timedelta(hours=1)
#: A table with fewer rows needs no statistics.
LEAST_ROWS = 50
UNKNOWN_TABLES = """
    SELECT relname FROM pg_stat_user_tables
    WHERE schemaname = ANY (current_schemas(false)) AND n_live_tup >= %s
        AND last_analyze IS NULL AND last_autoanalyze IS NULL
"""


def chain_audit_entries(now: datetime) -> None:
    """Append all new entries of the audit log to its chain.

    If the log was forged, staff are told every hour, and nothing is signed until it is restored.
    """
    try:
        while append_to_chain(now):
            pass
    except ChainBroken as error:
        if notify_projects("error", error.detail, repeated=FORGERY_REPEATED, now=now):
            logger.critical("The audit log was forged: %s", error.detail)


#: A server that does not answer would hold up the relay for longer than its lease.
anchor_copies = Background(publish_anchors)


def copy_anchors(now: datetime) -> None:
    """Copy the audit log's signatures out, in a thread of its own."""
    if settings.AUDIT_ANCHOR_FILE or settings.AUDIT_ANCHOR_URL:
        anchor_copies.start(now)


def prune(now: datetime) -> int:
    """Delete sent events that neither a replay nor a person needs; return how many."""
    deleted = 0
    sent = OutboxEvent.objects.filter(sent_at__isnull=False)
    for project in Project.objects.filter(last_seq__gt=KEPT_FOR_REPLAY):
        old = sent.filter(
            audience=Audience.INTERNAL, project=project, seq__lte=project.last_seq - KEPT_FOR_REPLAY
        )
        deleted += old.delete()[0]
    # Keep what a decision caused: an undo, at any time, must know whether it was sent.
    external = sent.filter(audience=Audience.EXTERNAL, cause=None)
    return deleted + external.filter(id__lt=first_id_of(now - EXTERNAL_KEPT)).delete()[0]


def analyze_new_tables(_now: datetime) -> list[str]:
    """Let PostgreSQL collect statistics on the tables that have none; return their names.

    Without statistics it plans by the width of an index and reads a project from end to end.
    Autovacuum gets to a table only a minute after it was filled.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN_TABLES, [LEAST_ROWS])
        unknown = [name for (name,) in cursor.fetchall()]
        for name in unknown:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
    return unknown


class DailyCleanup:
    """Removes content after its retention time, once a day, a little at a time.

    A row of the leases says when it is due again; the first time is a day after the first start.
    A project that fails does not stop the others; all are tried again after an hour.
    """

    NAME = "cleanup"
    EVERY = timedelta(days=1)
    AFTER_FAILURE = timedelta(hours=1)
    #: For one run; the relay has events to number as well.
    MOST_SECONDS = 0.5

    def __init__(self) -> None:
        self._batches: Iterator[int] | None = None
        self._has_failed = False

    def run(self, now: datetime) -> None:
        if self._batches is None:
            if not self._is_due(now):
                return
            self._batches, self._has_failed = self._remove(now), False
        until = time.monotonic() + self.MOST_SECONDS
        try:
            for _ in self._batches:
                if time.monotonic() > until:
                    return
        except Exception:
            # A generator that has raised looks as if it were finished.
            self._batches = None
            raise
        self._batches = None
        pause = self.AFTER_FAILURE if self._has_failed else self.EVERY
        Lease.objects.filter(name=self.NAME).update(expires_at=now + pause)

    def _is_due(self, now: datetime) -> bool:
        fields = {"holder": SYSTEM, "expires_at": now + self.EVERY}
        lease, is_new = Lease.objects.get_or_create(name=self.NAME, defaults=fields)
        # Later than a day ahead: the clock was set back.
        is_over = lease.expires_at <= now or lease.expires_at > now + self.EVERY + SLACK
        return not is_new and is_over

    def _remove(self, now: datetime) -> Iterator[int]:
        for project in Project.objects.order_by("pk"):
            old = remove_old(project, None, actor=SYSTEM, now=now)
            yield from self._survive(old, project.slug)
        yield from self._survive(remove_deleted(now, actor=SYSTEM), "deleted projects")

    def _survive(self, batches: Iterator[int], place: str) -> Iterator[int]:
        """Yield the batches; log what they raise, and go on."""
        try:
            yield from batches
        except Exception:
            logger.exception("The cleanup failed", extra={"place": place})
            self._has_failed = True
            yield 0


alerts = Alerts()
daily_cleanup = DailyCleanup()
JOBS = (
    release_what_waits_for_ever,
    expire_sanctions,
    chain_audit_entries,
    copy_anchors,
    forget_old,
    forget_ended,
    prune,
    analyze_new_tables,
    alerts.watch_volume,
    alerts.watch_lag,
    daily_cleanup.run,
)


def do_all(now: datetime) -> None:
    """Do every job; one that fails is logged and stops neither the others nor the relay."""
    for job in [*JOBS, *map(import_string, settings.HOUSEKEEPING)]:
        try:
            job(now)
        except Exception:
            logger.exception("Housekeeping failed", extra={"job": job.__qualname__})
