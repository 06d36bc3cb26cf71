"""Find the caller of an API key; each process caches keys for a moment."""

import hashlib
import secrets
import time
from datetime import datetime

from django.utils import timezone

from moderation.accounts.callers import Caller
from moderation.models import ApiKey

#: A revoked key is refused within 1 s in every process (docs/members.md, "Keys").
KEY_CACHE_SECONDS = 0.8
KEY_CACHE_SIZE = 10_000


def new_key() -> str:
    """Return a new key: 256 random bits after a prefix that secret scanners recognise."""
    return f"gvl_{secrets.token_urlsafe(32)}"


def digest_of(key: str) -> str:
    """Return the SHA-256 of a key, hex; enough, because keys are random."""
    return hashlib.sha256(key.encode()).hexdigest()


_verified: dict[str, tuple[float, Caller]] = {}


def caller_of_key(raw: str) -> Caller | None:
    """Return the caller of this key; None if it is unknown, revoked or expired."""
    try:
        digest = digest_of(raw)
    except UnicodeEncodeError:
        return None
    cached = _verified.get(digest)
    if cached and time.monotonic() - cached[0] < KEY_CACHE_SECONDS:
        return cached[1]
    now = timezone.now()
    keys = ApiKey.objects.usable(now).select_related("project")
    key = keys.filter(digest=digest, project__deleted_at=None).first()
    if key is None:
        _verified.pop(digest, None)
        return None
    note_used_key(key.pk, now)
    if len(_verified) >= KEY_CACHE_SIZE:
        _verified.clear()
    caller = Caller(
        project=key.project,
        name=key.name,
        scopes=frozenset(key.scopes),
        key_id=key.pk,
        key_maker=key.made_by,
        rate_per_minute=key.rate_per_minute,
        rate_per_hour=key.rate_per_hour,
    )
    _verified[digest] = (time.monotonic(), caller)
    return caller


#: Key id → when it was last used; key_usage.py stores it outside the requests.
_used: dict[int, datetime] = {}


def note_used_key(key_id: int, moment: datetime) -> None:
    _used[key_id] = max(moment, _used.get(key_id, moment))


def take_used_keys() -> dict[int, datetime]:
    """Return when keys were used since the last call; accurate to KEY_CACHE_SECONDS."""
    taken = {}
    # One by one: other threads note uses meanwhile.
    while _used:
        key_id, moment = _used.popitem()
        taken[key_id] = moment
    return taken


def forget_keys() -> None:
    """Empty this process's cache after a key was changed here."""
    _verified.clear()
