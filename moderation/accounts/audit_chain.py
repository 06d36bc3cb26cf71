"""The audit log's chain: each entry's hash covers the one before it; each end is signed.

Transactions commit in another order than their ids were made, so the relay appends entries to the
chain later (`append_to_chain`); until then nobody would notice a changed entry. Each time it signs
the new end as an anchor. Anchors are numbered and name the one before, and none is ever changed, so
a missing one is noticed. The chain continues only from what the newest anchor signed.

Whoever removes the newest anchors together with their entries, or takes those out of the chain, has
a shorter log that looks whole. Every relay remembers the newest anchor that it saw, so this works
only while no server runs; copies outside (audit_witness.py) show it even then.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Max

from moderation.lib.errors import GavelError
from moderation.models import AuditAnchor, AuditEntry, Project

BATCH = 500
#: The digest before the first entry.
START = "0" * 64
_signer = Signer(salt="gavel.audit")


class ChainBroken(GavelError):
    """The end of the chain is not what the newest anchor signed: nothing is appended to it."""

    code = "audit_broken"
    status = 500


def digest_of_entry(entry: AuditEntry, before: str) -> str:
    """Return the chain's SHA-256 up to this entry, hex; `before` is that of its predecessor."""
    facts = [
        entry.pk,
        entry.project_id,
        entry.actor,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.data,
        entry.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    if entry.identity:
        facts.append(entry.identity)
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()


@transaction.atomic
def append_to_chain(now: datetime) -> int:
    """Append the next entries and sign the last of them; return how many.

    ChainBroken if the chain does not end where the newest anchor says: continuing would sign what
    somebody forged.
    """
    # Lock the newest anchor against others; before the first one the constraint lets one win.
    anchor = AuditAnchor.objects.select_for_update().first()
    refuse_lost_anchor(anchor)
    entries = list(AuditEntry.objects.filter(position=None).order_by("id")[:BATCH])
    if not entries:
        return 0
    refuse_forged_end(anchor)
    position, digest = (anchor.position, anchor.digest) if anchor else (0, START)
    for entry in entries:
        position += 1
        digest = digest_of_entry(entry, digest)
        entry.position, entry.digest = position, digest
    AuditEntry.objects.bulk_update(entries, ["position", "digest"], batch_size=100)
    added = AuditAnchor(
        number=(anchor.number or 0) + 1 if anchor else 1,
        before=anchor.signature if anchor else "",
        day=now.date(),
        position=position,
        digest=digest,
        sealed_at=now,
    )
    added.signature = _signer.signature(_signed(added))
    added.save(force_insert=True)
    return len(entries)


#: The newest anchor that this process saw: its number and signature; empty before the first.
_seen: dict[str, tuple[int, str]] = {}


def remember_newest_anchor() -> None:
    """Let this process notice later if the newest anchor of now is gone."""
    _remember(newest_anchor())


def _remember(anchor: AuditAnchor | None) -> None:
    if anchor and anchor.number and anchor.number > _seen.get("newest", (0, ""))[0]:
        _seen["newest"] = (anchor.number, anchor.signature)


def forget_anchors() -> None:
    """Start as a new process does."""
    _seen.clear()


def refuse_lost_anchor(newest: AuditAnchor | None) -> None:
    """Raise ChainBroken if an anchor that this process saw is gone; remember the newest."""
    if "newest" in _seen:
        number, signature = _seen["newest"]
        if not AuditAnchor.objects.filter(number=number, signature=signature).exists():
            raise ChainBroken(
                f"The audit log's signature number {number} is gone: somebody wrote to the "
                "database, or restored a backup while servers were running. If that was you, "
                "restart all servers and workers. New entries wait until then."
            )
    _remember(newest)


def refuse_forged_end(anchor: AuditAnchor | None) -> None:
    """Raise ChainBroken unless the last entry is the one that the anchor signed."""
    chained = AuditEntry.objects.exclude(position=None).order_by("-position")
    rows = list(chained[:2])
    if anchor is None:
        is_whole = not rows
    else:
        before = rows[1].digest if len(rows) == 2 else START
        is_whole = (
            has_valid_signature(anchor)
            and bool(rows)
            and (rows[0].position, rows[0].digest) == (anchor.position, anchor.digest)
            and digest_of_entry(rows[0], before) == anchor.digest
        )
    if not is_whole:
        place = anchor.position if anchor else 0
        raise ChainBroken(
            f"The audit log does not end at entry {place}, which was signed last: somebody wrote "
            "to the database, or SECRET_KEY was changed without SECRET_KEY_FALLBACKS. Run "
            "verify_audit. New entries wait until the log is restored."
        )


def has_valid_signature(anchor: AuditAnchor) -> bool:
    try:
        _signer.unsign(f"{_signed(anchor)}{_signer.sep}{anchor.signature}")
    except BadSignature:
        return False
    return True


def _signed(anchor: AuditAnchor) -> str:
    if anchor.number is None:  # of a version that did not number them
        return f"{anchor.position}:{anchor.digest}"
    return f"{anchor.number}:{anchor.position}:{anchor.digest}:{anchor.before}"


# --- Checking


@dataclass(frozen=True)
class Broken:
    """The first place where the chain is broken."""

    position: int
    #: None if the entry itself is gone.
    entry: AuditEntry | None
    why: str


@dataclass(frozen=True)
class ChainState:
    checked: int
    #: Entries that are not in the chain yet.
    pending: int
    anchor: AuditAnchor | None
    broken: Broken | None = None


def verify() -> Iterator[int | ChainState]:
    """Check the whole chain; yield the number of checked entries now and then, the state last.

    A running relay appends meanwhile. So each read comes before the reads of what it is held
    against, which can only have grown since, and entries after the first newest anchor wait for
    the next check.
    """
    newest = newest_anchor()
    pending = AuditEntry.objects.filter(position=None).count()
    checked, digest, broken = 0, START, broken_anchor()
    anchors = {} if broken else dict(AuditAnchor.objects.values_list("position", "digest"))
    signed = newest.position if newest else 0
    chained = AuditEntry.objects.filter(position__lte=signed).order_by("position")
    for entry in chained.iterator(chunk_size=BATCH) if broken is None else ():
        broken = _first_fault(entry, checked + 1, digest, anchors)
        if broken:
            break
        checked, digest = checked + 1, entry.digest
        if checked % BATCH == 0:
            yield checked
    if broken is None:
        broken = _broken_end(checked, signed) or _missing_beginning()
    yield ChainState(checked, pending, newest, broken)


def _first_fault(
    entry: AuditEntry, position: int, before: str, anchors: dict[int, str]
) -> Broken | None:
    if entry.position != position:
        return Broken(position, None, "the entry at this place is gone")
    if entry.digest != digest_of_entry(entry, before):
        return Broken(position, entry, "the entry was altered or moved")
    if anchors.get(position, entry.digest) != entry.digest:
        return Broken(position, entry, "it differs from what was signed here")
    return None


def _broken_end(checked: int, signed: int) -> Broken | None:
    if signed > checked:
        return Broken(checked + 1, None, f"{signed - checked} entries at the end are gone")
    last = AuditEntry.objects.aggregate(last=Max("position"))["last"] or 0
    newest = newest_anchor()
    if last > (newest.position if newest else 0):
        return Broken(signed + 1, None, "no signature says how the chain ended")
    return None


def _missing_beginning() -> Broken | None:
    """Return the fault if the log lacks the creation of a project: somebody emptied it."""
    projects = list(Project.objects.order_by("pk"))
    created = AuditEntry.objects.filter(action="project.created", object_type="project")
    known = set(created.values_list("object_id", flat=True))
    for project in projects:
        if str(project.pk) not in known:
            return Broken(1, None, f"the entry about the creation of {project.slug} is gone")
    return None


def broken_anchor() -> Broken | None:
    """Return the first anchor that was altered, or whose predecessor is missing."""
    before, number = "", 0
    for anchor in AuditAnchor.objects.order_by("position").iterator(chunk_size=BATCH):
        if not has_valid_signature(anchor):
            when = f"{anchor.sealed_at:%Y-%m-%d %H:%M} UTC"
            why = f"the signature of {when} is not from this SECRET_KEY"
            return Broken(anchor.position, None, why)
        if anchor.number is not None:
            if anchor.number != number + 1 or anchor.before != before:
                return Broken(anchor.position, None, "a signature before this one is gone")
            number = anchor.number
        before = anchor.signature
    return None


# --- For lists


def marks_of(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Return each entry's mark by id: `chained`, `broken` or `waiting` (not in the chain yet)."""
    before = [entry.position - 1 for entry in entries if entry.position]
    rows = AuditEntry.objects.filter(position__in=before).values_list("position", "digest")
    digests: dict[int | None, str] = {0: START, **dict(rows)}
    marks = {}
    for entry in entries:
        if entry.position is None:
            marks[entry.pk] = "waiting"
            continue
        digest = digest_of_entry(entry, digests.get(entry.position - 1, ""))
        marks[entry.pk] = "chained" if entry.digest == digest else "broken"
    return marks


def newest_anchor() -> AuditAnchor | None:
    return AuditAnchor.objects.first()
