"""The guess of the language labels a text and hides no list."""

import pytest

from moderation.engine.language import language_of
from tests.engine.judging import found_in, words_in

ALL = ("en", "es", "ur-Latn")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hello my friend how are you today", "en"),
        ("hola amigo como estas hoy", "es"),
        ("kya haal hai bhai", "ur-Latn"),
        ("", "en"),
        ("12345", "en"),
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
