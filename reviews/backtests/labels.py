"""Texts that clients labelled by suggesting scores: decisions of people elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from moderation.ingest import hash_of
from moderation.models import Project, SuggestedScore
from reviews.models import Ruling

BATCH = 200
#: The newest labels that one backtest looks at.
MOST = 20_000
#: From which score on a text should not have been shown (docs/moving-from-perspective.md).
REJECTED_FROM = 0.5


@dataclass(frozen=True)
class Labelled:
    """A text as a content that nobody in particular wrote, and what people said of it."""

    pk: UUID
    content: str
    language: str
    ruling: str
    user_id: str = ""
    standing: Mapping[str, Any] | None = None


def labelled_texts(project: Project, since: datetime) -> Iterator[list[Labelled]]:
    """Yield batches, newest first; each text comes once, with its newest label."""
    found = SuggestedScore.objects.filter(project=project, created_at__gte=since)
    rows, seen, left = found.order_by("-created_at", "-id"), set[str](), MOST
    while left > 0 and (batch := list(rows[: min(BATCH, left)])):
        yield [_labelled(row) for row in batch if _is_new(row.text, seen)]
        left -= len(batch)
        last = batch[-1]
        further = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lt=last.pk)
        # The first condition is implied by the second, but lets the index begin there.
        rows = rows.filter(further, created_at__lte=last.created_at)


def _is_new(text: str, seen: set[str]) -> bool:
    digest = hash_of(text)
    is_new = digest not in seen
    seen.add(digest)
    return is_new


def _labelled(row: SuggestedScore) -> Labelled:
    is_bad = any(_highest(said) >= REJECTED_FROM for said in row.scores.values())
    ruling = Ruling.REJECT if is_bad else Ruling.APPROVE
    return Labelled(row.pk, row.text, row.language, ruling)


def _highest(said: Mapping[str, Any]) -> float:
    """Return the highest score that was suggested for an attribute, of the whole or of a span."""
    spans = [span.get("score") for span in said.get("spanScores") or []]
    scores = [score for score in (said.get("summaryScore"), *spans) if score]
    return max((float(score.get("value") or 0) for score in scores), default=0.0)
