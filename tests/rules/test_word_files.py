"""Files of words in the forms that spreadsheets and people write."""

import pytest

from moderation.lib.errors import Invalid
from moderation.rules.word_files import numbered_rows, text_of

ZORG = {"word": "zorg", "category": "insult", "language": "en", "severity": "high"}
HEAD = "word,category,language,severity"


def rows_of(text, **defaults):
    return [row for _, row in numbered_rows(text, defaults)]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\nzorg,insult,en,high",
        f"{HEAD}\r\nzorg,insult,en,high\r\n",
        f"\ufeff{HEAD}\nzorg,insult,en,high",
        "word;category;language;severity\nzorg;insult;en;high",
        "word\tcategory\tlanguage\tseverity\nzorg\tinsult\ten\thigh",
        "word|category|language|severity\nzorg|insult|en|high",
        "sep=;\nword;category;language;severity\nzorg;insult;en;high",
        "Word,CATEGORY,Language,Severity\nzorg,Insult,en,HIGH",
        "word, category, language, severity\nzorg, insult , en, high ",
        '"word", "category", "language", "severity"\n"zorg", "insult", "en", "high"',
        f"{HEAD},,\nzorg,insult,en,high,,",
        f"{HEAD}\nzorg,insult,en,high,,,",
        f"\n\n{HEAD}\n\nzorg,insult,en,high\n,,,\n\n",
    ],
    ids=[
        "plain", "crlf", "mark", "semicolons", "tabs", "bars", "stated", "capitals", "blanks",
        "quoted", "empty columns", "trailing commas", "empty lines",
    ],
)  # fmt: skip
def test_a_table_is_read_however_it_is_written(text):
    assert rows_of(text) == [ZORG]


def test_names_of_two_words_are_known():
    text = "word;category;severity;is regex;Expires-At\nz+;Hate speech;low;Yes;2027-01-31"
    assert rows_of(text) == [
        {
            "word": "z+",
            "category": "hate_speech",
            "severity": "low",
            "is_regex": True,
            "expires_at": "2027-01-31",
        }
    ]


def test_a_separator_inside_quotes_is_text():
    assert rows_of('word,category\n"a; b, c",insult')[0]["word"] == "a; b, c"


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("zorgó".encode(), ""),
        ("zorgó".encode("utf-8-sig"), ""),
        ("zorgó".encode("utf-16"), ""),
        ("\ufeffzorgó".encode("utf-16-be"), ""),
        ("zorgó".encode("utf-16-le"), "utf-16"),
        ("zorgó".encode("windows-1252"), ""),
        ("zorgó".encode("latin-1"), "ISO-8859-1"),
    ],
)
def test_the_encoding_is_known_by_its_mark_or_its_name(data, charset):
    assert text_of(data, charset).lstrip("\ufeff") == "zorgó"


def test_the_signs_of_windows_1252_are_read():
    assert text_of("“señor” – œuf €".encode("windows-1252")) == "“señor” – œuf €"


@pytest.mark.parametrize(
    ("data", "charset", "why"),
    [
        (b"", "", "is empty"),
        (b" \n", "", "is empty"),
        ("año".encode() + b"\xf1", "", "is not UTF-8: .* at byte 4"),
        (b"PK\x03\x04\xe1", "", "is not UTF-8"),
        (b"a\x81", "", "is not UTF-8"),
        (b"\xff\xfea", "", "is not utf-16"),
        (b"zorg", "klingon", "use one of utf-8, utf-16, windows-1252"),
    ],
)
def test_what_is_no_text_says_why(data, charset, why):
    with pytest.raises(Invalid) as refusal:
        text_of(data, charset)
    assert refusal.match(why) or why in refusal.value.detail


def test_each_line_is_a_word_if_the_caller_says_what_it_is():
    numbered = numbered_rows(" zorg \n\nzerg off\r\n", {"category": "insult", "language": "es"})
    assert [(line, row["word"]) for line, row in numbered] == [(1, "zorg"), (3, "zerg off")]
    assert numbered[0][1] == {
        "word": "zorg", "category": "insult", "language": "es", "severity": "medium",
    }  # fmt: skip


def test_a_json_list_of_words_is_read_with_a_category():
    assert [row["word"] for row in rows_of('["zorg", "zerg"]', category="insult")] == [
        "zorg",
        "zerg",
    ]


def test_a_row_s_own_values_come_first():
    text = "word,category\nzorg,threat\nzerg,"
    rows = rows_of(text, category="insult", language="en")
    assert [row["category"] for row in rows] == ["threat", "insult"]


@pytest.mark.parametrize(
    ("text", "defaults", "why"),
    [
        ("zorg\nzerg", {}, "choose its category and language"),
        ("zorg\nzerg", {"category": "insult"}, "choose its language"),
        ("term;category\nzorg;insult", {}, "has no column 'word', but: term, category"),
        ("zorg,insult\nzerg,insult", {"category": "insult", "language": "en"}, "no column 'word'"),
        ("word,Word\nzorg,zerg", {}, "names the column 'word' twice"),
        (
            'word,category\nzorg,insult\n"zerg,insult',
            {},
            "line 3: a quotation mark is never closed",
        ),
        ('sep=;\nword;category\n"zerg;insult', {}, "line 3: a quotation mark is never closed"),
    ],
)
def test_what_cannot_be_read_names_the_cause(text, defaults, why):
    with pytest.raises(Invalid) as refusal:
        numbered_rows(text, defaults)
    assert why in refusal.value.detail


def test_more_cells_than_columns_are_named():
    assert rows_of("word,category\nzorg,insult,extra") == [
        {"word": "zorg", "category": "insult", "more cells than columns": "extra"}
    ]
