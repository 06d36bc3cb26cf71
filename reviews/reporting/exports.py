"""Export a project's data as files: content, decisions, bans, audit log, transparency report."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.utils import timezone

from moderation.accounts.audit import write_audit
from moderation.accounts.covered_words import covered_content
from moderation.events.event import iso
from moderation.lib.errors import Invalid
from moderation.lib.spreadsheets import CONTENT_TYPES as SHEET_TYPES
from moderation.lib.spreadsheets import Cell, write_csv, write_xlsx
from moderation.models import AuditEntry, Ban, ModerationLog, Project
from moderation.queries.cells import cell_of
from reviews.models import Decision, ExportOrder
from reviews.reporting.hours import Span
from reviews.reporting.transparency import USUAL, report_of

#: A PDF is for reading, and laying out more rows takes minutes.
MOST_IN_PDF = 5_000
#: An Excel sheet holds 1,048,576 rows, one of them the header.
MOST_IN_XLSX = 1_048_575
BATCH = 2_000
CONTENT_TYPES = {**SHEET_TYPES, "pdf": "application/pdf", "json": "application/json"}
FORMS = tuple(CONTENT_TYPES)
#: What tells where in a message something was found.
FOUND = ("severity", "matches", "pii")
ACTION = "rows.exported"
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Text:
    """A message's text with what was found in it."""

    content: str
    severity: str
    matches: list[Any]
    pii: list[Any]


@dataclass(frozen=True)
class Column:
    name: str
    path: str
    #: Width in a PDF, relative to the others; 0 leaves the column out there.
    width: float = 0


@dataclass(frozen=True)
class Kind:
    model: type[Model]
    #: The time column that orders and bounds the rows, oldest first.
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


#: The kind that has no table: the figures of the transparency report.
TRANSPARENCY = "transparency"
FIGURES = (Column("figure", "", 3), Column("value", "", 1))
NAMES = (*KINDS, TRANSPARENCY)


@dataclass(frozen=True)
class ExportSpec:
    """What to export: a kind of row, a format and a period; `until` is exclusive."""

    project: Project
    kind: str
    form: str
    since: datetime | None = None
    until: datetime | None = None
    #: Whether dots stand in place of the words and the personal data that were found in texts.
    is_covered: bool = False

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
        rows = kind.model._default_manager.filter(project=self.project)
        if self.since:
            rows = rows.filter(**{f"{kind.moment}__gte": self.since})
        if self.until:
            rows = rows.filter(**{f"{kind.moment}__lt": self.until})
        return rows.order_by(kind.moment, "pk")


def export(
    spec: ExportSpec,
    file: IO[bytes],
    *,
    actor: str,
    most: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Write the rows to the file and record it in the audit log; return the number of rows.

    progress: called with the number of rows that are done, and of all. Invalid for more rows than
    `most` or than the format takes: a truncated file would look complete.
    """
    rows, total = _rows(spec, progress)
    _refuse_too_many(spec, total, most)
    WRITERS[spec.form](spec, file, rows)
    facts = {
        "rows": total,
        "form": spec.form,
        "covered": spec.is_covered,
        "since": iso(spec.since),
        "until": iso(spec.until),
    }
    write_audit(spec.project, actor, ACTION, f"{spec.kind}:", facts)
    return total


def order_export(spec: ExportSpec, *, actor: str, most: int) -> ExportOrder:
    """Store the export, up to now, for download; Invalid for more rows than `most`."""
    now = timezone.now()
    until = min(spec.until, now) if spec.until else now
    bounded = replace(spec, until=until)
    _, total = _rows(bounded, None)
    _refuse_too_many(bounded, total, most)
    return ExportOrder.objects.create(
        project=spec.project, kind=spec.kind, format=spec.form, since=spec.since,
        until=until, rows=total, requested_by=actor, created_at=now,
    )  # fmt: skip


def _refuse_too_many(spec: ExportSpec, total: int, most: int | None) -> None:
    limits = {"pdf": MOST_IN_PDF, "xlsx": MOST_IN_XLSX}
    limit = min(limits.get(spec.form, total), total if most is None else most)
    if total > limit:
        raise Invalid(
            "rows",
            f"{total:,} rows are too many, this export takes {limit:,}: narrow it with since and "
            "until" + (", or choose csv or json." if spec.form in limits else "."),
        )


def _rows(spec: ExportSpec, progress: Progress | None) -> tuple[Iterator[Iterable[Any]], int]:
    """Return the rows, which are not read yet, and their number."""
    if spec.kind != TRANSPARENCY:
        total = spec.rows.count()
        return _stored_rows(spec, total, progress), total
    until = spec.until or timezone.now()
    try:
        since = spec.since or until - USUAL
    except OverflowError:
        raise Invalid("until", "is too early") from None
    if since >= until:
        raise Invalid("since", "must be before until")
    report = report_of(spec.project, Span(since, until))
    figures = list(_flat(report))
    return iter(figures), len(figures)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield a report's figures with dotted names."""
    if not isinstance(value, dict):
        yield name, value
        return
    for key, inner in value.items():
        yield from _flat(inner, f"{name}.{key}" if name else str(key))


def _stored_rows(
    spec: ExportSpec, total: int, progress: Progress | None
) -> Iterator[Iterable[Any]]:
    paths = [column.path for column in spec.columns]
    covers = spec.is_covered and spec.kind == "content"
    rows = spec.rows.values_list(*paths, *(FOUND if covers else ()))
    at = paths.index("content") if covers else 0
    for done, row in enumerate(rows.iterator(chunk_size=BATCH), start=1):
        if covers:
            *cells, severity, matches, pii = row
            cells[at] = covered_content(Text(cells[at], severity, matches, pii), plain_kinds=())
            yield cells
        else:
            yield row
        if progress and done % BATCH == 0:
            progress(done, total)
    if progress:
        progress(total, total)


# --- Formats


def _table(spec: ExportSpec, rows: Iterable[Iterable[Any]]) -> Iterator[list[Cell]]:
    yield [column.name for column in spec.columns]
    yield from ([cell_of(value) for value in row] for row in rows)


def _write_json(spec: ExportSpec, file: IO[bytes], rows: Iterable[Iterable[Any]]) -> None:
    """Write a list of objects, one on each line, so that memory need not hold all of them."""
    names = [column.name for column in spec.columns]
    file.write(b"[")
    for number, row in enumerate(rows):
        values = (iso(value) if isinstance(value, datetime) else value for value in row)
        entry = dict(zip(names, values, strict=True))
        text = json.dumps(entry, ensure_ascii=False, cls=DjangoJSONEncoder)
        file.write((",\n" if number else "\n").encode() + text.encode(errors="replace"))
    file.write(b"\n]\n")


def _write_pdf(spec: ExportSpec, file: IO[bytes], rows: Iterable[Iterable[Any]]) -> None:
    from moderation.lib.pdf_tables import write_pdf  # noqa: PLC0415 (loads slowly)

    title = f"{spec.project.name}: {spec.kind}"
    widths = [column.width for column in spec.columns]
    write_pdf(file, _table(spec, rows), title=title, widths=widths)


WRITERS: Mapping[str, Callable[[ExportSpec, IO[bytes], Iterator[Iterable[Any]]], None]] = {
    "csv": lambda spec, file, rows: write_csv(file, _table(spec, rows)),
    "xlsx": lambda spec, file, rows: write_xlsx(file, _table(spec, rows)),
    "pdf": _write_pdf,
    "json": _write_json,
}
