"""Identifiers that sort by the time they were made."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562): keyset pages by id are pages by time."""
    return uuid7()
