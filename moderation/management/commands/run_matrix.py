"""Judge the rows of the rule matrix and compare them with what they must give."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation.management.base import GavelCommand, add_format, with_progress
from moderation.management.matrix import ROWS, Result, judge

HEADINGS = ("", "group", "text", "before", "expected", "got", "reasons")
LONGEST_TEXT = 34


class Command(GavelCommand):
    help = (
        "Judge the thirteen rows of the older service's test matrix and those of docs/verdicts.md "
        "under the balanced preset; print expected and got, exit 1 on a difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        results = [judge(row) for row in with_progress(ROWS)]
        wrong = [result for result in results if not result.is_right]
        data = {
            "rows": [row_of(result) for result in results],
            "right": len(results) - len(wrong),
            "wrong": len(wrong),
        }
        lines = table_of([HEADINGS, *(cells_of(result) for result in results)])
        summary = f"{data['right']} of {len(results)} rows as expected"
        self.show(options, data, "\n".join([*lines, summary]))
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(results)} rows differ.")


def row_of(result: Result) -> dict[str, Any]:
    row = result.row
    return {
        "group": row.group,
        "text": row.text,
        "violations_before": row.violations,
        "expected": list(result.expected),
        "got": result.verdict,
        "reasons": list(result.reasons),
        "ok": result.is_right,
    }


def cells_of(result: Result) -> tuple[str, ...]:
    row = result.row
    return (
        "ok" if result.is_right else "WRONG",
        row.group,
        row.text[:LONGEST_TEXT],
        str(row.violations or ""),
        " or ".join(result.expected),
        result.verdict,
        ", ".join(result.reasons),
    )


def table_of(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
