"""Messages to authors: in the language of the text, of the request, or of the project."""

import pytest

from moderation.engine.verdict.policy import PRESETS
from moderation.pipeline.author_messages import SENTENCES, preferred_tags, sentence, strike_key


@pytest.mark.parametrize(
    ("language", "accept_language", "fallback", "spoken"),
    [
        ("es", "en", "en", "es"),
        ("und", "es-MX,es;q=0.9", "en", "es"),
        ("und", "fr", "es", "es"),
        ("und", "fr, es;q=0.4, en;q=0.7", "es", "en"),
        ("und", "es-419", "en", "es"),
        ("und", "ur-PK", "en", "ur-Latn"),
        ("und", "es;q=0, en-GB", "es", "en"),
        ("und", "es;q=much", "en", "en"),
        ("und", ";;,=,q=1" * 1000, "en", "en"),
        ("und", "", "ur-Latn", "ur-Latn"),
        ("und", "", "fr", "en"),
    ],
)
def test_the_text_s_language_comes_first(language, accept_language, fallback, spoken):
    said = sentence("blocked", language, accept_language, fallback)
    assert said == SENTENCES[spoken]["blocked"]


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", []),
        ("de", ["de"]),
        ("de, fr;q=0.5, en-GB;q=0.9", ["de", "en-gb", "fr"]),
        ("fr;q=0.5, de;q=0.5", ["fr", "de"]),
        ("fr;q=0.9, de;q=0.1", ["fr", "de"]),
        ("fr; level=1; q=0.3, de;q=0.4", ["de", "fr"]),
        ("de;q=0, fr;q=0.001", ["fr"]),
        ("de;q=2, fr;q=nan, es;q=0.1234, it;q=1.0", ["it"]),
        (" , ;q=1", []),
    ],
)
def test_the_most_wanted_language_comes_first(header, tags):
    assert preferred_tags(header) == tags


def test_only_the_first_500_characters_of_a_header_are_read():
    assert preferred_tags("," * 498 + "dexx") == ["de"]


@pytest.mark.parametrize(
    ("strikes", "is_held", "key", "values"),
    [
        (1, False, "strike", {"strikes": 1, "limit": 3}),
        (4, False, "strike", {"strikes": 4, "limit": 5}),
        (6, False, "strike_beyond", {"strikes": 6}),
        (3, True, "strike_held", {"strikes": 3}),
        (6, True, "strike_held", {"strikes": 6}),
    ],
)
def test_a_strike_is_told_with_the_next_step(strikes, is_held, key, values):
    told = strike_key(strikes, PRESETS["balanced"], is_ban_held=is_held)
    assert told == (key, values)
    for sentences in SENTENCES.values():
        assert str(strikes) in sentences[key].format(**values)
