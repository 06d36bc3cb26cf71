"""Write a table as PDF; every page repeats its header."""

import html
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import IO

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, TableStyle

from moderation.lib.spreadsheets import Cell

#: Comes with the library and has Latin letters only: other characters are written as numbers.
FONT, BOLD = "Vera", "VeraBd"
SIZE = 7
MARGIN = 12 * mm
#: Characters of a cell: even in the narrowest column they fit on a page.
LONGEST_CELL = 400
#: Rows that are laid out at once.
CHUNK = 100
LINES = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
        ("LINEBELOW", (0, 0), (-1, 0), 0.75, colors.black),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
)


def write_pdf(
    file: IO[bytes], rows: Iterable[Sequence[Cell]], *, title: str, widths: Sequence[float]
) -> None:
    """Write the rows; the first is the header.

    widths: the columns' widths, relative to each other.
    """
    page = landscape(A4)
    document = SimpleDocTemplate(
        file, pagesize=page, title=title, author="Gavel",
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
    )  # fmt: skip
    unit = (page[0] - 2 * MARGIN - 12) / sum(widths)
    _register()
    document.build([*_flowables(iter(rows), title, [unit * width for width in widths])])


def _flowables(
    rows: Iterator[Sequence[Cell]], title: str, widths: list[float]
) -> Iterator[Flowable]:
    yield Paragraph(
        _escaped(title), ParagraphStyle("title", fontName=BOLD, fontSize=11, leading=18)
    )
    head = _paragraphs(next(rows), ParagraphStyle("head", fontName=BOLD, fontSize=SIZE))
    body = ParagraphStyle("body", fontName=FONT, fontSize=SIZE, leading=SIZE + 1.5)
    while True:
        chunk = [_paragraphs(row, body) for row in islice(rows, CHUNK)]
        yield LongTable([head, *chunk], colWidths=widths, repeatRows=1, style=LINES)
        if len(chunk) < CHUNK:
            return


def _paragraphs(row: Sequence[Cell], style: ParagraphStyle) -> list[Paragraph]:
    return [Paragraph(_escaped("" if cell is None else str(cell)), style) for cell in row]


def _escaped(text: str) -> str:
    """Return the text without markup, cut, and with what the font lacks as \\u{…}."""
    cut = text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
    known = _register()
    shown = "".join(c if ord(c) in known or c.isspace() else f"\\u{{{ord(c):x}}}" for c in cut)
    return html.escape(shown)


@cache
def _register() -> frozenset[int]:
    """Register the fonts; return the characters that they have."""
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    return frozenset(pdfmetrics.getFont(FONT).face.charToGlyph)
