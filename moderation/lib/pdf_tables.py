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
PADDING = 2, 4
#: Characters of a cell as it is printed.
LONGEST_CELL = 400
#: Heights, in points: title, header and one row fit on a page together.
HIGHEST_TITLE, HIGHEST_HEAD, HIGHEST_ROW = 60, 60, 360
#: Rows that are laid out at once.
CHUNK = 100
LINES = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
        ("LINEBELOW", (0, 0), (-1, 0), 0.75, colors.black),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING[0]),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING[1]),
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
    style = ParagraphStyle("title", fontName=BOLD, fontSize=11, leading=18)
    yield _paragraph(title, style, sum(widths), HIGHEST_TITLE)
    head_style = ParagraphStyle("head", fontName=BOLD, fontSize=SIZE)
    head = _paragraphs(next(rows), head_style, widths, HIGHEST_HEAD)
    body = ParagraphStyle("body", fontName=FONT, fontSize=SIZE, leading=SIZE + 1.5)
    while True:
        chunk = [_paragraphs(row, body, widths, HIGHEST_ROW) for row in islice(rows, CHUNK)]
        yield LongTable([head, *chunk], colWidths=widths, repeatRows=1, style=LINES)
        if len(chunk) < CHUNK:
            return


def _paragraphs(
    row: Sequence[Cell], style: ParagraphStyle, widths: list[float], highest: float
) -> list[Paragraph]:
    return [
        _paragraph("" if cell is None else str(cell), style, width - sum(PADDING), highest)
        for cell, width in zip(row, widths, strict=True)
    ]


def _paragraph(text: str, style: ParagraphStyle, width: float, highest: float) -> Paragraph:
    """Return the text as a paragraph that is not higher than that, cut if it must be."""
    letters = _printed(text)
    kept = len(letters)
    while True:
        shown = "".join(letters[:kept]) + ("…" if kept < len(text) else "")
        paragraph = Paragraph(html.escape(shown), style)
        if kept == 0 or paragraph.wrap(width, highest)[1] <= highest:
            return paragraph
        kept = kept * 3 // 4


def _printed(text: str) -> list[str]:
    """Return how each letter is printed, up to the longest cell; what the font lacks as \\u{…}."""
    known = _register()
    letters: list[str] = []
    length = 0
    for letter in text[:LONGEST_CELL]:
        is_known = ord(letter) in known or letter.isspace()
        letters.append(letter if is_known else f"\\u{{{ord(letter):x}}}")
        length += len(letters[-1])
        if length > LONGEST_CELL:
            return letters[:-1]
    return letters


@cache
def _register() -> frozenset[int]:
    """Register the fonts; return the characters that they have."""
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    return frozenset(pdfmetrics.getFont(FONT).face.charToGlyph)
