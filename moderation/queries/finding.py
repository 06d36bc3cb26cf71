"""Find an author, content or a word by the little that somebody remembers of it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from moderation.models import BlacklistWord, ModerationLog, Project

MOST = 5


@dataclass(frozen=True)
class Found:
    authors: list[str]
    logs: list[ModerationLog]
    words: list[BlacklistWord]

    @property
    def is_empty(self) -> bool:
        return not (self.authors or self.logs or self.words)


def find(project: Project, asked: str) -> Found:
    """Return what begins with or is named by the text; each look is bounded by an index."""
    logs = ModerationLog.objects.filter(project=project)
    authors = logs.filter(user_id__startswith=asked).order_by("user_id").values_list("user_id")
    named = Q(message_id=asked)
    if (content_id := _uuid(asked)) is not None:
        named |= Q(pk=content_id)
    words = BlacklistWord.objects.filter(project=project, is_active=True, word__startswith=asked)
    return Found(
        authors=list(authors.distinct().values_list("user_id", flat=True)[:MOST]),
        logs=list(logs.filter(named)[:MOST]),
        words=list(words.order_by("word")[:MOST]),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
