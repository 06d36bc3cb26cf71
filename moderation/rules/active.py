"""What is active in a project: its compiled ruleset, policy and trusted authors, per process."""

import logging
import threading
import time
from dataclasses import dataclass, replace

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from moderation.engine.custom_rules.ruleset import Ruleset
from moderation.engine.giving_way import urgent
from moderation.engine.verdict.policy import Policy, policy_from_dict
from moderation.events.event import SYSTEM_NOTIFICATION, Event, iso
from moderation.events.outbox import publish
from moderation.models import BlacklistWord, PolicyVersion, Project
from moderation.rules.compile import (
    ActiveRuleset,
    build,
    build_from_changes,
    build_without_lists,
    compile_ruleset,
    entry_of,
)

#: A change acts in every process within 1 s (docs/blacklist.md), so check twice as often.
CHECK_SECONDS = 0.5
#: Longer lists take a tenth of a second or more to compile, so a thread does it.
LONG_LIST = 5_000

FAILED = "A ruleset could not be compiled"
STALE = "The project's words and rules could not be compiled: an earlier version is in force."

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Entry:
    """One project in the cache."""

    #: When its version was read, on the monotonic clock.
    read_at: float
    ruleset: ActiveRuleset


_cache: dict[int, _Entry] = {}
_locks: dict[int, threading.Lock] = {}
#: When this process itself changed a project: entries read before that are out of date.
_changed_at: dict[int, float] = {}
#: Projects whose long lists a thread is compiling.
_compiling: set[int] = set()


def active_ruleset(project: Project) -> ActiveRuleset:
    """Return the ruleset and policy that judge this project's next message.

    One caller checks for a change and compiles; meanwhile the others use the cached ruleset. A
    list that takes long to compile is compiled in the background; until it is ready, the changes
    are laid over the cached one.
    """
    entry = _cache.get(project.pk)
    if entry and _is_fresh(project, entry):
        return entry.ruleset
    lock = _locks.setdefault(project.pk, threading.Lock())
    if entry is None or _is_outdated(project, entry):
        lock.acquire()
    elif not lock.acquire(blocking=False):
        return entry.ruleset
    try:
        entry = _cache.get(project.pk)
        if entry is None or not _is_fresh(project, entry):
            # Who waits for the lock waits for this, too.
            with urgent():
                entry = _cache[project.pk] = _refresh(project, entry)
        return entry.ruleset
    finally:
        lock.release()


def _is_fresh(project: Project, entry: _Entry) -> bool:
    is_recent = time.monotonic() - entry.read_at < CHECK_SECONDS
    return is_recent and not _is_outdated(project, entry) and not _has_expired(entry.ruleset)


def _is_outdated(project: Project, entry: _Entry) -> bool:
    return entry.read_at <= _changed_at.get(project.pk, 0.0)


def _has_expired(ruleset: ActiveRuleset) -> bool:
    return ruleset.until is not None and ruleset.until <= timezone.now()


def policy_of(project: Project) -> Policy:
    return active_ruleset(project).policy


def invalidate(project: Project) -> None:
    """Make this process check for changes at once, after a change made here."""
    _changed_at[project.pk] = time.monotonic()


def _refresh(project: Project, entry: _Entry | None) -> _Entry:
    """Return an entry that holds every stored change. The caller holds the project's lock."""
    read_at = time.monotonic()
    stored = Project.objects.get(pk=project.pk)
    cached = entry.ruleset if entry else None
    if entry and not _needs_compiling(project, stored, entry):
        return _Entry(read_at, entry.ruleset)
    try:
        return _Entry(read_at, _changed(stored, cached) if cached else build(stored))
    except DatabaseError:
        raise
    except Exception:
        logger.exception(FAILED, extra={"project": stored.slug})
        return _Entry(read_at, _fallen_back(stored, cached))


def _needs_compiling(project: Project, stored: Project, entry: _Entry) -> bool:
    if _is_outdated(project, entry) or _has_expired(entry.ruleset):
        return True
    return entry.ruleset.version != stored.ruleset_version


def _changed(project: Project, cached: ActiveRuleset) -> ActiveRuleset:
    """Return the ruleset with what has changed; what takes long, a thread compiles."""
    words = BlacklistWord.objects.filter(project=project).active(timezone.now())
    if words.order_by()[: LONG_LIST + 1].count() <= LONG_LIST:
        return build(project)
    # First, because reading rows beside a thread that compiles takes fifty times as long.
    amended = build_from_changes(project, cached) or cached
    if cached.is_stale:
        # What the changes are laid over is a part or an older list: only all of it is complete.
        amended = replace(amended, is_stale=True)
    if project.pk not in _compiling:
        _compiling.add(project.pk)
        threading.Thread(target=_compile_in_thread, args=(project.pk,), daemon=True).start()
    return amended


def _fallen_back(project: Project, cached: ActiveRuleset | None) -> ActiveRuleset:
    """Tell staff that the ruleset cannot be compiled; return what stays in force.

    That is the ruleset before, or after a start the built-in lists with the project's policy. It
    is not tried again until something changes; that a word has expired changes nothing.
    """
    if cached is None or not cached.is_stale:
        _notify(project)
    if cached is None:
        return build_without_lists(project)
    return replace(cached, version=project.ruleset_version, until=None, is_stale=True)


def _notify(project: Project) -> None:
    now = timezone.now()
    data = {"type": "error", "message": STALE, "timestamp": iso(now), "persistent": True}
    try:
        with transaction.atomic():
            publish(Event(project, SYSTEM_NOTIFICATION, data), now=now)
    except DatabaseError:
        logger.exception("Staff could not be told")


def count_stale() -> int:
    """Return how many projects' stored rules this process could not compile."""
    return sum(entry.ruleset.is_stale for entry in list(_cache.values()))


def _compile_in_thread(pk: int) -> None:
    read_at = time.monotonic()
    try:
        entry = _Entry(read_at, build(Project.objects.get(pk=pk)))
        # Under the lock, so that no refresh that began earlier overwrites the whole list.
        with _locks.setdefault(pk, threading.Lock()):
            _cache[pk] = entry
    except DatabaseError:
        # The cached ruleset stays active, and the next refresh tries again.
        logger.exception("A ruleset could not be read", extra={"project": pk})
    except Exception:
        logger.exception(FAILED, extra={"project": pk})
        with _locks.setdefault(pk, threading.Lock()):
            if (last := _cache.get(pk)) and (stored := Project.objects.filter(pk=pk).first()):
                _cache[pk] = _Entry(read_at, _fallen_back(stored, last.ruleset))
    finally:
        connection.close()
        _compiling.discard(pk)


def policy_at(project: Project, number: int) -> Policy:
    """Return a version of the policy; the active policy if that version is not stored."""
    active = active_ruleset(project)
    if active.policy_version == number:
        return active.policy
    stored = PolicyVersion.objects.filter(project=project, number=number).first()
    return policy_from_dict(stored.data) if stored else active.policy


def ruleset_of(word: BlacklistWord) -> Ruleset:
    """Compile one word, stored or not, with the project's exceptions and rules."""
    return compile_ruleset(word.project, [entry_of(word)], policy_of(word.project))
