"""All that a project stores about an author, as one file: what they may ask for (GDPR art. 15)."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import QuerySet

from moderation.accounts.audit import write_audit
from moderation.events.event import iso
from moderation.lib.errors import Invalid, NotFound
from moderation.models import (
    Ban,
    ChatStrike,
    LogRevision,
    ModerationLog,
    Picture,
    Project,
    Strike,
    WhitelistedUser,
)
from moderation.pipeline.tasks import waiting_of
from reviews.models import Appeal, AuthorNote, Decision, Report

BATCH = 500
ACTION = "author.exported"
VERDICT = (
    "content", "language", "verdict", "severity", "score", "reasons", "categories", "matches",
    "pii", "detected_words", "action", "message", "strike_count", "revision", "judged_at",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Rows of one kind: which ones, and the fields that the file gets."""

    rows: Callable[[Project, str], QuerySet[Any]]
    fields: tuple[str, ...]


def _of_author(model: Any, name: str = "user_id", project: str = "project") -> Callable[..., Any]:
    return lambda of, user_id: model.objects.filter(**{project: of, name: user_id}).order_by("pk")


#: Names of moderators and reporters are other people's data, so they are left out.
PARTS: Mapping[str, Part] = {
    "messages": Part(
        _of_author(ModerationLog),
        ("id", "message_id", "channel_id", "username", "reply_to", "metadata", "content_type",
         "status", "is_approved", "is_violation", "created_at", "changed_at", *VERDICT),
    ),
    "earlier_revisions": Part(
        _of_author(LogRevision, "log__user_id", "log__project"), ("log_id", *VERDICT)
    ),
    "pictures": Part(
        _of_author(Picture, "log__user_id", "log__project"), ("log_id", "media_type", "data")
    ),
    "decisions": Part(
        _of_author(Decision, "review__log__user_id"),
        ("review__log_id", "ruling", "reason_code", "note", "decided_at", "undone_at"),
    ),
    "reports_received": Part(
        _of_author(Report, "log__user_id"), ("log_id", "reason", "revision", "created_at")
    ),
    "strikes": Part(
        _of_author(Strike),
        ("id", "channel_id", "log_id", "given_at", "expires_at", "ended_at", "revoked_at"),
    ),
    "chat_strikes": Part(
        _of_author(ChatStrike), ("id", "channel_id", "log_id", "given_at", "expires_at")
    ),
    "bans": Part(
        _of_author(Ban),
        ("id", "channel_id", "type", "reason", "issued_at", "expires_at", "lifted_at",
         "lift_reason"),
    ),
    "appeals": Part(
        _of_author(Appeal),
        ("id", "log_id", "ban_id", "statement", "status", "outcome", "answer", "created_at",
         "decided_at"),
    ),
    "reports_made": Part(
        _of_author(Report, "reporter_id"), ("log_id", "reason", "note", "created_at")
    ),
    "notes": Part(_of_author(AuthorNote), ("text", "created_at")),
    "whitelist": Part(_of_author(WhitelistedUser), ("note", "added_at")),
}  # fmt: skip


@transaction.atomic
def export_author(
    project: Project, user_id: str, file: IO[bytes], *, actor: str, now: datetime, most: int = 0
) -> dict[str, int]:
    """Write the author's data as JSON and record that; return the number of rows of each part.

    NotFound for an author of whom nothing is stored, Invalid for more than `most` rows (0: any).
    """
    waiting = waiting_of(project, user_id)
    counts = {name: part.rows(project, user_id).count() for name, part in PARTS.items()}
    counts["waiting_messages"] = len(waiting)
    total = sum(counts.values())
    if not total:
        raise NotFound(f"nothing is stored of {user_id!r} in {project.slug}")
    if most and total > most:
        raise Invalid("user_id", f"{total:,} rows are too many here: use the command export_author")
    head = {"project_id": project.slug, "user_id": user_id, "exported_at": iso(now)}
    file.write(_json(head)[:-1])
    for name, part in PARTS.items():
        _write_rows(file, name, _rows(part, project, user_id))
    sent = ({"message_id": task.message_id, **task.message} for task in waiting)
    _write_rows(file, "waiting_messages", sent)
    file.write(b"\n}\n")
    write_audit(project, actor, ACTION, f"author:{user_id}", {"rows": total}, now=now)
    return counts


def _rows(part: Part, project: Project, user_id: str) -> Iterator[dict[str, Any]]:
    rows = part.rows(project, user_id).values_list(*part.fields)
    names = [_NAMES.get(name, name) for name in part.fields]
    for values in rows.iterator(chunk_size=BATCH):
        yield {name: _plain(value) for name, value in zip(names, values, strict=True)}


_NAMES = {"log_id": "content_id", "review__log_id": "content_id", "ruling": "decision"}


def _write_rows(file: IO[bytes], name: str, rows: Iterator[dict[str, Any]]) -> None:
    """Write a list, one row on each line, so that memory need not hold all of them."""
    file.write(f",\n{json.dumps(name)}: [".encode())
    for number, row in enumerate(rows):
        file.write((b",\n" if number else b"\n") + _json(row))
    file.write(b"]")


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
    return text.encode(errors="replace")


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return iso(value) if isinstance(value, datetime) else value
