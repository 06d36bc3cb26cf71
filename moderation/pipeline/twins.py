"""Two messages with one message_id that arrive at once: the second finds what the first stored."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from django.db import IntegrityError

from moderation.pipeline.submission import Submission

logger = logging.getLogger(__name__)

T = TypeVar("T")
TRIES = 3


def try_past_twins(submission: Submission, attempt: Callable[[Submission], T]) -> T:
    """Return what the attempt returns; try again, from the start, where a twin was stored first.

    The attempt has a transaction of its own. Its author is counted by the first try alone. Raises
    IntegrityError if the last try fails too.
    """
    for _ in range(TRIES - 1):
        try:
            return attempt(submission)
        except IntegrityError:
            logger.debug("Two messages with one message_id arrived at once")
            submission = replace(submission, is_counted=False)
    return attempt(submission)
