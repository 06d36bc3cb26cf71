"""What a project may take with it as files: content, decisions, bans, audit log, report."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.utils import timezone

from moderation.admin.exporting import cell_of
from moderation.audit import write_audit
from moderation.errors import Invalid
from moderation.events import iso
from moderation.models import AuditEntry, Ban, ModerationLog, Project
from moderation.spreadsheets import CONTENT_TYPES as SHEET_TYPES
from moderation.spreadsheets import Cell, write_csv, write_xlsx
from reviews.models import Decision, ExportOrder
from reviews.transparency import USUAL, Period, report_of

#: A PDF is for reading; more rows than these take minutes to lay out.
MOST_IN_PDF = 5_000
#: A sheet of Excel holds 1,048,576 rows, of which one is the head.
MOST_IN_XLSX = 1_048_575
BATCH = 2_000
CONTENT_TYPES = {**SHEET_TYPES, "pdf": "application/pdf", "json": "application/json"}
FORMS = tuple(CONTENT_TYPES)
ACTION = "rows.exported"


@dataclass(frozen=True)
class Column:
    name: str
    path: str
    #: In a PDF, relative to the others; 0 leaves it out there.
    width: float = 0


@dataclass(frozen=True)
class Kind:
    model: type[Model]
    #: The column of time: rows are told by it, the oldest first.
    moment: str
    columns: tuple[Column, ...]


KINDS: Mapping[str, Kind] = {
    "content": Kind(
        ModerationLog,
        "created_at",
        (
            Column("created_at", "created_at", 4.2),
            Column("content_id", "id"),
            Column("message_id", "message_id"),
            Column("user_id", "user_id", 3),
            Column("username", "username"),
            Column("channel_id", "channel_id", 3),
            Column("content", "content", 12),
            Column("language", "language"),
            Column("status", "status", 2),
            Column("verdict", "verdict", 1.5),
            Column("severity", "severity", 1.9),
            Column("score", "score", 1.5),
            Column("action", "action", 2),
            Column("reasons", "reasons", 3),
            Column("is_approved", "is_approved"),
            Column("moderator_type", "moderator_type"),
            Column("moderator_name", "moderator_name"),
            Column("revision", "revision"),
            Column("policy_version", "policy_version"),
            Column("judged_at", "judged_at"),
        ),
    ),
    "decisions": Kind(
        Decision,
        "decided_at",
        (
            Column("decided_at", "decided_at", 4.2),
            Column("decision_id", "id"),
            Column("review_id", "review_id"),
            Column("content_id", "review__log_id"),
            Column("message_id", "review__log__message_id"),
            Column("user_id", "review__log__user_id", 3),
            Column("channel_id", "review__log__channel_id", 3),
            Column("decision", "ruling", 2),
            Column("reason_code", "reason_code", 3),
            Column("note", "note", 6),
            Column("decided_by", "decided_by", 3),
            Column("undone_at", "undone_at", 4.2),
            Column("undone_by", "undone_by", 2),
        ),
    ),
    "bans": Kind(
        Ban,
        "issued_at",
        (
            Column("issued_at", "issued_at", 4.2),
            Column("ban_id", "id"),
            Column("user_id", "user_id", 3),
            Column("channel_id", "channel_id", 3),
            Column("type", "type", 2),
            Column("reason", "reason", 6),
            Column("issued_by", "issued_by", 3),
            Column("expires_at", "expires_at", 4.2),
            Column("lifted_at", "lifted_at", 4.2),
            Column("lifted_by", "lifted_by", 2),
            Column("lift_reason", "lift_reason", 4),
        ),
    ),
    "audit": Kind(
        AuditEntry,
        "created_at",
        (
            Column("created_at", "created_at", 4.2),
            Column("id", "id"),
            Column("actor", "actor", 3),
            Column("action", "action", 3),
            Column("object_type", "object_type", 2),
            Column("object_id", "object_id", 4),
            Column("data", "data", 10),
        ),
    ),
}


#: Not rows of a table: the figures of the transparency report.
TRANSPARENCY = "transparency"
FIGURES = (Column("figure", "", 3), Column("value", "", 1))
NAMES = (*KINDS, TRANSPARENCY)


@dataclass(frozen=True)
class Export:
    """What is asked for."""

    project: Project
    kind: str
    form: str
    since: datetime | None = None
    until: datetime | None = None

    @property
    def file_name(self) -> str:
        return f"{self.project.slug}-{self.kind}.{self.form}"

    @property
    def columns(self) -> tuple[Column, ...]:
        if self.kind == TRANSPARENCY:
            return FIGURES
        columns = KINDS[self.kind].columns
        return tuple(one for one in columns if one.width) if self.form == "pdf" else columns

    @property
    def rows(self) -> QuerySet[Any]:
        kind = KINDS[self.kind]
        found = kind.model._default_manager.filter(project=self.project)
        if self.since:
            found = found.filter(**{f"{kind.moment}__gte": self.since})
        if self.until:
            found = found.filter(**{f"{kind.moment}__lt": self.until})
        return found.order_by(kind.moment, "pk")


def export(
    wanted: Export,
    file: IO[bytes],
    *,
    actor: str,
    most: int | None = None,
    told: Callable[[int, int], object] = lambda done, total: None,
) -> int:
    """Write the rows to the file and note it in the audit log; return how many rows.

    told: called with how many of how many rows are done. Invalid for more rows than `most`, or
    than the format takes: a file cut short looks like a whole one.
    """
    rows, total = _rows(wanted, told)
    _refuse_too_many(wanted, total, most)
    WRITERS[wanted.form](wanted, file, rows)
    facts = {"rows": total, "form": wanted.form, "since": iso(wanted.since)}
    write_audit(
        wanted.project, actor, ACTION, f"{wanted.kind}:", {**facts, "until": iso(wanted.until)}
    )
    return total


def order_export(wanted: Export, *, actor: str, most: int) -> ExportOrder:
    """Keep what is asked for, up to now, to be downloaded; Invalid for more rows than `most`."""
    now = timezone.now()
    until = min(wanted.until, now) if wanted.until else now
    bounded = replace(wanted, until=until)
    _, total = _rows(bounded, lambda done, of: None)
    _refuse_too_many(bounded, total, most)
    return ExportOrder.objects.create(
        project=wanted.project, kind=wanted.kind, format=wanted.form, since=wanted.since,
        until=until, rows=total, requested_by=actor, created_at=now,
    )  # fmt: skip


def _refuse_too_many(wanted: Export, total: int, most: int | None) -> None:
    limits = {"pdf": MOST_IN_PDF, "xlsx": MOST_IN_XLSX}
    limit = min(limits.get(wanted.form, total), total if most is None else most)
    if total > limit:
        raise Invalid(
            "rows",
            f"These are {total:,} rows, and this export takes {limit:,}: narrow it with since and "
            "until" + (", or take csv or json." if wanted.form in limits else "."),
        )


def _rows(
    wanted: Export, told: Callable[[int, int], object]
) -> tuple[Iterator[Iterable[Any]], int]:
    """Return the rows, not read yet, and how many they are."""
    if wanted.kind == TRANSPARENCY:
        figures = _figures(wanted)
        return iter(figures), len(figures)
    total = wanted.rows.count()
    return _cells(wanted, total, told), total


def _figures(wanted: Export) -> list[tuple[str, Any]]:
    """Return the report's figures under their names with dots; of its usual time unless told."""
    until = wanted.until or timezone.now()
    report = report_of(wanted.project, Period(wanted.since or until - USUAL, until))
    return list(_flat(report))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield name, value
        return
    for key, inner in value.items():
        yield from _flat(inner, f"{name}.{key}" if name else str(key))


def _cells(
    wanted: Export, total: int, told: Callable[[int, int], object]
) -> Iterator[Iterable[Any]]:
    paths = [column.path for column in wanted.columns]
    rows = wanted.rows.values_list(*paths).iterator(chunk_size=BATCH)
    for done, row in enumerate(rows, start=1):
        yield row
        if done % BATCH == 0:
            told(done, total)
    told(total, total)


# --- Formats


def _table(wanted: Export, rows: Iterable[Iterable[Any]]) -> Iterator[list[Cell]]:
    yield [column.name for column in wanted.columns]
    yield from ([cell_of(value) for value in row] for row in rows)


def _write_json(wanted: Export, file: IO[bytes], rows: Iterable[Iterable[Any]]) -> None:
    """Write a list of objects, one a line, so that it need not be held whole."""
    names = [column.name for column in wanted.columns]
    file.write(b"[")
    for number, row in enumerate(rows):
        values = (iso(value) if isinstance(value, datetime) else value for value in row)
        entry = dict(zip(names, values, strict=True))
        text = json.dumps(entry, ensure_ascii=False, cls=DjangoJSONEncoder)
        file.write((",\n" if number else "\n").encode() + text.encode(errors="replace"))
    file.write(b"\n]\n")


def _write_pdf(wanted: Export, file: IO[bytes], rows: Iterable[Iterable[Any]]) -> None:
    from moderation.pdf_tables import write_pdf  # noqa: PLC0415 (6 MB that few servers ever need)

    title = f"{wanted.project.name}: {wanted.kind}"
    widths = [column.width for column in wanted.columns]
    write_pdf(file, _table(wanted, rows), title=title, widths=widths)


WRITERS: Mapping[str, Callable[[Export, IO[bytes], Iterator[Iterable[Any]]], None]] = {
    "csv": lambda wanted, file, rows: write_csv(file, _table(wanted, rows)),
    "xlsx": lambda wanted, file, rows: write_xlsx(file, _table(wanted, rows)),
    "pdf": _write_pdf,
    "json": _write_json,
}
