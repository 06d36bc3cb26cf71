"""Texts that clients labelled by suggesting scores, which count as decisions of people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moderation.models import Project, SuggestedScore
from moderation.pipeline.submission import hash_of
from reviews.models import DecisionKind

BATCH = 200
#: One backtest covers this many labels, the newest.
MOST = 20_000
#: A text with this score or more should be hidden (docs/moving-from-perspective.md).
REJECTED_FROM = 0.5


@dataclass(frozen=True)
class LabelledText:
    """A labelled text as content without an author, and the decision that its label implies."""

    pk: UUID
    content: str
    language: str
    decision: str
    user_id: str = ""
    standing: Mapping[str, Any] | None = None


def labelled_texts(project: Project, since: datetime) -> Iterator[list[LabelledText]]:
    """Yield batches, newest first; each text comes once, with its newest label."""
    scores = SuggestedScore.objects.filter(project=project, created_at__gte=since)
    rows, seen, left = scores.order_by("-created_at", "-id"), set[str](), MOST
    while left > 0 and (batch := list(rows[: min(BATCH, left)])):
        texts = []
        for row in batch:
            digest = hash_of(row.text)
            if digest not in seen:
                seen.add(digest)
                texts.append(LabelledText(row.pk, row.text, row.language, _decision_of(row)))
        yield texts
        left -= len(batch)
        last = batch[-1]
        further = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lt=last.pk)
        # The second condition implies the first, but the first lets the index start there.
        rows = rows.filter(further, created_at__lte=last.created_at)


def _decision_of(row: SuggestedScore) -> str:
    """Return reject if any score, of an attribute or one of its spans, is high enough."""
    for suggestion in row.scores.values():
        spans = [span.get("score") for span in suggestion.get("spanScores") or []]
        for score in (suggestion.get("summaryScore"), *spans):
            if score and float(score.get("value") or 0) >= REJECTED_FROM:
                return DecisionKind.REJECT
    return DecisionKind.APPROVE
