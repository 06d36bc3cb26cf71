"""Encrypt secrets that must be used again, under a key derived from SECRET_KEY."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """The secret was encrypted under another SECRET_KEY, or altered."""


def encrypt(secret: str, purpose: str) -> str:
    """Return the secret in a form safe to store; only the same purpose decrypts it."""
    return _cipher(settings.SECRET_KEY, purpose).encrypt(secret.encode()).decode()


def decrypt(stored: str, purpose: str) -> str:
    """Return the secret; Unreadable if neither SECRET_KEY nor an earlier one made it."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(key, purpose).decrypt(stored.encode()).decode()
        except InvalidToken:
            continue
    raise Unreadable("it was stored under another SECRET_KEY")


@lru_cache(maxsize=8)
def _cipher(secret_key: str, purpose: str) -> Fernet:
    # RFC 5869; SECRET_KEY has enough entropy, so it needs no slow derivation.
    derived = HKDF(SHA256(), length=32, salt=None, info=purpose.encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
