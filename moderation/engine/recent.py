"""What was read in the last minute: a text that many send is read once."""

import threading
from collections.abc import Hashable

from cachetools import TTLCache

from moderation.engine.classify import classifying
from moderation.engine.custom_rules.ruleset import Ruleset
from moderation.engine.custom_rules.specs import AI_PROMPT, USER
from moderation.engine.in_step import Steps, in_one_go
from moderation.engine.matches import Classification
from moderation.engine.model.scorer import ScoreRequest

SECONDS = 60
MOST_TEXTS = 1_024
#: Longer texts, and those in which more was found, would take much memory and seldom come twice.
LONGEST, MOST_FOUND = 1_000, 10

_recent: TTLCache[Hashable, Classification] = TTLCache(MOST_TEXTS, SECONDS)
_lock = threading.Lock()


def classifying_once(
    text: str,
    ruleset: Ruleset,
    *,
    user_id: str | None = None,
    language: str | None = None,
    is_duplicate: bool = False,
    score_request: ScoreRequest | None = None,
) -> Steps[Classification]:
    """Return what `classify` returns, from memory if the same was asked within the last minute.

    Nothing is kept of what a part failed to read, or of what another server says.
    """
    rules = {rule.spec.type for rule in ruleset.rules}
    scorer = score_request.scorer if score_request else None
    author = user_id if USER in rules else None
    key = (text, ruleset.serial, author, language, is_duplicate, scorer)
    may_keep = len(text) <= LONGEST and AI_PROMPT not in rules
    if may_keep:
        with _lock:
            known = _recent.get(key)
        if known:
            return known
    found = yield from classifying(
        text,
        ruleset,
        user_id=user_id,
        language=language,
        is_duplicate=is_duplicate,
        score_request=score_request,
    )
    size = len(found.matches) + len(found.pii) + len(found.rule_hits)
    if may_keep and not found.failed and size <= MOST_FOUND:
        with _lock:
            _recent[key] = found
    return found


classify_once = in_one_go(classifying_once)
