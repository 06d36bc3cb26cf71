"""The blacklist's import and export: previews, reports, and what an import reads again."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moderation import rules
from moderation.models import AuditEntry, BlacklistWord
from moderation.rules import word_files
from tests.markup import shows_as_text
from tests.pages.test_blacklist import EVIL, EXPORT, IMPORT, add, text_of

CSV = """word,language,category,severity
zounds,en,insult,high

,en,insult,high
zounds,en,insult,low
"two
lines",en,nonsense,high
"""


# --- Import


def preview(page, content=CSV):
    return page.post(IMPORT, {"file": SimpleUploadedFile("words.csv", content.encode())})


def commit(page, answer):
    return page.post(IMPORT, {"draft": answer.context["draft"]})


def test_import_is_shown_before_it_is_done(signed_in):
    answer = preview(signed_in("admin"))
    assert answer.context["counts"] == {"added": 1, "exists": 1, "invalid": 2}
    assert [line for line, _ in answer.context["wrong"]] == [4, 7]
    assert "category: must be one of profanity, insult" in text_of(answer)
    assert not BlacklistWord.objects.exists()


def test_draft_is_imported_as_it_was_shown(signed_in):
    page = signed_in("admin", "noor")
    answer = commit(page, preview(page))
    assert answer.context["is_done"]
    assert answer.context["counts"] == {"added": 1, "exists": 1, "invalid": 2}
    assert BlacklistWord.objects.get().added_by == "noor"
    assert AuditEntry.objects.get(action="words.imported").data == {"words": 1}


def test_whole_report_is_a_file_of_lines(signed_in):
    page = signed_in("admin")
    answer = page.post(f"{IMPORT}/report", {"report": preview(page).context["report"]})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[:3] for line in lines] == [
        ["line", "word", "result"],
        ["2", "zounds", "added"],
        ["4", "", "invalid"],
        ["5", "zounds", "exists"],
        ["7", "two\nlines", "invalid"],
    ]
    assert "attachment" in answer["Content-Disposition"]


def test_plain_list_is_imported_with_the_chosen_category(signed_in):
    page = signed_in("admin")
    chosen = {"text": "zounds\ngadzooks", "category": "insult", "language": "en"}
    answer = page.post(IMPORT, chosen)
    assert answer.context["counts"]["added"] == 2
    commit(page, answer)
    assert set(BlacklistWord.objects.values_list("word", "category", "language", "severity")) == {
        (word, "insult", "en", "medium") for word in ("zounds", "gadzooks")
    }


def test_plain_list_without_category_asks_for_it(signed_in):
    answer = signed_in("admin").post(IMPORT, {"text": "zounds\ngadzooks"})
    assert answer.status_code == 422
    assert "choose its category and language" in " ".join(answer.context["form"].errors["text"])


def test_wrong_language_for_all_rows_is_refused(signed_in):
    answer = signed_in("admin").post(IMPORT, {"text": "word\nzounds", "language": "Spanish"})
    assert (answer.status_code, "language" in answer.context["form"].errors) == (422, True)


def test_pasted_json_is_read_too(signed_in):
    text = '{"insult": {"en": ["zounds", "gadzooks"]}}'
    answer = signed_in("admin").post(IMPORT, {"text": text})
    assert answer.context["counts"]["added"] == 2


def test_pasted_words_are_refused_at_their_field_in_a_sentence(signed_in):
    errors = signed_in("admin").post(IMPORT, {"text": "word one\ncoinrush"}).context["form"].errors
    assert "file" not in errors
    assert errors["text"][0].startswith("The first line has no column")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b"word\n\x81", "not UTF-8"),
        (b"name\nx", "no column"),
        (b"[{]", "not valid JSON"),
        (b'word\n"open', "Line 2: a quotation mark"),
        (b"[" * 100_000, "not valid JSON"),
    ],
    ids=["empty", "mark", "encoding", "heading", "json", "quote", "deep"],
)
def test_file_that_cannot_be_read_is_refused_in_words(signed_in, content, said):
    file = SimpleUploadedFile("words.csv", content)
    answer = signed_in("admin").post(IMPORT, {"file": file})
    assert answer.status_code == 422
    assert said in " ".join(answer.context["form"].errors["file"])


def test_import_of_too_many_rows_is_refused(signed_in, monkeypatch):
    monkeypatch.setattr(word_files, "MOST_ROWS", 3)
    assert "more than 3 rows" in text_of(preview(signed_in("admin")))


def test_import_of_a_file_too_large_is_refused(signed_in, monkeypatch):
    monkeypatch.setattr("moderation.pages.importing.MOST_BYTES", 10)
    assert "larger than 16 MiB" in text_of(preview(signed_in("admin")))


def test_draft_of_another_project_is_refused(arena, signed_in):
    page = signed_in("admin", "noor")
    draft = preview(page).context["draft"]
    arena.slug = "den"
    arena.save()
    assert page.post("/p/den/blacklist/import", {"draft": draft}).status_code == 422
    assert page.post("/p/den/blacklist/import/report", {"report": "x"}).status_code == 422
    assert not BlacklistWord.objects.exists()


# --- Export


def exported(page, query=""):
    answer = page.get(f"{EXPORT}{query}")
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_export_is_read_again_by_an_import(arena, signed_in):
    for word in ("zounds", "=cmd", "a,b"):
        add(arena, word, score=0.7, notes="@home")
    text = exported(signed_in("admin"), "?severity=high")
    assert "'=cmd" in text
    BlacklistWord.objects.all().delete()
    rows = [row for _, row in word_files.numbered_rows(text)]
    assert [row.result for row in rules.import_words(arena, "tests", rows)] == ["added"] * 3
    assert set(BlacklistWord.objects.values_list("word", "score", "notes")) == {
        (word, 0.7, "@home") for word in ("zounds", "=cmd", "a,b")
    }


def test_export_holds_what_the_filters_show(arena, signed_in):
    add(arena)
    add(arena, "free", severity="low")
    text = exported(signed_in("admin"), "?severity=low")
    assert [row[0] for row in csv.reader(text.splitlines())] == ["word", "free"]


def test_hostile_line_is_shown_as_text(signed_in):
    answer = preview(signed_in("admin"), f"word,category\n{EVIL},{EVIL}\n")
    assert shows_as_text(answer, EVIL)
