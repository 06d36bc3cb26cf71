"""Find content by a text in it: anywhere where an index helps, else among the newest."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from moderation.errors import Invalid
from moderation.models import ModerationLog, Project
from moderation.queries.in_force import policy_of

#: So many of a project's newest contents are looked through where no index helps.
SEARCH_WINDOW = 20_000
#: The index of PostgreSQL's `pg_trgm`; a database that may not have the extension lacks it.
INDEX = "log_text"
INDEX_STATE = """
    SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid),
           (SELECT datctype FROM pg_database WHERE datname = current_database())
"""
#: The index knows words by three letters each. What a letter is, the database's locale says.
INDEXED = re.compile(r"[^\W_]{3}")
INDEXED_ASCII = re.compile(r"[a-zA-Z0-9]{3}")
PLAIN_LOCALES = {"C", "POSIX"}


@dataclass(frozen=True)
class Reach:
    """What a search looks through; `since`: no further back than that, None: everything."""

    text: str = ""
    since: datetime | None = None

    def among(self, logs: QuerySet[ModerationLog]) -> QuerySet[ModerationLog]:
        """Return those whose content has the text, in whatever case."""
        if not self.text:
            return logs
        if self.since is not None:
            logs = logs.filter(created_at__gte=self.since)
        if connection.vendor == "sqlite" and not self.text.isascii():
            # Its LIKE knows no other letters' capitals.
            return logs.filter(content__iregex=re.escape(self.text))
        return logs.filter(content__icontains=self.text)


def reach_of(project: Project, text: str) -> Reach:
    """Return what a search for this text looks through.

    Invalid where the project keeps no content that could be searched.
    """
    text = text.strip()
    if not text:
        return Reach()
    if policy_of(project).storage == "hash":
        raise Invalid("search", "this project keeps no content (storage: hash), so none is found.")
    return Reach(text, None if _is_indexed(text) else _window_start(project))


def _is_indexed(text: str) -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(INDEX_STATE, [INDEX])
        is_there, locale = cursor.fetchone()
    letters = INDEXED_ASCII if locale in PLAIN_LOCALES else INDEXED
    return bool(is_there and letters.search(text))


def _window_start(project: Project) -> datetime | None:
    """Return the moment of the window's oldest content; None where all lie inside."""
    newest = ModerationLog.objects.filter(project=project).order_by("-created_at", "-id")
    return newest.values_list("created_at", flat=True)[SEARCH_WINDOW - 1 : SEARCH_WINDOW].first()
