"""Write tables as CSV or XLSX so that spreadsheets run no cell as a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO

Cell = str | int | float | bool | None
Rows = Iterable[Sequence[Cell]]

#: OWASP, "CSV Injection": spreadsheets read these as the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Excel's limit of characters in a cell.
LONGEST_CELL = 32_767
COLUMN_WIDTH = 22
MOST_COLUMNS = 100
#: Text stays text: it never becomes a formula, a link or a number.
WORKBOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


def safe_cell(value: Cell) -> Cell:
    """Put an apostrophe before a text that a spreadsheet would read as a formula."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def write_csv(file: IO[bytes], rows: Rows) -> None:
    """Write UTF-8 with a byte order mark, without which Excel reads another encoding."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
    # Quoted, or `x;=1+1` would be two cells where the separator is a semicolon.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    text.detach()  # flushes; closing the wrapper would close the file


def write_xlsx(file: IO[bytes], rows: Rows) -> None:
    """Write one sheet whose first row is the header."""
    from xlsxwriter import Workbook  # noqa: PLC0415 (10 MB that few servers ever need)

    book = Workbook(file, WORKBOOK)
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, MOST_COLUMNS, COLUMN_WIDTH)
    head = book.add_format({"bold": True})
    for number, row in enumerate(rows):
        sheet.set_row(number, None, None if number else head)
        for column, value in enumerate(row):
            safe = safe_cell(value)
            sheet.write(number, column, safe[:LONGEST_CELL] if isinstance(safe, str) else safe)
    book.close()


WRITERS: Mapping[str, Callable[[IO[bytes], Rows], None]] = {"csv": write_csv, "xlsx": write_xlsx}
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
