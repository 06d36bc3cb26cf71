"""Store when each API key was last used, in a thread beside the requests."""

import logging
import threading
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import Q

from moderation.accounts.key_lookup import note_used_key, take_used_keys
from moderation.models import ApiKey

logger = logging.getLogger(__name__)

#: All processes together write a key's row at most once in this time.
STORE_INTERVAL = timedelta(minutes=1)
#: A killed process loses the uses of this time.
PAUSE_SECONDS = 15.0


def run_once() -> int:
    """Store when this process's keys were last used; return how many rows were written."""
    used = take_used_keys()
    if not used:
        return 0
    try:
        # Read first: an update that changes nothing takes SQLite's lock all the same.
        known = ApiKey.objects.filter(pk__in=used).values_list("pk", "last_used_at")
        count = 0
        for pk, before in known:
            if before is None or before <= used[pk] - STORE_INTERVAL:
                count += _store_one(pk, used[pk])
    except Exception:
        for key_id, moment in used.items():
            note_used_key(key_id, moment)
        raise
    return count


def _store_one(key_id: int, moment: datetime) -> int:
    is_due = Q(last_used_at=None) | Q(last_used_at__lte=moment - STORE_INTERVAL)
    return ApiKey.objects.filter(is_due, pk=key_id).update(last_used_at=moment)


def run_until(stopped: threading.Event) -> None:
    """Store now and then until the event is set, and once at the end; errors are logged."""
    is_over = False
    while not is_over:
        is_over = stopped.wait(PAUSE_SECONDS)
        try:
            run_once()
        except Exception:
            logger.exception("The last uses of keys were not stored")
        finally:
            # Not worth keeping a connection open that works a few milliseconds every 15 s.
            connections.close_all()


def start_in_process() -> None:
    """Store in a daemon thread, for a process without a relay."""
    arguments = [threading.Event()]
    threading.Thread(target=run_until, args=arguments, name="key-use", daemon=True).start()
