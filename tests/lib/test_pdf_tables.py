"""Tables as PDF: whatever a cell holds, its row fits on a page."""

import html
import io
import re

import pytest
from reportlab.platypus import Paragraph

from moderation.lib import pdf_tables
from moderation.lib.pdf_tables import write_pdf

WIDTHS = [4.2, 3, 3, 12, 2, 1.5, 1.9, 1.5, 2, 3]
LONGEST = 1000
CELLS = {
    "chinese": "漢" * LONGEST,
    "emoji": "\N{GRINNING FACE}" * LONGEST,
    "families": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 200,
    "urdu": "یہ ایک بہت لمبی وجہ ہے " * 45,
    "hebrew with direction marks": "\u202eשלום\u202c " * 150,
    "combining marks": "a" + "\u0301" * LONGEST,
    "one long word": "W" * LONGEST,
    "one wide sign": "\N{EM DASH}" * LONGEST,
    "markup": "<b>&amp;'\"" * 100,
    "backslashes": "\\u{" * 300,
    "blanks": "\u3000\u2003\u00a0" * 300,
    "lines": "a\n" * 500,
    "controls": "".join(map(chr, range(1, 33))) * 30,
    "last characters": "\U0010ffff\ufffe" * 500,
}


def pdf(rows, widths, title="demo: content"):
    file = io.BytesIO()
    write_pdf(file, rows, title=title, widths=widths)
    return file.getvalue()


def pages(data):
    return len(re.findall(rb"/Type /Page\b", data))


@pytest.fixture
def printed(monkeypatch):
    """Collect the texts that are laid out."""
    texts = []

    class Recorded(Paragraph):
        def __init__(self, text, *args, **options):
            texts.append(html.unescape(text))
            super().__init__(text, *args, **options)

    monkeypatch.setattr(pdf_tables, "Paragraph", Recorded)
    return texts


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_row_of_the_longest_cells_fits_on_a_page(cell):
    rows = [["name"] * len(WIDTHS), *[[cell] * len(WIDTHS)] * 3]
    assert pages(pdf(rows, WIDTHS)) <= 4


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("at", [1, 5], ids=["id", "narrowest"])
def test_one_long_cell_among_short_ones_fits_on_a_page(cell, at):
    row = ["x"] * len(WIDTHS)
    row[at] = cell
    assert pages(pdf([["name"] * len(WIDTHS), row, row], WIDTHS)) <= 3


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_long_title_and_long_names_of_columns_fit_too(cell):
    assert pdf([[cell] * 10, ["x"] * 10], WIDTHS, title=cell)


def test_a_hundred_columns_fit():
    assert pdf([["name"] * 100, ["漢" * 200] * 100], [1] * 100)


def test_a_cell_that_fits_is_whole(printed):
    cell = "<b> & é 漢" + "a" * 380
    pdf([["name"], [cell]], [1])
    assert printed[2:] == [cell.replace("漢", "\\u{6f22}")]


def test_a_cut_cell_ends_with_dots_and_never_within_a_code(printed):
    pdf([["name"], ["漢" * LONGEST], ["a" * LONGEST]], [1])
    assert printed[2:] == ["\\u{6f22}" * 50 + "…", "a" * 400 + "…"]
