"""Store the labels that clients send after their moderators' decisions; backtests read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from moderation.accounts.callers import Caller
from moderation.models import SuggestedScore


def store_suggestion(  # noqa: PLR0913 (keyword-only: each names itself)
    caller: Caller,
    text: str,
    scores: Mapping[str, Any],
    *,
    scored: Mapping[str, float],
    language: str,
    community: str,
    token: str,
    context: Mapping[str, Any],
    now: datetime,
) -> SuggestedScore:
    """Store the scores that a text should have had, next to those that it has now.

    If the same text comes again, the newest label holds.
    """
    return SuggestedScore.objects.create(
        project=caller.project,
        text=text,
        scores=dict(scores),
        scored=dict(scored),
        language=language,
        community=community,
        token=token,
        context=dict(context),
        engine_version=settings.ENGINE_VERSION,
        suggested_by=caller.name,
        created_at=now,
    )
