"""Encrypt a file with a password while it is written, so that it can be of any size.

AES-256-GCM in pieces of 1 MiB, the key by scrypt. Each piece's nonce counts up and says whether it
is the last, so that no piece can be altered, moved, repeated or cut off.
"""

import io
import os
import struct
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from moderation.lib.errors import Invalid

MAGIC = b"GAVEL-SEALED-1\n"
SALT_BYTES, PIECE_BYTES, TAG_BYTES = 16, 1024 * 1024, 16
SHORTEST_PASSWORD = 12


def key_of(password: str, salt: bytes) -> AESGCM:
    # RFC 7914 and OWASP: 128 MiB and about half a second for each guess.
    derived = Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(password.encode())
    return AESGCM(derived)


def nonce_of(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">3xQ?", number, is_last)


class Sealing(io.RawIOBase):
    """A file to write to; `close` writes the last piece, without which nothing can be read."""

    def __init__(self, file: IO[bytes], password: str) -> None:
        if len(password) < SHORTEST_PASSWORD:
            raise Invalid("password", f"must have {SHORTEST_PASSWORD} characters or more")
        salt = os.urandom(SALT_BYTES)
        self._file, self._key = file, key_of(password, salt)
        self._rest, self._number = bytearray(), 0
        file.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self._rest += data
        while len(self._rest) > PIECE_BYTES:
            self._put(bytes(self._rest[:PIECE_BYTES]), is_last=False)
            del self._rest[:PIECE_BYTES]
        return len(data)

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        nonce = nonce_of(self._number, is_last=is_last)
        self._file.write(self._key.encrypt(nonce, piece, None))
        self._number += 1

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._rest), is_last=True)
        super().close()


class Unsealing(io.RawIOBase):
    """A file to read from; Invalid for a wrong password or an altered file."""

    def __init__(self, file: IO[bytes], password: str) -> None:
        if file.read(len(MAGIC)) != MAGIC:
            raise Invalid("file", "is not encrypted")
        self._file, self._key = file, key_of(password, file.read(SALT_BYTES))
        self._ahead = file.read(PIECE_BYTES + TAG_BYTES)
        self._rest, self._number, self._is_over = b"", 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        if not self._rest and not self._is_over:
            self._next()
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def _next(self) -> None:
        piece, self._ahead = self._ahead, self._file.read(PIECE_BYTES + TAG_BYTES)
        self._is_over = not self._ahead
        try:
            nonce = nonce_of(self._number, is_last=self._is_over)
            self._rest = self._key.decrypt(nonce, piece, None)
        except InvalidTag:
            raise Invalid("file", "was altered or cut off, or the password is wrong") from None
        self._number += 1


def is_sealed(file: IO[bytes]) -> bool:
    """Say whether the file is encrypted, and go back to its beginning."""
    beginning = file.read(len(MAGIC))
    file.seek(0)
    return beginning == MAGIC
