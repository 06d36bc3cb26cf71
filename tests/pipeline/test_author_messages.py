"""Messages to authors: in the language of the text, of the request, or of the project."""

import pytest

from moderation.pipeline.author_messages import SENTENCES, sentence


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
