"""Read rows for the blacklist from CSV, JSON or a plain list of words, as people save them."""

import codecs
import csv
import io
import json
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from moderation.lib.errors import Invalid
from moderation.lib.spreadsheets import FORMULA_STARTS
from moderation.rules.imports import IMPORTED_FIELDS

#: docs/limits.md, "Sizes".
MOST_ROWS = 100_000
YES, NO = {"true", "yes", "1"}, {"false", "no", "0"}
#: Fields whose values are names, which a file may write with capitals and blanks.
NAMED = ("category", "severity", "match")
#: Fields that a caller may set for rows without them; a plain list needs the first two.
DEFAULTS = ("category", "language", "severity")
SEPARATORS = (",", ";", "\t", "|")
LINE_END = re.compile(r"\r\n|\n|\r")
#: Excel writes it above the heading.
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
#: A list whose lines look like this is a table without a heading.
CELLS = re.compile(r"[^,;\t|]+[,;\t|]")
LINES_LOOKED_AT = 20
MARKS = ((BOM_UTF8, "utf-8-sig"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
CHARSETS = ("utf-8", "utf-16", "windows-1252", "iso-8859-1")
#: Their names in Python, which knows their other names.
CODECS = {codecs.lookup(charset).name for charset in CHARSETS}
#: Characters beyond ASCII in UTF-8, and bytes that hardly stand in a text in Windows-1252.
UTF8_SEQUENCE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")
NOT_WINDOWS_1252 = re.compile(rb"[\x00-\x08\x0e-\x1f\xfe\xff]")

Row = Mapping[str, Any]
Item = TypeVar("Item")


def rows_from(path: Path, defaults: Row | None = None) -> list[Row]:
    """Return the rows of a file; its content tells its format."""
    return [row for _, row in numbered_rows(text_of(path.read_bytes()), defaults)]


def text_of(data: bytes, charset: str = "") -> str:
    """Return a file's text: in the charset, in that of its byte order mark, or in UTF-8.

    What is not UTF-8 is read as Windows-1252 if it looks like that. Raises Invalid.
    """
    if charset and not _is_known(charset):
        raise Invalid("file", f"has an unknown charset: use one of {', '.join(CHARSETS)}")
    marked = next((name for mark, name in MARKS if data.startswith(mark)), "")
    name = marked or charset.lower() or "utf-8"
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        if name == "utf-8" and not charset and _looks_like_windows_1252(data):
            return data.decode("windows-1252")
        where = f"{error.reason} at byte {error.start}"
        shown = "UTF-8" if name.startswith("utf-8") else name
        raise Invalid("file", f"is not {shown}: {where}") from error
    if not text.strip():
        raise Invalid("file", "is empty")
    return text


def _is_known(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in CODECS
    except LookupError:
        return False


def _looks_like_windows_1252(data: bytes) -> bool:
    if UTF8_SEQUENCE.search(data) or NOT_WINDOWS_1252.search(data):
        return False  # A damaged text in UTF-8, or something else.
    try:
        data.decode("windows-1252")
    except UnicodeDecodeError:
        return False
    return True


def numbered_rows(text: str, defaults: Row | None = None) -> list[tuple[int, Row]]:
    """Return the rows of a text, each with its line (CSV, plain list) or position (JSON).

    defaults: values of DEFAULTS for rows without them. Raises Invalid.
    """
    defaults = {name: value for name, value in (defaults or {}).items() if value}
    if "category" in defaults:
        defaults = {"severity": "medium", **defaults}
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] in ("[", "{"):
        return list(enumerate(rows_of_json(text, defaults), start=1))
    return rows_of_lines(text, defaults)


# --- CSV and plain lists


def rows_of_lines(text: str, defaults: Row) -> list[tuple[int, Row]]:
    """Return line and row of a CSV text with a heading, or of a list of one word a line."""
    skipped = 0
    separators: tuple[str, ...] = SEPARATORS
    lines = LINE_END.split(text, maxsplit=LINES_LOOKED_AT)[:LINES_LOOKED_AT]
    if stated := SEPARATOR_LINE.fullmatch(lines[0]):
        skipped, separators = 1, (stated[1],)
        text = LINE_END.split(text, maxsplit=1)[1] if len(lines) > 1 else ""
    first = next((line for line in lines[skipped:] if line.strip()), "")
    best = max(separators, key=lambda separator: len(_known_headings(first, separator)))
    if "word" in _known_headings(first, best):
        return _rows_of_csv(text, best, skipped, defaults)
    _refuse_table(first, lines, best, defaults)
    numbered = enumerate(LINE_END.split(text), start=1 + skipped)
    words = ((line, word.strip()) for line, word in numbered)
    return _bounded((line, {**defaults, "word": word}) for line, word in words if word)


def _refuse_table(first: str, lines: Sequence[str], separator: str, defaults: Row) -> None:
    """Raise Invalid for a text that is no plain list of words with a category and a language."""
    tables = sum(bool(CELLS.match(line)) for line in lines)
    if 2 * tables > len(lines) or len(_known_headings(first, separator)) > 1:
        names = ", ".join(cell.strip() for cell in _cells(first, separator))[:100]
        raise Invalid(
            "file",
            f"the first line has no column 'word', but: {names}. "
            f"It must name columns out of {', '.join(sorted(IMPORTED_FIELDS))}",
        )
    if missing := [name for name in ("category", "language") if name not in defaults]:
        raise Invalid(
            "file",
            "the first line has no column 'word'. For a list of one word a line, "
            f"choose its {' and '.join(missing)}",
        )


def _known_headings(line: str, separator: str) -> list[str]:
    names = map(_heading, _cells(line, separator))
    return [name for name in names if name in IMPORTED_FIELDS]


def _cells(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])


def _heading(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().lower())


def _rows_of_csv(text: str, separator: str, skipped: int, defaults: Row) -> list[tuple[int, Row]]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    start = 1
    try:
        headings = [_heading(cell) for cell in next(cells for cells in reader if any(cells))]
        if twice := next((name for name in headings if name and headings.count(name) > 1), ""):
            raise Invalid("file", f"the first line names the column {twice!r} twice")

        def rows() -> Iterator[tuple[int, Row]]:
            nonlocal start
            start = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num + skipped, {**defaults, **_row_of(headings, cells)}
                start = reader.line_num + 1

        return _bounded(rows())
    except csv.Error as error:
        why = "a quotation mark is never closed" if "end of data" in str(error) else str(error)
        raise Invalid("file", f"line {start + skipped}: {why}") from error


def _row_of(headings: Sequence[str], cells: Sequence[str]) -> Row:
    """Return the filled cells of a line under their headings."""
    names = [*headings, *[""] * (len(cells) - len(headings))]
    filled = ((name, cell.strip()) for name, cell in zip(names, cells, strict=False))
    row = {name or "more cells than columns": unguarded(cell) for name, cell in filled if cell}
    for name in NAMED:
        if name in row:
            row[name] = _heading(row[name])
    flag = str(row.get("is_regex", "")).lower()
    return {**row, "is_regex": flag in YES} if flag in YES | NO else row


def unguarded(cell: Any) -> Any:
    """Remove the apostrophe that exports put before a value that looks like a formula."""
    is_guarded = isinstance(cell, str) and cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS)
    return cell[1:] if is_guarded else cell


# --- JSON


def rows_of_json(text: str, defaults: Row) -> list[Row]:
    """Return the rows of a JSON list of words or of `{category: {language: [words]}}`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("file", f"is not valid JSON: {error}") from error
    rows = _bounded(_rows_of_tree(value) if isinstance(value, dict) else value)
    if "category" in defaults:
        rows = [{"word": row} if isinstance(row, str) else row for row in rows]
    if not all(isinstance(row, dict) for row in rows):
        raise Invalid("file", "each item of the list must be an object with a 'word'")
    return [{**defaults, **row} for row in rows]


def _rows_of_tree(tree: Mapping[str, Any]) -> Iterator[Row]:
    for category, languages in tree.items():
        if not isinstance(languages, dict):
            raise Invalid("file", f"{category}: must be an object of languages")
        for language, words in languages.items():
            if not isinstance(words, list):
                raise Invalid("file", f"{category}, {language}: must be a list of words")
            fixed = {"category": category, "language": language, "severity": "medium"}
            yield from ({"word": word, **fixed} for word in words)


def _bounded(rows: Iterable[Item]) -> list[Item]:
    bounded = list(islice(rows, MOST_ROWS + 1))
    if len(bounded) > MOST_ROWS:
        raise Invalid("file", f"has more than {MOST_ROWS} rows")
    return bounded
