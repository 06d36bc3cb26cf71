"""Sessions of people: stored with their owner, ended when idle, listed and ended by them.

The settings name this module as Django's session engine.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import Q

from moderation.models import WebSession

#: Where the session itself keeps these facts.
ADDRESS, DEVICE, STARTED, SEEN = "address", "device", "started_at", "seen_at"
#: How exactly `seen_at` is known: each step costs a write.
SEEN_STEP = timedelta(minutes=5)
#: The clocks of two servers may differ by so much.
MOST_AHEAD = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Django's store in the database, with the owner in a column."""

    @classmethod
    def get_model_class(cls) -> type[WebSession]:
        return WebSession

    def create_model_instance(self, data: dict[str, Any]) -> WebSession:
        row: WebSession = super().create_model_instance(data)  # type: ignore[assignment]
        row.person_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.address = data.get(ADDRESS) or None
        row.device = data.get(DEVICE, "")
        row.started_at = moment_of(data.get(STARTED))
        row.seen_at = moment_of(data.get(SEEN))
        return row


def moment_of(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def begin(session: SessionBase, *, address: str, device: str, now: datetime) -> None:
    """Note where and when somebody signed in."""
    session[ADDRESS], session[DEVICE] = address, device[:200].replace("\0", "")
    session[STARTED] = session[SEEN] = now.timestamp()


def is_over(session: SessionBase, now: datetime) -> bool:
    """Say whether a session was idle for too long, or began too long ago.

    So did one that began in the future: the clock was set back, and it would last for ever.
    """
    started, seen = moment_of(session.get(STARTED)), moment_of(session.get(SEEN))
    is_idle = seen is not None and not -MOST_AHEAD <= now - seen <= settings.SESSION_IDLE
    return is_idle or (
        started is not None and not -MOST_AHEAD <= now - started <= settings.SESSION_LONGEST
    )


def note_seen(session: SessionBase, now: datetime) -> None:
    """Note that the session is in use; writes at most once in SEEN_STEP."""
    seen = moment_of(session.get(SEEN))
    if seen is None or now - seen > SEEN_STEP:
        session[SEEN] = now.timestamp()
        session.setdefault(STARTED, now.timestamp())


# --- For their owner


def sessions_of(person: User, now: datetime) -> list[WebSession]:
    """Return the person's running sessions, the latest used first."""
    running = WebSession.objects.filter(person=person, expire_date__gt=now)
    in_use = Q(seen_at=None) | Q(seen_at__gt=now - settings.SESSION_IDLE)
    return list(running.filter(in_use).order_by("-seen_at", "pk"))


def end_session(person: User, handle: str, now: datetime) -> bool:
    """End the person's session with this handle; return False if there is none."""
    chosen = [session for session in sessions_of(person, now) if session.handle == handle]
    for session in chosen:
        session.delete()
    return bool(chosen)


def end_others(person: User, kept: str | None) -> int:
    """End all of the person's sessions except the one with this key; return how many."""
    others = WebSession.objects.filter(person=person).exclude(session_key=kept)
    return others.delete()[0]


def forget_ended(now: datetime) -> int:
    """Delete sessions that have ended; their sockets close within seconds."""
    ended = Q(expire_date__lte=now) | Q(seen_at__lte=now - settings.SESSION_IDLE)
    too_long = Q(started_at__lte=now - settings.SESSION_LONGEST)
    ahead = Q(started_at__gt=now + MOST_AHEAD) | Q(seen_at__gt=now + MOST_AHEAD)
    return WebSession.objects.filter(ended | too_long | ahead).delete()[0]
