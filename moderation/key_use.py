"""When each API key was used last: remembered in the process, stored beside the requests."""

import logging
import threading
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import Q

from moderation import identity
from moderation.models import ApiKey

logger = logging.getLogger(__name__)

#: A key's row is written at most once in this time, by all processes together.
COARSE = timedelta(minutes=1)
#: A process that is killed forgets the uses of this time.
PAUSE_SECONDS = 15.0


def run_once() -> int:
    """Store when this process's keys were used last; return how many rows were written."""
    used = identity.take_used_keys()
    try:
        return _store(used)
    except Exception:
        for key_id, moment in used.items():
            identity.note_used_key(key_id, moment)
        raise


def _store(used: dict[int, datetime]) -> int:
    if not used:
        return 0
    # Read first: an update that changes nothing takes SQLite's lock all the same.
    known = ApiKey.objects.filter(pk__in=used).values_list("pk", "last_used_at")
    due = [pk for pk, before in known if before is None or before <= used[pk] - COARSE]
    return sum(_store_one(pk, used[pk]) for pk in due)


def _store_one(key_id: int, moment: datetime) -> int:
    not_yet = Q(last_used_at=None) | Q(last_used_at__lte=moment - COARSE)
    return ApiKey.objects.filter(not_yet, pk=key_id).update(last_used_at=moment)


def run_until(stopped: threading.Event) -> None:
    """Store now and then until the event is set, and once more then; errors are survived."""
    is_over = False
    while not is_over:
        is_over = stopped.wait(PAUSE_SECONDS)
        try:
            run_once()
        except Exception:
            logger.exception("When keys were used last was not stored")
        finally:
            # A connection for a few milliseconds in a quarter of a minute is not worth keeping.
            connections.close_all()


def start_in_process() -> None:
    """Store in a daemon thread of this process, where no relay runs that would do it."""
    arguments = [threading.Event()]
    threading.Thread(target=run_until, args=arguments, name="key-use", daemon=True).start()
