"""The guess of the language labels a text and hides no list."""

from array import array

import pytest

from moderation.engine.text import language
from moderation.engine.text.language import language_of
from tests.engine.judging import found_in, words_in

ALL = ("en", "es", "ur-Latn")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hello my friend how are you today", "en"),
        ("hola amigo como estas hoy", "es"),
        ("kya haal hai bhai", "ur-Latn"),
        ("eres un idiota", "es"),
        ("", "und"),
        ("12345", "und"),
        ("damn", "und"),
    ],
)
def test_the_language_is_guessed(text, language):
    assert language_of(text, ALL) == language


def test_only_the_languages_of_the_project_are_guessed():
    assert language_of("hola amigo como estas hoy", ("en",)) == "en"


def test_a_language_the_caller_names_is_kept():
    assert found_in("hello", language="de").language == "de"


def test_a_wrong_guess_hides_no_word():
    assert words_in("you are a bewakoof idiota") == ["bewakoof", "idiota"]


def test_its_large_table_lies_in_a_file_of_which_only_what_is_touched_is_in_memory():
    table = array("I", range(100_000))
    kept = memoryview(language._on_disk(table)).cast("I")
    assert (len(kept), kept[99_999]) == (100_000, 99_999)
    assert type(language.identifier_of(frozenset({"en", "es"})).tk_nextmove) is memoryview


def test_where_nothing_can_be_written_the_table_stays_in_memory(monkeypatch):
    def refuse(**options):
        raise OSError("read-only file system")

    monkeypatch.setattr(language, "TemporaryFile", refuse)
    assert language._on_disk(array("I", [1, 2, 3])) is None
    language._full_identifier.cache_clear()
    full, weights = language._full_identifier()
    language._full_identifier.cache_clear()
    assert (type(full.tk_nextmove), weights) == (array, None)
