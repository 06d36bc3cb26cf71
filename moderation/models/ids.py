"""Ids that sort by creation time."""

import uuid
from datetime import datetime

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """Return a UUID version 7 (RFC 9562): keyset pages by id are pages by time."""
    return uuid7()


def first_id_of(moment: datetime) -> uuid.UUID:
    """Return the lowest UUID version 7 of a moment: ids carry milliseconds in their first bits."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)
