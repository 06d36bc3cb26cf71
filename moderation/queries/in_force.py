"""What is in force in a project: its compiled ruleset, policy and trusted authors, per process."""

import logging
import threading
import time
from dataclasses import dataclass
from typing import cast

from django.db import DatabaseError, connection
from django.utils import timezone

from moderation.engine.policy import Policy, policy_from_dict
from moderation.engine.ruleset import Ruleset
from moderation.models import BlacklistWord, PolicyVersion, Project
from moderation.queries.compiling import (
    InForce,
    build,
    build_over,
    compile_ruleset,
    entry_of,
)

#: A change acts in every process within 1 s (CONTRACT section 3), so look twice as often.
LOOK_SECONDS = 0.5
#: Longer lists are compiled aside: by then it takes a tenth of a second.
LONG_LIST = 5_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Look:
    #: When the version was read, on the monotonic clock.
    at: float
    found: InForce


_looks: dict[int, _Look] = {}
_locks: dict[int, threading.Lock] = {}
#: When this process itself changed a project: what was looked up before is not served.
_changes: dict[int, float] = {}
#: Projects whose long lists a thread of its own compiles.
_compiling: set[int] = set()


def in_force(project: Project) -> InForce:
    """Return the ruleset and policy that judge this project's next message.

    One caller looks for a change and compiles; the others go on with what was in force. A list
    that takes long to compile is compiled aside and swapped whole when it is ready; until then
    what changed is laid over the list that is there.
    """
    look = _looks.get(project.pk)
    if look and _is_fresh(project, look):
        return look.found
    lock = _locks.setdefault(project.pk, threading.Lock())
    must_wait = look is None or look.at <= _changes.get(project.pk, 0.0)
    if not lock.acquire(blocking=must_wait):
        return cast(_Look, look).found
    try:
        look = _looks.get(project.pk)
        return look.found if look and _is_fresh(project, look) else _found(project, look)
    finally:
        lock.release()


def _is_fresh(project: Project, look: _Look) -> bool:
    is_known = look.at > _changes.get(project.pk, 0.0)
    return is_known and time.monotonic() - look.at < LOOK_SECONDS and _still_valid(look.found)


def policy_of(project: Project) -> Policy:
    return in_force(project).policy


def forget_in_force(project: Project) -> None:
    """Make this process look again at once, after a change made here."""
    _changes[project.pk] = time.monotonic()


def _found(project: Project, before: _Look | None) -> InForce:
    """Look for a change, compile if there is one, and remember; the caller holds the lock."""
    at = time.monotonic()
    version = Project.objects.values_list("ruleset_version", flat=True).get(pk=project.pk)
    is_known = before is not None and before.at > _changes.get(project.pk, 0.0)
    if before and is_known and before.found.version == version and _still_valid(before.found):
        current = before.found
    elif before and _has_long_list(project):
        _compile_aside(project)
        current = build_over(Project.objects.get(pk=project.pk), before.found) or before.found
    else:
        current = build(Project.objects.get(pk=project.pk))
    _looks[project.pk] = _Look(at, current)
    return current


def _has_long_list(project: Project) -> bool:
    words = BlacklistWord.objects.filter(project=project).in_force(timezone.now())
    return words.order_by()[: LONG_LIST + 1].count() > LONG_LIST


def _compile_aside(project: Project) -> None:
    if project.pk in _compiling:
        return
    _compiling.add(project.pk)
    threading.Thread(target=_compile_and_swap, args=(project.pk,), daemon=True).start()


def _compile_and_swap(pk: int) -> None:
    at = time.monotonic()
    try:
        look = _Look(at, build(Project.objects.get(pk=pk)))
        # Behind the lock, so that no look that began before overwrites the whole list.
        with _locks.setdefault(pk, threading.Lock()):
            _looks[pk] = look
    except DatabaseError:
        # What was in force stays so, and the next look tries again.
        logger.exception("A ruleset could not be compiled", extra={"project": pk})
    finally:
        connection.close()
        _compiling.discard(pk)


def _still_valid(current: InForce) -> bool:
    return current.until is None or timezone.now() < current.until


def policy_at(project: Project, number: int) -> Policy:
    """Return a version of the policy; the one in force where that version is not kept."""
    current = in_force(project)
    if current.policy_version == number:
        return current.policy
    stored = PolicyVersion.objects.filter(project=project, number=number).first()
    return policy_from_dict(stored.data) if stored else current.policy


def ruleset_of(word: BlacklistWord) -> Ruleset:
    """Compile a word that need not be stored, alone with the project's exceptions and rules."""
    return compile_ruleset(word.project, [entry_of(word)], policy_of(word.project))
