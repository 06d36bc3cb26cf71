"""What else a blacklist word would hit: before it is saved, an admin sees it."""

from datetime import datetime, timedelta
from typing import TypedDict

from moderation.engine.classify import blacklist_hits
from moderation.engine.text.fold import exact_form
from moderation.engine.text.ordinary import is_ordinary
from moderation.models import BlacklistWord, ModerationLog
from moderation.rules.active import ruleset_of

WINDOW = timedelta(days=7)
MOST_MESSAGES = 1_000
MOST_WORDS = 20


class WordReach(TypedDict):
    #: Other words that it matches in recent messages.
    words: list[str]
    #: How many of the newest messages of the last 7 days it matches.
    messages: int
    #: Whether it is itself an ordinary word, a name or a place.
    is_ordinary: bool


def also_matches(word: BlacklistWord, now: datetime) -> WordReach:
    """Return what a word, stored or not, would hit in the project's recent messages."""
    ruleset = ruleset_of(word)
    own = exact_form(word.word)
    logs = ModerationLog.objects.filter(project=word.project, created_at__gte=now - WINDOW)
    texts = logs.order_by("-created_at").values_list("content", flat=True)[:MOST_MESSAGES]
    words: dict[str, None] = {}
    messages = 0
    for text in texts:
        hits = blacklist_hits(text, ruleset)
        messages += bool(hits)
        words.update(dict.fromkeys(exact_form(hit.text) for hit in hits))
    others = [found for found in words if found != own]
    return WordReach(
        words=others[:MOST_WORDS],
        messages=messages,
        is_ordinary=not word.is_regex and is_ordinary(own),
    )
