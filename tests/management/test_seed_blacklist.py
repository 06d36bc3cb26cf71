"""seed_blacklist: starter lists and files, few changes for all, safe to repeat."""

import json
from math import ceil

import pytest
from django.core.management import CommandError

from moderation import rules
from moderation.accounts.projects import create_project
from moderation.models import AuditEntry, BlacklistWord, OutboxEvent, RulesetSnapshot

pytestmark = pytest.mark.django_db
ROWS = [{"word": f"zorg{n}", "category": "insult", "severity": "low"} for n in range(3)]


def words():
    return set(BlacklistWord.objects.values_list("word", "language", "severity", "score"))


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "words"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_starter_words_keep_language_severity_and_score(arena, command):
    command("seed_blacklist", "--language", "en")
    assert ("asshole", "en", "medium", None) in words()
    assert ("airhead", "en", "low", 0.4) in words()
    assert {language for _, language, _, _ in words()} == {"en", "*"}


def changes(arena):
    """Return how many changes were made, which the four records of them must agree on."""
    arena.refresh_from_db()
    counts = {
        arena.ruleset_version,
        RulesetSnapshot.objects.count(),
        AuditEntry.objects.filter(action="words.imported").count(),
        OutboxEvent.objects.filter(type="rule_update").count(),
    }
    assert len(counts) == 1
    return counts.pop()


def test_the_words_of_each_500_rows_are_one_change(arena, command):
    command("seed_blacklist")
    assert changes(arena) == ceil(len(words()) / 500) == 4


def test_a_short_import_is_one_change(arena, command):
    command("seed_blacklist", "--language", "es")
    assert changes(arena) == 1


def test_a_repeated_import_changes_nothing(arena, command):
    command("seed_blacklist")
    before = changes(arena), words()
    assert command("seed_blacklist").startswith("arena: 0 words added")
    assert (changes(arena), words()) == before


def test_an_import_acts_on_the_next_check(arena, command, file):
    command("check_text", "you zorgling")
    command("seed_blacklist", "--file", file("word,category,severity\nzorgling,insult,high\n"))
    assert "[[zorgling]]" in command("check_text", "you zorgling")


def test_csv_cells_become_fields(arena, command, file):
    text = (
        "word,language,category,severity,score,is_regex,notes\n"
        '"a, b",es,insult,low,0.5,,x\n'
        "z+q,,spam,high,,yes,\n"
    )
    command("seed_blacklist", "--file", file(text))
    assert words() == {("a, b", "es", "low", 0.5), ("z+q", "*", "high", None)}
    assert BlacklistWord.objects.get(word="z+q").is_regex


def test_one_word_a_line_needs_category_and_language(arena, command, file):
    path = file("zorgo\nzorga\n")
    with pytest.raises(CommandError, match="choose its category and language"):
        command("seed_blacklist", "--file", path)
    command("seed_blacklist", "--file", path, "--category", "insult", "--language", "es")
    assert words() == {("zorgo", "es", "medium", None), ("zorga", "es", "medium", None)}


def test_json_of_categories_becomes_words(arena, command, file):
    command("seed_blacklist", "--file", file('{"insult": {"es": ["zorgo"], "en": ["zorg"]}}'))
    assert words() == {("zorgo", "es", "medium", None), ("zorg", "en", "medium", None)}


def test_json_list_becomes_words(arena, command, file):
    said = command("seed_blacklist", "--format", "json", "--file", file(json.dumps(ROWS)))
    assert json.loads(said) == {
        "project": "arena", "added": 3, "exists": 0, "invalid": 0, "rows": [],
    }  # fmt: skip


def test_a_wrong_row_is_named_and_the_others_are_added(arena, command, file):
    text = "word,category,severity\nzorg,insult,low\nzerg,rude,low\n"
    with pytest.raises(CommandError, match="Refused 1 of 2 rows"):
        command("seed_blacklist", "--file", file(text))
    assert words() == {("zorg", "*", "low", None)}


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"word": "x" * 201}, "word: must have 1 to 200 characters; got 'xxx"),
        ({"word": "\u200b"}, "word: the word has no visible"),
        ({"word": "a\0b"}, "word: must not contain NUL"),
        ({"word": "a\ud800"}, "word: must not contain NUL"),
        ({"word": "(", "is_regex": True}, "word: "),
        ({"severity": ""}, "severity: "),
        ({"score": 2}, "score: must be from 0 to 1"),
        ({"is_active": False}, "is_active: is not a field"),
        ({"expires_at": "soon"}, "expires_at: "),
    ],
    ids=["long", "blank", "nul", "surrogate", "regex", "severity", "score", "field", "date"],
)
def test_a_row_that_cannot_be_used_says_why(arena, change, detail):
    row = rules.import_words(arena, "tests", [{**ROWS[0], **change}])[0]
    assert (row.row, row.result) == (1, "invalid")
    assert row.detail.startswith(detail)
    assert not words()


def test_a_word_twice_in_one_import_is_added_once(arena):
    report = rules.import_words(arena, "tests", [ROWS[0], ROWS[0]])
    assert [row.result for row in report] == ["added", "exists"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("name\nzorg\n", "no column 'word'"),
        ('word\n"zorg', "line 2: a quotation mark is never closed"),
        ("[1]", "must be an object"),
        ("[", "is not valid JSON"),
        ('{"insult": ["zorg"]}', "insult: must be an object"),
    ],
    ids=["heading", "quote", "item", "json", "tree"],
)
def test_a_file_that_cannot_be_read_says_why(arena, command, file, text, error):
    with pytest.raises(CommandError, match=error):
        command("seed_blacklist", "--file", file(text))


def test_a_missing_file_is_named(arena, command):
    with pytest.raises(CommandError, match="/no/such: No such file"):
        command("seed_blacklist", "--file", "/no/such")


def test_several_projects_and_none_named_lists_them(arena, command):
    create_project("forum", name="", preset="balanced", actor="tests")
    with pytest.raises(CommandError, match="one of: arena, forum"):
        command("seed_blacklist")


def test_no_project_says_how_to_make_one(command):
    with pytest.raises(CommandError, match="create_project"):
        command("seed_blacklist")
