"""The audit log's chain: each entry's hash covers the one before it, and each day's end is signed.

Transactions commit in another order than their ids were made, so entries have no place in the
chain until the relay gives them one (`seal`); until then they may still be altered unseen.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction

from moderation.models import AuditAnchor, AuditEntry

BATCH = 500
#: What stands before the first entry.
START = "0" * 64
_signer = Signer(salt="gavel.audit")


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
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()


@transaction.atomic
def seal(now: datetime) -> int:
    """Give the next entries their places and anchor the last of them; return how many."""
    # Whoever seals holds the newest anchor; before the first one the constraint lets one win.
    list(AuditAnchor.objects.select_for_update()[:1])
    waiting = list(AuditEntry.objects.filter(position=None).order_by("id")[:BATCH])
    if not waiting:
        return 0
    last = AuditEntry.objects.exclude(position=None).order_by("-position").first()
    position, digest = (last.position or 0, last.digest) if last else (0, START)
    for entry in waiting:
        position += 1
        digest = digest_of_entry(entry, digest)
        entry.position, entry.digest = position, digest
    AuditEntry.objects.bulk_update(waiting, ["position", "digest"], batch_size=100)
    anchor = {"position": position, "digest": digest, "sealed_at": now}
    signature = _signer.signature(_signed(position, digest))
    AuditAnchor.objects.update_or_create(
        day=now.date(), defaults={**anchor, "signature": signature}
    )
    return len(waiting)


def _signed(position: int, digest: str) -> str:
    return f"{position}:{digest}"


# --- Checking


@dataclass(frozen=True)
class Broken:
    """The first place at which the chain does not hold."""

    position: int
    #: None where the entry itself is gone.
    entry: AuditEntry | None
    why: str


@dataclass(frozen=True)
class ChainState:
    checked: int
    #: Entries that have no place in the chain yet.
    unsealed: int
    anchor: AuditAnchor | None
    broken: Broken | None = None


def verify() -> Iterator[int | ChainState]:
    """Check the whole chain; yield how many entries were checked now and then, its state last."""
    anchors = {anchor.position: anchor for anchor in AuditAnchor.objects.all()}
    newest = anchors[max(anchors)] if anchors else None
    unsealed = AuditEntry.objects.filter(position=None).count()
    checked, digest, broken = 0, START, _badly_signed(anchors.values())
    sealed = AuditEntry.objects.exclude(position=None).order_by("position")
    for entry in sealed.iterator(chunk_size=BATCH) if broken is None else ():
        broken = _first_fault(entry, checked + 1, digest, anchors)
        if broken:
            break
        checked, digest = checked + 1, entry.digest
        if checked % BATCH == 0:
            yield checked
    yield ChainState(checked, unsealed, newest, broken or _cut_short(checked, newest))


def _first_fault(
    entry: AuditEntry, position: int, before: str, anchors: dict[int, AuditAnchor]
) -> Broken | None:
    if entry.position != position:
        return Broken(position, None, "the entry at this place is gone")
    if entry.digest != digest_of_entry(entry, before):
        return Broken(position, entry, "the entry was altered or moved")
    anchor = anchors.get(position)
    if anchor and anchor.digest != entry.digest:
        return Broken(position, entry, f"it differs from what was signed on {anchor.day}")
    return None


def _badly_signed(anchors: Iterable[AuditAnchor]) -> Broken | None:
    for anchor in anchors:
        text = _signed(anchor.position, anchor.digest)
        try:
            _signer.unsign(f"{text}{_signer.sep}{anchor.signature}")
        except BadSignature:
            why = f"the signature of {anchor.day} is not by this SECRET_KEY"
            return Broken(anchor.position, None, why)
    return None


def _cut_short(checked: int, newest: AuditAnchor | None) -> Broken | None:
    if newest and newest.position > checked:
        return Broken(checked + 1, None, f"{newest.position - checked} entries at the end are gone")
    if newest is None and checked:
        return Broken(1, None, "no signature says what the chain had come to")
    return None


# --- For lists


def marks_of(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Return for each entry's id whether it stands in the chain: `sealed`, `broken`, `waiting`."""
    before = [entry.position - 1 for entry in entries if entry.position]
    rows = AuditEntry.objects.filter(position__in=before).values_list("position", "digest")
    digests = {0: START, **dict(rows)}
    return {entry.pk: _mark(entry, digests) for entry in entries}


def _mark(entry: AuditEntry, digests: dict[int | None, str]) -> str:
    if entry.position is None:
        return "waiting"
    before = digests.get(entry.position - 1, "")
    return "sealed" if entry.digest == digest_of_entry(entry, before) else "broken"


def newest_anchor() -> AuditAnchor | None:
    return AuditAnchor.objects.first()
