"""Labels that clients send after their moderators' decisions; backtests read them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from moderation.accounts.callers import Caller
from moderation.lib.content_keys import MARK
from moderation.models import Project, SuggestedScore


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


def forget_labels(project: Project, texts: Collection[str]) -> int:
    """Delete the labels of exactly these texts; return how many."""
    labels = SuggestedScore.objects.filter(project=project)
    # Queries cannot look inside encrypted texts.
    encrypted = labels.filter(text__startswith=MARK).values_list("pk", "text")
    found = [pk for pk, text in encrypted.iterator() if text in texts]
    return labels.filter(Q(text__in=texts) | Q(pk__in=found)).delete()[0]
