"""Tables as files: whole, and without a cell that runs as a formula."""

import csv
import html
import io
import re
import zipfile

import pytest

from moderation.lib.spreadsheets import safe_cell, write_csv, write_xlsx

DANGEROUS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0",
]  # fmt: skip


def xlsx_rows(data):
    """Return the texts of each row; a number is its text."""
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    rows = re.findall(r"<row .*?</row>", sheet, re.DOTALL)
    cells = [re.findall(r"<(?:t|v)(?: [^>]*)?>(.*?)</(?:t|v)>", row, re.DOTALL) for row in rows]
    return [[html.unescape(cell) for cell in row] for row in cells]


def csv_rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def written(write, rows):
    file = io.BytesIO()
    write(file, rows)
    return file.getvalue()


@pytest.mark.parametrize("text", DANGEROUS, ids=ascii)
def test_beginning_of_a_formula_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["a=1", "", " x", "'=1", -5, 0.5, True, None], ids=ascii)
def test_harmless_cell_stays_as_it_is(value):
    assert safe_cell(value) == value


def test_csv_guards_keeps_lines_and_says_its_encoding():
    data = written(write_csv, [["word"], ["=1+1"], ['ñ "two"\nlines']])
    assert data.startswith(b"\xef\xbb\xbf")
    assert csv_rows(data) == [["word"], ["'=1+1"], ['ñ "two"\nlines']]


def test_csv_quotes_every_cell_so_that_no_other_separator_cuts_it():
    data = written(write_csv, [["word", "score"], ["x;=1+1", 0.5], ["y\t=1", None]])
    text = data.decode("utf-8-sig")
    assert text == '"word","score"\r\n"x;=1+1","0.5"\r\n"y\t=1",""\r\n'


def test_csv_leaves_its_file_open():
    file = io.BytesIO()
    write_csv(file, [["word"]])
    assert not file.closed


def test_xlsx_guards_and_holds_text_and_numbers():
    data = written(write_xlsx, [["word", "score"], ["=1+1", 0.5], ["<b>ñ", -2]])
    assert xlsx_rows(data) == [["word", "score"], ["'=1+1", "0.5"], ["<b>ñ", "-2"]]


def test_xlsx_has_no_formula_and_no_link():
    data = written(write_xlsx, [["=1+1"], ["http://example.com"]])
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_xlsx_cuts_a_text_that_excel_would_refuse():
    assert xlsx_rows(written(write_xlsx, [["x" * 40_000]])) == [["x" * 32_767]]


def test_xlsx_takes_control_characters():
    assert xlsx_rows(written(write_xlsx, [["a\x01b"]])) == [["a_x0001_b"]]
