"""Texts at rest: which key encrypted them, and what is refused."""

import pytest

from moderation.lib.content_keys import (
    TextUnreadable,
    decrypt_bytes,
    decrypt_text,
    encrypt_bytes,
    encrypt_text,
    key_of,
)

FIRST, SECOND = "first-key-0123456789-abcdefghijkl", "second-key-0123456789-abcdefghijk"


@pytest.fixture
def keys(settings):
    def use(*secrets):
        settings.CONTENT_ENCRYPTION_KEYS = list(secrets)

    use(FIRST)
    return use


def test_all_keys_decrypt_and_the_first_encrypts(keys):
    stored = encrypt_text("zoë 🙂", "a.b")
    keys(SECOND, FIRST)
    assert decrypt_text(stored, "a.b") == "zoë 🙂"
    assert key_of(encrypt_text("x", "a.b")) != key_of(stored)


def test_a_missing_key_is_named(keys):
    stored = encrypt_text("hello", "a.b")
    keys(SECOND)
    with pytest.raises(TextUnreadable, match=f"the key {key_of(stored)}"):
        decrypt_text(stored, "a.b")
    keys()
    with pytest.raises(TextUnreadable, match="CONTENT_ENCRYPTION_KEYS lacks"):
        decrypt_text(stored, "a.b")


@pytest.mark.parametrize("change", [lambda text: text[:-2] + "AA", lambda text: text + "!"])
def test_an_altered_text_is_noticed(keys, change):
    with pytest.raises(TextUnreadable, match="altered or moved"):
        decrypt_text(change(encrypt_text("hello", "a.b")), "a.b")


def test_a_text_in_another_column_is_refused(keys):
    with pytest.raises(TextUnreadable, match="altered or moved"):
        decrypt_text(encrypt_text("hello", "a.b"), "a.c")


@pytest.mark.parametrize("text", ["", "plain", "$gavel1$", "$gavel1$12345678$abc", "$gavel0$x"])
def test_a_text_that_looks_encrypted_stays_itself(keys, text):
    """An author may write whatever a stored text begins with."""
    assert decrypt_text(encrypt_text(text, "a.b"), "a.b") == text
    keys()
    stored = encrypt_text(text, "a.b")
    assert decrypt_text(stored, "a.b") == text
    keys(FIRST)
    assert decrypt_text(stored, "a.b") == text


def test_bytes_are_encrypted_too(keys):
    stored = encrypt_bytes(b"\x89PNG", "a.b")
    assert b"PNG" not in stored
    assert decrypt_bytes(stored, "a.b") == b"\x89PNG" == decrypt_bytes(b"\x89PNG", "a.b")
