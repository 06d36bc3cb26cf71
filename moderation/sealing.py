"""Keep secrets that must be used again: encrypted under a key derived from SECRET_KEY."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """The secret was sealed under another SECRET_KEY, or altered."""


def seal(secret: str, purpose: str) -> str:
    """Return the secret as it may be stored; what is sealed for one purpose opens for no other."""
    return _box(settings.SECRET_KEY, purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """Return the secret; Unreadable where SECRET_KEY has changed."""
    try:
        return _box(settings.SECRET_KEY, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable("it was stored under another SECRET_KEY") from None


@lru_cache(maxsize=8)
def _box(secret_key: str, purpose: str) -> Fernet:
    # RFC 5869; SECRET_KEY has entropy enough, so that it needs no slow derivation.
    derived = HKDF(SHA256(), length=32, salt=None, info=purpose.encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
