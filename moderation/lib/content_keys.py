"""Encrypt texts at rest with CONTENT_ENCRYPTION_KEYS: the first key encrypts, all decrypt.

A stored text names its key, so a missing key is told from an altered text, and rotation sees from
the stored text alone what is left to do. Texts are bound to their column: nobody with access to the
database alone can move one into another column. Without keys texts are stored as they are.
"""

import base64
import os
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from moderation.lib.errors import GavelError

#: What an encrypted text begins with; the key's id, `$` and the ciphertext follow.
ENCRYPTED = "$gavel1$"
#: Marks a plain text that itself begins with MARK.
ESCAPED = "$gavel0$"
MARK = "$gavel"
KEY_ID_LENGTH = 8
NONCE_BYTES = 12
#: The sentence with which a search for texts is refused.
NOT_SEARCHABLE = (
    "is off: this server stores texts encrypted (CONTENT_ENCRYPTION_KEYS), and encrypted texts "
    "cannot be searched."
)


class TextUnreadable(GavelError):
    """A stored text cannot be decrypted: its key is missing, or somebody altered it."""

    code = "text_unreadable"
    status = 503


class _Key:
    def __init__(self, secret: str) -> None:
        # RFC 5869; the secret has enough entropy, so it needs no slow derivation.
        derived = HKDF(SHA256(), length=32, salt=None, info=b"gavel content").derive(
            secret.encode()
        )
        self.id = sha256(b"id" + derived).hexdigest()[:KEY_ID_LENGTH]
        self.cipher = AESGCM(derived)


class _Keys:
    """The keys of one value of the setting."""

    def __init__(self, secrets: Sequence[str]) -> None:
        keys = [_Key(secret) for secret in secrets]
        self.first = keys[0] if keys else None
        self.by_id = {key.id: key for key in keys}


@lru_cache(maxsize=8)
def _keys_of(secrets: tuple[str, ...]) -> _Keys:
    return _Keys(secrets)


def _keys() -> _Keys:
    return _keys_of(tuple(settings.CONTENT_ENCRYPTION_KEYS))


def encrypts_texts() -> bool:
    return bool(settings.CONTENT_ENCRYPTION_KEYS)


# --- Texts


def encrypt_text(text: str, place: str) -> str:
    """Return the text as it is stored in this place; an empty one stays empty."""
    if not settings.CONTENT_ENCRYPTION_KEYS:
        return f"{ESCAPED}{text}" if text.startswith(MARK) else text
    if not text:
        return text
    key_id, sealed = _seal(text.encode(), place)
    return f"{ENCRYPTED}{key_id}${base64.b64encode(sealed).decode()}"


def decrypt_text(stored: str, place: str) -> str:
    """Return the text; TextUnreadable if its key is missing or it was altered."""
    if not stored.startswith(MARK):
        return stored
    if stored.startswith(ESCAPED):
        return stored[len(ESCAPED) :]
    key_id = key_of(stored)
    if key_id is None:
        return stored
    try:
        sealed = base64.b64decode(stored[len(ENCRYPTED) + KEY_ID_LENGTH + 1 :], validate=True)
    except ValueError:
        raise _altered(place) from None
    return _open(sealed, key_id, place).decode()


def key_of(stored: str) -> str | None:
    """Return the id of the key that encrypted a stored text; None for a plain one."""
    if not stored.startswith(ENCRYPTED):
        return None
    key_id, separator, _ = stored[len(ENCRYPTED) :].partition("$")
    return key_id if separator and len(key_id) == KEY_ID_LENGTH else None


# --- Bytes


def encrypt_bytes(data: bytes, place: str) -> bytes:
    if not settings.CONTENT_ENCRYPTION_KEYS or not data:
        return data
    key_id, sealed = _seal(data, place)
    return f"{ENCRYPTED}{key_id}$".encode() + sealed


def decrypt_bytes(stored: bytes, place: str) -> bytes:
    key_id = key_of_bytes(stored)
    if key_id is None:
        return stored
    return _open(stored[len(ENCRYPTED) + KEY_ID_LENGTH + 1 :], key_id, place)


def key_of_bytes(stored: bytes) -> str | None:
    start = stored[: len(ENCRYPTED) + KEY_ID_LENGTH + 1]
    return key_of(start.decode("ascii", "replace"))


# --- Keys


def current_key() -> str | None:
    """Return the id of the key that encrypts; None without keys."""
    first = _keys().first
    return first.id if first else None


def known_keys() -> frozenset[str]:
    return frozenset(_keys().by_id)


def _seal(data: bytes, place: str) -> tuple[str, bytes]:
    key = _keys().first
    assert key is not None
    nonce = os.urandom(NONCE_BYTES)
    return key.id, nonce + key.cipher.encrypt(nonce, data, place.encode())


def _open(sealed: bytes, key_id: str, place: str) -> bytes:
    key = _keys().by_id.get(key_id)
    if key is None:
        raise TextUnreadable(
            f"A stored text needs the key {key_id}, which CONTENT_ENCRYPTION_KEYS lacks."
        )
    try:
        return key.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):
        raise _altered(place) from None


def _altered(place: str) -> TextUnreadable:
    return TextUnreadable(f"A stored text in {place} was altered or moved.")
