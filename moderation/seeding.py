"""Read rows for the blacklist: from the bundled starter lists, from CSV, from JSON."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from moderation.engine import data
from moderation.errors import Invalid
from moderation.spreadsheets import FORMULA_STARTS

LANGUAGES = ("en", "es", "ur-Latn")
#: CONTRACT section 3: an import has at most so many rows.
MOST_ROWS = 100_000
#: The severity of a word by its score, highest first; its own score is kept where they differ.
TIERS = ((0.9, "high"), (0.75, "medium"), (0.6, "low"))
YES, NO = {"true", "yes", "1"}, {"false", "no", "0"}

Row = Mapping[str, Any]
Item = TypeVar("Item")


def starter_rows(languages: Iterable[str] = LANGUAGES) -> list[Row]:
    """Return the bundled words of these languages and those of every language."""
    wanted = {*languages, "*"}
    columns = (row[:4] for row in data.rows("words.tsv"))
    return [
        {"word": word, "category": category, "language": language, **_strength(float(score))}
        for word, score, category, language in columns
        if language in wanted
    ]


def _strength(score: float) -> dict[str, Any]:
    tier, severity = next((tier for tier in TIERS if score >= tier[0]), TIERS[-1])
    return {"severity": severity, "score": None if score == tier else score}


def rows_from(path: Path) -> list[Row]:
    """Return the rows of a CSV or JSON file, told apart by its content."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", "is not UTF-8") from None
    return [row for _, row in numbered_rows(text)]


def numbered_rows(text: str) -> list[tuple[int, Row]]:
    """Return the rows of a CSV or JSON text with the line, or the item of a list, of each."""
    if text.lstrip()[:1] in ("[", "{"):
        return list(enumerate(rows_of_json(text), start=1))
    return rows_of_csv(text)


def rows_of_csv(text: str) -> list[tuple[int, Row]]:
    """Return line and row of a CSV text with a heading; an empty cell means the default."""
    lines = io.StringIO(text, newline="")
    reader = csv.DictReader(lines, restkey="more cells than columns", strict=True)
    try:
        has_words = "word" in (reader.fieldnames or ())
        rows = _bounded((reader.line_num, _typed(cells)) for cells in reader)
    except csv.Error as error:
        raise Invalid("file", f"line {reader.line_num}: {error}") from error
    if not has_words:
        raise Invalid("file", "the heading names no column 'word'")
    return rows


def _typed(cells: Mapping[str, Any]) -> Row:
    row: dict[str, Any] = {name: unguarded(value) for name, value in cells.items() if value}
    flag = str(row.get("is_regex", "")).strip().lower()
    if flag in YES | NO:
        row["is_regex"] = flag in YES
    return row


def unguarded(cell: Any) -> Any:
    """Take off the apostrophe that an export puts before what looks like a formula."""
    is_guarded = isinstance(cell, str) and cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS)
    return cell[1:] if is_guarded else cell


def rows_of_json(text: str) -> list[Row]:
    """Return the rows of a JSON list of words or of `{category: {language: [words]}}`."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("file", f"is no JSON: {error}") from error
    rows = _nested(found) if isinstance(found, dict) else found
    return _bounded(_row(row) for row in rows)


def _row(row: Any) -> Row:
    if not isinstance(row, dict):
        raise Invalid("file", "each item of the list must be an object with a 'word'")
    return row


def _nested(tree: Mapping[str, Any]) -> Iterator[Row]:
    for category, languages in tree.items():
        if not isinstance(languages, dict):
            raise Invalid("file", f"{category}: must be an object of languages")
        for language, words in languages.items():
            if not isinstance(words, list):
                raise Invalid("file", f"{category}, {language}: must be a list of words")
            fixed = {"category": category, "language": language, "severity": "medium"}
            yield from ({"word": word, **fixed} for word in words)


def _bounded(rows: Iterable[Item]) -> list[Item]:
    found = list(islice(rows, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise Invalid("file", f"has more than {MOST_ROWS} rows")
    return found
