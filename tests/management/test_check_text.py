"""check_text: marks, reasons, JSON; stores nothing."""

import json

import pytest
from django.core.management import CommandError

from moderation.models import ModerationLog, OutboxEvent

pytestmark = pytest.mark.django_db


def test_the_words_that_were_found_are_marked(arena, command):
    said = command("check_text", "Eres un idiota")
    assert said.splitlines() == [
        "Eres un [[idiota]]",
        "  verdict: flag (severity medium, score 0.75)",
        "  reasons: harassment",
        "  words: idiota",
        "  language: es",
    ]


def test_the_mark_lies_on_the_disguise_as_sent(arena, command):
    assert "[[1d10t]]" in command("check_text", "you are such an 1d10t lol")


def test_checking_stores_nothing(arena, command):
    command("check_text", "I will kill you")
    assert not ModerationLog.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_json_is_the_analysis(arena, command):
    found = json.loads(command("check_text", "Eres un idiota", "--format", "json"))
    assert (found["verdict"], found["detected_words"]) == ("flag", ["idiota"])


def test_each_line_of_a_file_is_judged(arena, command, tmp_path):
    path = tmp_path / "texts"
    path.write_text("hello\n\nEres un idiota\n", encoding="utf-8")
    found = json.loads(command("check_text", "--file", str(path), "--format", "json"))
    assert [one["verdict"] for one in found] == ["allow", "flag"]


def test_signs_that_steer_the_terminal_are_not_printed(arena, command):
    assert "\x1b" not in command("check_text", "hello \x1b[2J there")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ([], "either a TEXT or --file"),
        ([""], "1 to 10000 characters"),
        (["x" * 10_001], "1 to 10000 characters"),
        (["a\udcff"], "is not UTF-8"),
        (["hi", "--project", "forum"], "no project 'forum'"),
    ],
    ids=["nothing", "empty", "long", "bytes", "project"],
)
def test_what_cannot_be_judged_is_refused(arena, command, words, error):
    with pytest.raises(CommandError, match=error):
        command("check_text", *words)
