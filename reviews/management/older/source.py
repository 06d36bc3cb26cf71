"""Read an older service's tables: an SQLite file, or a folder with one export for each table."""

import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from moderation.lib.errors import Invalid

Row = dict[str, Any]
ENDINGS = (".jsonl", ".ndjson", ".json", ".csv")
SQLITE_HEAD = b"SQLite format 3\0"
#: Metadata of one message may be a cell of this size.
LONGEST_CELL = 16 * 1024 * 1024


class LeftOut(Exception):
    """A row cannot be imported; the message says why, and fits many rows."""


class Source(Protocol):
    def names(self) -> set[str]:
        """Return the names of the tables, in lower case."""

    def rows(self, name: str) -> Iterator[Row]:
        """Yield a table's rows, in the order in which they were stored."""

    def count(self, name: str) -> int: ...


def source_at(path: Path) -> Source:
    """Return the tables in a file or folder. Raises Invalid if it is neither of the two kinds."""
    if path.is_dir():
        return Folder(path)
    with path.open("rb") as file:
        if file.read(len(SQLITE_HEAD)) != SQLITE_HEAD:
            raise Invalid(
                "file",
                f"{path} is neither an SQLite file nor a folder with an export for each table",
            )
    return SqliteFile(path)


class SqliteFile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> set[str]:
        return set(self._tables())

    def rows(self, name: str) -> Iterator[Row]:
        with self._read(f"SELECT * FROM {quoted(self._tables()[name])}") as rows:  # noqa: S608 (quoted)
            yield from map(dict, rows)

    def count(self, name: str) -> int:
        with self._read(f"SELECT COUNT(*) FROM {quoted(self._tables()[name])}") as rows:  # noqa: S608 (quoted)
            return int(rows.fetchone()[0])

    def _tables(self) -> dict[str, str]:
        with self._read("SELECT name FROM sqlite_master WHERE type = 'table'") as rows:
            return {row["name"].lower(): row["name"] for row in rows}

    @contextmanager
    def _read(self, statement: str) -> Iterator[sqlite3.Cursor]:
        address = f"{self._path.resolve().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                yield connection.execute(statement)
        except sqlite3.DatabaseError as error:
            raise Invalid("file", f"{self._path} cannot be read ({error})") from error


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Folder:
    """Files `TABLE.csv` with a heading, `TABLE.jsonl` as mongoexport writes it, or `TABLE.json`."""

    def __init__(self, path: Path) -> None:
        self._files = {
            file.stem.lower(): file for file in sorted(path.iterdir()) if file.suffix in ENDINGS
        }

    def names(self) -> set[str]:
        return set(self._files)

    def rows(self, name: str) -> Iterator[Row]:
        file = self._files[name]
        try:
            yield from csv_rows(file) if file.suffix == ".csv" else json_rows(file)
        except (ValueError, csv.Error) as error:
            raise Invalid("file", f"{file} cannot be read ({error})") from error

    def count(self, name: str) -> int:
        return sum(1 for _ in self.rows(name))


def csv_rows(file: Path) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def json_rows(file: Path) -> Iterator[Row]:
    with file.open(encoding="utf-8-sig") as lines:
        if file.suffix == ".json" and lines.read(1) == "[":
            lines.seek(0)
            found: Iterable[Any] = json.load(lines)
        else:
            lines.seek(0)
            found = (json.loads(line) for line in lines if line.strip())
        for row in found:
            if not isinstance(row, dict):
                raise ValueError("each row must be an object")  # noqa: TRY004 (as for other content)
            yield {key: plain(value) for key, value in row.items()}


def plain(value: Any) -> Any:
    """Return MongoDB's Extended JSON as plain values: {"$date": …}, {"$oid": …}, numbers."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), *_ = value.items()
        if key in ("$oid", "$date"):
            return plain(inner)
        if key in ("$numberInt", "$numberLong"):
            return int(inner)
        if key == "$numberDouble":
            return float(inner)
    return {key: plain(inner) for key, inner in value.items()}


# --- Cells


def text_in(row: Row, name: str, default: str = "") -> str:
    value = row.get(name)
    return default if value is None or value == "" else str(value)


def needed_in(row: Row, name: str, longest: int = 200) -> str:
    """Return a text that must be there. Raises LeftOut without one, or if it is too long."""
    value = text_in(row, name)
    if not value:
        raise LeftOut(f"has no {name}")
    if len(value) > longest:
        raise LeftOut(f"{name} has more than {longest} characters")
    return value.replace("\0", "")


def flag_in(row: Row, name: str, *, default: bool = False) -> bool:
    value = row.get(name)
    if value is None or value == "":
        return default
    return str(value).lower() in ("1", "true", "t", "yes")


def number_in(row: Row, name: str, default: float = 0.0) -> float:
    try:
        return float(row.get(name) or default)
    except (TypeError, ValueError):
        return default


def object_in(row: Row, name: str) -> Any:
    """Return a cell's JSON, whether it is text or parsed already; {} if it is neither."""
    value = row.get(name)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return {} if value is None else value


def moment_in(row: Row, name: str) -> datetime | None:
    """Return a time in UTC: ISO 8601, with or without a zone (then UTC), or seconds or ms of 1970.

    Raises LeftOut for what is neither.
    """
    value = row.get(name)
    if value is None or value == "":
        return None
    try:
        if str(value).lstrip("-").replace(".", "", 1).isdigit():
            seconds = float(value)
            return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        read = datetime.fromisoformat(str(value).strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise LeftOut(f"{name} is not a time") from error


def needed_moment(row: Row, name: str) -> datetime:
    if (moment := moment_in(row, name)) is None:
        raise LeftOut(f"has no {name}")
    return moment
