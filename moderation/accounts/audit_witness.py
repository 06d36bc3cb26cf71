"""Copies of the audit log's signatures outside the database, for those who distrust it.

Whoever can write to the database and knows SECRET_KEY could make the log again from any entry on.
Anchors in a file of another machine, or sent to one, show that it was different once.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from moderation.accounts.audit_chain import Broken
from moderation.events.event import iso
from moderation.lib.errors import Invalid
from moderation.lib.http_client import CallFailed, post
from moderation.lib.json_types import JsonObject
from moderation.models import AuditAnchor

BATCH = 500
ACCEPTED = range(200, 300)


def publish_anchors(now: datetime) -> int:
    """Copy the newest anchors to where the settings say; return how many.

    CallFailed if the server at AUDIT_ANCHOR_URL did not take them: they are sent again later.
    """
    if not settings.AUDIT_ANCHOR_FILE and not settings.AUDIT_ANCHOR_URL:
        return 0
    anchors = list(AuditAnchor.objects.filter(published_at=None).order_by("position")[:BATCH])
    if not anchors:
        return 0
    rows = [row_of(anchor) for anchor in anchors]
    if settings.AUDIT_ANCHOR_URL:
        body = json.dumps({"anchors": rows}).encode()
        answer = post(settings.AUDIT_ANCHOR_URL, body, {"Content-Type": "application/json"})
        if answer.status not in ACCEPTED:
            raise CallFailed(f"AUDIT_ANCHOR_URL answered {answer.status}")
    if settings.AUDIT_ANCHOR_FILE:
        append_to_file(Path(settings.AUDIT_ANCHOR_FILE), rows)
    published = AuditAnchor.objects.filter(pk__in=[anchor.pk for anchor in anchors])
    return published.update(published_at=now)


def append_to_file(path: Path, rows: list[JsonObject]) -> None:
    """Add a line of JSON for each row, and wait until the disk has them."""
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def row_of(anchor: AuditAnchor) -> JsonObject:
    return {
        "number": anchor.number,
        "position": anchor.position,
        "digest": anchor.digest,
        "before": anchor.before,
        "signature": anchor.signature,
        "sealed_at": iso(anchor.sealed_at),
    }


def broken_outside() -> Broken | None:
    """Return what AUDIT_ANCHOR_FILE shows to be forged; None if nothing, or if it is not set."""
    if not settings.AUDIT_ANCHOR_FILE:
        return None
    path = Path(settings.AUDIT_ANCHOR_FILE)
    published = AuditAnchor.objects.exclude(published_at=None).order_by("position").first()
    if not path.exists():
        return Broken(published.position, None, f"{path} is gone") if published else None
    return broken_by_file(path)


def broken_by_file(path: Path) -> Broken | None:
    """Return the first anchor of the file that the database lacks or has differently."""
    # The file first: a running relay adds anchors to the database, then to the file.
    copies = list(_lines_of(path))
    stored = dict(AuditAnchor.objects.values_list("position", "signature"))
    for position, signature in copies:
        if position not in stored:
            return Broken(position, None, f"{path} has a signature that the database lacks")
        if stored[position] != signature:
            return Broken(position, None, f"{path} has another signature")
    return None


def _lines_of(path: Path) -> Iterator[tuple[int, str]]:
    with path.open() as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
                yield int(row["position"]), str(row["signature"])
            except (ValueError, TypeError, KeyError):
                raise Invalid("anchors", f"line {number} of {path} is no anchor") from None
