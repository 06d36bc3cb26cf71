"""Search content by text: everywhere if an index helps, else among the newest content."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from moderation.lib.content_keys import NOT_SEARCHABLE, encrypts_texts
from moderation.lib.errors import Invalid
from moderation.models import ModerationLog, Project
from moderation.rules.active import policy_of

#: How many of a project's newest contents a search without an index looks through.
SEARCH_WINDOW = 20_000
#: The index of PostgreSQL's extension `pg_trgm`, which a database may lack.
INDEX = "log_text"
INDEX_STATE = """
    SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid),
           (SELECT datctype FROM pg_database WHERE datname = current_database())
"""
#: The index holds groups of three letters. The database's locale says what a letter is.
INDEXED = re.compile(r"[^\W_]{3}")
INDEXED_ASCII = re.compile(r"[a-zA-Z0-9]{3}")
PLAIN_LOCALES = {"C", "POSIX"}


@dataclass(frozen=True)
class Reach:
    """What a search looks through: content since a moment, or all content (None)."""

    text: str = ""
    since: datetime | None = None

    def among(self, logs: QuerySet[ModerationLog]) -> QuerySet[ModerationLog]:
        """Return the logs whose content has the text, in any case."""
        if not self.text:
            return logs
        if self.since is not None:
            logs = logs.filter(created_at__gte=self.since)
        if connection.vendor == "sqlite" and not self.text.isascii():
            # SQLite's LIKE ignores case only for ASCII.
            return logs.filter(content__iregex=re.escape(self.text))
        return logs.filter(content__icontains=self.text)


def reach_of(project: Project, text: str) -> Reach:
    """Return what a search for this text looks through.

    Invalid if the project does not store content, or if the server stores it encrypted.
    """
    text = text.strip()
    if not text:
        return Reach()
    if encrypts_texts():
        raise Invalid("search", NOT_SEARCHABLE)
    if policy_of(project).storage == "hash":
        raise Invalid("search", "this project does not store content (storage: hash).")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(INDEX_STATE, [INDEX])
            has_index, locale = cursor.fetchone()
        letters = INDEXED_ASCII if locale in PLAIN_LOCALES else INDEXED
        if has_index and letters.search(text):
            return Reach(text)
    # The window's oldest content; None if the project has less.
    newest = ModerationLog.objects.filter(project=project).order_by("-created_at", "-id")
    moments = newest.values_list("created_at", flat=True)
    return Reach(text, moments[SEARCH_WINDOW - 1 : SEARCH_WINDOW].first())
