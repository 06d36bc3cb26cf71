"""Pages name languages; codes are for programs."""

import pytest

from moderation.pages.language_names import language_name


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("en", "English"),
        ("es", "Spanish"),
        ("es-MX", "Mexican Spanish"),
        ("es-419", "Spanish"),
        ("ur-Latn", "Roman Urdu"),
        ("pt-BR", "Brazilian Portuguese"),
        ("und", "Not determined"),
        ("*", "Any language"),
        ("", "Unknown"),
        ("xx-Latn", "xx-Latn"),
    ],
)
def test_a_language_has_a_name(tag, name):
    assert language_name(tag) == name
