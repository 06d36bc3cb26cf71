"""The older services' review calls: figures, flagged messages, a decision (docs/legacy.md)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from moderation.api.fields import StrictCharField
from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.api.schema import named, whole
from moderation.events.event import iso
from moderation.integrations.compat.legacy import OlderView
from moderation.lib.errors import NotFound
from moderation.models import ModerationLog, Project
from moderation.pipeline.legacy_actions import (
    REFUSED,
    content_category,
    pii_type,
    reason_in_words,
    recommended_action,
)
from reviews.decisions.case import DecisionRequest
from reviews.decisions.decide_message import decide_message
from reviews.decisions.notes import MAX_NOTE_LENGTH
from reviews.models import Decision, DecisionKind, ReviewItem

MOST_VIOLATORS = 10
MOST_DAYS = 365
MOST_SKIPPED = 10_000
PAGE_SIZE = 20


class DecisionSerializer(serializers.Serializer[Any]):
    approved = serializers.BooleanField()
    notes = StrictCharField(
        max_length=MAX_NOTE_LENGTH, default="", allow_blank=True, allow_null=True
    )


class OlderMessageRow(TypedDict):
    """A message as in Bloom's table of logs."""

    id: str
    message_id: str
    user_id: str
    content: str
    pii_detected: bool
    pii_type: str | None
    content_category: str
    action_taken: str | None
    action_reason: str | None
    flagged: bool
    categories_scores: dict[str, float]
    created_at: str
    manual_review: bool
    manual_review_approved: bool | None
    manual_review_notes: str | None
    reviewed_at: str | None


class OlderFigures(TypedDict):
    total: int
    pii_detected: int
    actions_taken: int
    flagged: int
    warnings_issued: int
    flagged_messages: int
    blocked_messages: int
    total_messages_checked: int


class Violator(TypedDict):
    user_id: str
    violation_count: int


class CategoryCount(TypedDict):
    content_category: str
    count: int


class ModerationStats(TypedDict):
    stats_24h: OlderFigures
    stats_7d: OlderFigures
    stats: OlderFigures
    top_violators: list[Violator]
    category_breakdown: list[CategoryCount]


class FlaggedMessages(TypedDict):
    items: list[OlderMessageRow]
    total: int


class OlderDecision(TypedDict):
    message_id: str
    approved: bool


class StatsView(OlderView):
    """GET /api/admin/moderation/stats?days=30"""

    action = "read"

    @extend_schema(
        summary="Figures of moderation, for clients of Bloom and AuraFlow",
        responses=ModerationStats,
        parameters=[whole("days", "Days of `stats`", default=30, least=1, most=MOST_DAYS)],
    )
    def get(self, request: Request) -> Response:
        project, now = caller_of(request).project, timezone.now()
        days = bounded(request, "days", default=30, least=1, most=MOST_DAYS)
        logs = _since(project, now - timedelta(days=days))
        by_user = logs.filter(is_violation=True).order_by().values_list("user_id")
        counts = by_user.annotate(count=Count("pk"))
        violators = counts.order_by("-count", "user_id")[:MOST_VIOLATORS]
        totals: Counter[str] = Counter()
        by_reasons = logs.order_by().values_list("reasons", "severity")
        for reasons, severity, count in by_reasons.annotate(Count("pk")):
            totals[content_category(reasons, severity)] += count
        answer = {
            "stats_24h": _figures(_since(project, now - timedelta(hours=24))),
            "stats_7d": _figures(_since(project, now - timedelta(days=7))),
            "stats": _figures(logs),
            "top_violators": [
                {"user_id": user_id, "violation_count": count} for user_id, count in violators
            ],
            "category_breakdown": [
                {"content_category": code, "count": count} for code, count in totals.most_common()
            ],
        }
        return Response(answer)


class FlaggedView(OlderView):
    """GET /api/admin/moderation/flagged?skip=0&limit=20"""

    action = "read"

    @extend_schema(
        summary="Flagged messages, newest first, for clients of Bloom",
        responses=FlaggedMessages,
        parameters=[
            whole("skip", "How many to skip", default=0, most=MOST_SKIPPED),
            whole("limit", "How many rows", default=PAGE_SIZE, least=1),
        ],
    )
    def get(self, request: Request) -> Response:
        skip = bounded(request, "skip", default=0, least=0, most=MOST_SKIPPED)
        limit = bounded(request, "limit", default=PAGE_SIZE, least=1, most=MAX_LIMIT)
        # Each open item belongs to a different message, and ids sort by time.
        waiting = ReviewItem.objects.open().filter(project=caller_of(request).project)
        ids = waiting.order_by("-log_id").values_list("log_id", flat=True)[skip : skip + limit]
        newest = ModerationLog.objects.filter(pk__in=list(ids)).order_by("-id")
        decisions = Decision.objects.in_effect().order_by("-decided_at")
        logs = newest.prefetch_related("reviews", Prefetch("reviews__decisions", decisions))
        rows = [message_row(log) for log in logs]
        return Response({"items": rows, "total": waiting.count()})


class DecideView(OlderView):
    """POST /api/admin/moderation/review/{message_id}?approved=true&notes="""

    action = "review"

    @extend_schema(
        summary="Approve or reject a message, for clients of Bloom",
        request=DecisionSerializer,
        responses=OlderDecision,
        parameters=[
            OpenApiParameter("approved", bool, description="Instead of the body"),
            named("notes", "Instead of the body"),
        ],
        examples=[OpenApiExample("Approved", {"approved": True}, request_only=True)],
    )
    def post(self, request: Request, message_id: str) -> Response:
        if "\0" in message_id:  # PostgreSQL refuses NUL in a query's text
            raise NotFound("Message not found")
        serializer = DecisionSerializer(data=request.data or request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        approved = serializer.validated_data["approved"]
        decision = DecisionRequest(
            ruling=DecisionKind.APPROVE if approved else DecisionKind.REJECT,
            note=serializer.validated_data["notes"] or "",
        )
        decide_message(message_id, decision, caller_of(request), now=timezone.now())
        return Response({"message_id": message_id, "approved": approved})


# --- Rows


def _since(project: Project, moment: datetime) -> QuerySet[ModerationLog]:
    return ModerationLog.objects.filter(project=project, created_at__gt=moment)


def _figures(logs: QuerySet[ModerationLog]) -> dict[str, int]:
    """Return the older services' figures, under Bloom's and AuraFlow's names."""
    counts = logs.aggregate(
        total=Count("pk"),
        pii_detected=Count("pk", filter=~Q(pii=[])),
        actions_taken=Count("pk", filter=~Q(verdict="allow") | Q(action__in=REFUSED)),
        warnings_issued=Count("pk", filter=Q(verdict="warn")),
        flagged_messages=Count("pk", filter=Q(verdict="flag")),
        blocked_messages=Count("pk", filter=Q(verdict="block")),
    )
    flagged = logs.filter(Exists(ReviewItem.objects.open().filter(log=OuterRef("pk"))))
    return {**counts, "flagged": flagged.count(), "total_messages_checked": counts["total"]}


def message_row(log: ModerationLog) -> OlderMessageRow:
    """Return a message; the caller fetched it with its reviews and their decisions."""
    items: Iterable[ReviewItem] = log.reviews.all()
    decisions = [decision for item in items for decision in item.decisions.all()]
    last = max(decisions, key=lambda decision: decision.decided_at, default=None)
    return {
        "id": str(log.pk),
        "message_id": log.message_id,
        "user_id": log.user_id,
        "content": log.content,
        "pii_detected": bool(log.pii),
        "pii_type": pii_type(log),
        "content_category": content_category(log.reasons, log.severity),
        "action_taken": recommended_action(log),
        "action_reason": reason_in_words(log),
        "flagged": any(item.status == "open" for item in items),
        "categories_scores": log.categories,
        "created_at": iso(log.created_at),
        "manual_review": last is not None,
        "manual_review_approved": last.ruling != DecisionKind.REJECT if last else None,
        "manual_review_notes": last.note if last else None,
        "reviewed_at": iso(last.decided_at) if last else None,
    }
