"""Find authors, content and words by a part of a name, by words or by an id."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from moderation.lib.errors import Invalid
from moderation.models import BlacklistWord, ModerationLog, Project
from moderation.queries.searching import SEARCH_WINDOW, reach_of

MOST = 5
MOST_AUTHORS = 50
#: Characters; shorter words are in nearly every message.
LEAST_SEARCHED = 3
#: Rows of fitting messages from which authors are collected.
ROWS_LOOKED_AT = 2000


@dataclass(frozen=True)
class Found:
    authors: list[str]
    logs: list[ModerationLog]
    words: list[BlacklistWord]

    @property
    def is_empty(self) -> bool:
        return not (self.authors or self.logs or self.words)


@dataclass(frozen=True)
class FoundAuthor:
    user_id: str
    #: The newest display name; "" if the app sends none.
    name: str
    last_seen: datetime


def find_authors(project: Project, text: str, most: int = MOST_AUTHORS) -> list[FoundAuthor]:
    """Return the authors whose id or display name has this text in any case, last seen first.

    Looks through the newest 20,000 messages; an exact id is found however old it is.
    """
    logs = ModerationLog.objects.filter(project=project)
    newest = logs.order_by("-created_at", "-id").values("pk")[:SEARCH_WINDOW]
    has_text = Q(user_id__icontains=text) | Q(username__icontains=text)
    fitting = logs.filter(Q(pk__in=newest) & has_text | Q(user_id=text))
    seen = fitting.order_by("-created_at").values_list("user_id", "username", "created_at")
    found: dict[str, FoundAuthor] = {}
    for user_id, name, created_at in seen[:ROWS_LOOKED_AT]:
        found.setdefault(user_id, FoundAuthor(user_id, name, created_at))
    return list(found.values())[:most]


def find(project: Project, text: str) -> Found:
    """Return authors, content and words that have the text, or content with it as id."""
    logs = ModerationLog.objects.filter(project=project)
    named = Q(message_id=text)
    with suppress(ValueError):
        named |= Q(pk=UUID(text))
    words = BlacklistWord.objects.filter(project=project, is_active=True, word__startswith=text)
    return Found(
        authors=[author.user_id for author in find_authors(project, text, MOST)],
        logs=list(logs.filter(named)[:MOST]) or with_words(logs, project, text),
        words=list(words.order_by("word")[:MOST]),
    )


def with_words(logs: QuerySet[ModerationLog], project: Project, text: str) -> list[ModerationLog]:
    """Return the newest content with these words; none for a text too short to search."""
    if len(text) < LEAST_SEARCHED:
        return []
    try:
        reach = reach_of(project, text)
    except Invalid:  # no text is stored, or it is encrypted
        return []
    return list(reach.among(logs).order_by("-created_at", "-id")[:MOST])
