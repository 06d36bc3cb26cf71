"""Do before the first message what it would otherwise wait for."""

import ctypes
import gc
import logging

from django.db import DatabaseError
from django.urls import get_resolver

from moderation.models import Project
from moderation.pipeline.moderate import rehearse
from moderation.pipeline.submission import Submission

logger = logging.getLogger(__name__)

#: Projects whose rules are compiled at the start; the others' at their first message.
MOST_PROJECTS = 20
#: Uses words, model, language and the statements of a violation.
TEXT = "Warm up, you idiot"


def warm_up() -> None:
    """Compile lists and rules, load the model and the addresses; store nothing.

    A database that is away or not migrated stops no start.
    """
    _ = get_resolver().url_patterns
    try:
        for project in Project.objects.order_by("pk")[:MOST_PROJECTS]:
            rehearse(Submission(project, "warm-up", "warm-up", "warm-up", TEXT))
    except DatabaseError:
        logger.warning("The database could not be used at the start", exc_info=True)
    tidy_memory()


def tidy_memory() -> None:
    """Give the system what loading took and left free, and keep the rest from being searched.

    Python looks through all objects now and then, which stops every request: 0.15 s for what a
    start leaves, and all of that stays anyway. Only glibc keeps memory that is free.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
