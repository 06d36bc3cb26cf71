"""Two messages with one message_id that arrive at once: the second finds what the first stored."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError

logger = logging.getLogger(__name__)

T = TypeVar("T")
TRIES = 3


def try_past_twins(attempt: Callable[[], T]) -> T:
    """Return what the attempt returns; try again, from the start, where a twin was stored first.

    The attempt has a transaction of its own. Raises IntegrityError if the last try fails too.
    """
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except IntegrityError:
            logger.debug("Two messages with one message_id arrived at once")
    return attempt()
