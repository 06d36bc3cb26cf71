"""The older services' calls about reviewed messages: figures, what is flagged, and a ruling."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from moderation.api.fields import StrictCharField
from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.errors import NotFound
from moderation.events import iso
from moderation.integrations.compat.older import OlderView
from moderation.models import ModerationLog, Project
from moderation.recommended import (
    content_category,
    pii_type,
    reason_in_words,
    recommended_action,
)
from reviews.api.rulings import MAX_NOTE_LENGTH
from reviews.cases import Order
from reviews.models import Decision, ReviewItem, Ruling
from reviews.overruling import rule_on_message

MOST_VIOLATORS = 10
MOST_DAYS = 365
MOST_SKIPPED = 10_000
PAGE_SIZE = 20


class RulingSerializer(serializers.Serializer[Any]):
    approved = serializers.BooleanField()
    notes = StrictCharField(
        max_length=MAX_NOTE_LENGTH, default="", allow_blank=True, allow_null=True
    )


class StatsView(OlderView):
    """GET /api/admin/moderation/stats?days=30"""

    action = "read"

    def get(self, request: Request) -> Response:
        project, now = caller_of(request).project, timezone.now()
        days = bounded(request, "days", default=30, least=1, most=MOST_DAYS)
        logs = _since(project, now - timedelta(days=days))
        answer = {
            "stats_24h": _figures(_since(project, now - timedelta(hours=24))),
            "stats_7d": _figures(_since(project, now - timedelta(days=7))),
            "stats": _figures(logs),
            "top_violators": _violators(logs),
            "category_breakdown": _breakdown(logs),
        }
        return Response(answer)


class FlaggedView(OlderView):
    """GET /api/admin/moderation/flagged?skip=0&limit=20"""

    action = "read"

    def get(self, request: Request) -> Response:
        skip = bounded(request, "skip", default=0, least=0, most=MOST_SKIPPED)
        limit = bounded(request, "limit", default=PAGE_SIZE, least=1, most=MAX_LIMIT)
        # Each open item is of another content, whose id sorts by the time it came in.
        waiting = ReviewItem.objects.open().filter(project=caller_of(request).project)
        chosen = waiting.order_by("-log_id").values_list("log_id", flat=True)[skip : skip + limit]
        newest = ModerationLog.objects.filter(pk__in=list(chosen)).order_by("-id")
        rows = [log_row(log) for log in _with_rulings(newest)]
        return Response({"items": rows, "total": waiting.count()})


class RuleView(OlderView):
    """POST /api/admin/moderation/review/{message_id}?approved=true&notes="""

    action = "review"

    def post(self, request: Request, message_id: str) -> Response:
        if "\0" in message_id:  # no database stores it, and PostgreSQL does not even look
            raise NotFound("Message not found")
        told = request.data or request.query_params.dict()
        serializer = RulingSerializer(data=told)
        serializer.is_valid(raise_exception=True)
        approved = serializer.validated_data["approved"]
        order = Order(
            ruling=Ruling.APPROVE if approved else Ruling.REJECT,
            note=serializer.validated_data["notes"] or "",
        )
        rule_on_message(message_id, order, caller_of(request), now=timezone.now())
        return Response({"message_id": message_id, "approved": approved})


# --- Reads


def _since(project: Project, moment: datetime) -> QuerySet[ModerationLog]:
    return ModerationLog.objects.filter(project=project, created_at__gt=moment)


def _flagged(logs: QuerySet[ModerationLog]) -> QuerySet[ModerationLog]:
    return logs.filter(Exists(ReviewItem.objects.open().filter(log=OuterRef("pk"))))


def _figures(logs: QuerySet[ModerationLog]) -> dict[str, int]:
    """Return the older services' figures: Bloom's names, and AuraFlow's."""
    counted = logs.aggregate(
        total=Count("pk"),
        pii_detected=Count("pk", filter=~Q(pii=[])),
        actions_taken=Count("pk", filter=~Q(verdict="allow") | Q(action="user_banned")),
        warnings_issued=Count("pk", filter=Q(verdict="warn")),
        flagged_messages=Count("pk", filter=Q(verdict="flag")),
        blocked_messages=Count("pk", filter=Q(verdict="block")),
    )
    return {
        **counted,
        "flagged": _flagged(logs).count(),
        "total_messages_checked": counted["total"],
    }


def _violators(logs: QuerySet[ModerationLog]) -> list[dict[str, Any]]:
    counted = logs.filter(is_violation=True).order_by().values_list("user_id")
    worst = counted.annotate(count=Count("pk")).order_by("-count", "user_id")[:MOST_VIOLATORS]
    return [{"user_id": user_id, "violation_count": count} for user_id, count in worst]


def _breakdown(logs: QuerySet[ModerationLog]) -> list[dict[str, Any]]:
    counted = logs.order_by().values_list("reasons", "severity").annotate(Count("pk"))
    totals: Counter[str] = Counter()
    for reasons, severity, count in counted:
        totals[content_category(reasons, severity)] += count
    return [{"content_category": code, "count": count} for code, count in totals.most_common()]


def _with_rulings(logs: QuerySet[ModerationLog]) -> QuerySet[ModerationLog]:
    rulings = Decision.objects.standing().order_by("-decided_at")
    return logs.prefetch_related("reviews", Prefetch("reviews__decisions", rulings))


def log_row(log: ModerationLog) -> dict[str, Any]:
    """Return a message as Bloom's table of logs has it; its reviews were fetched with it."""
    items: Iterable[ReviewItem] = log.reviews.all()
    rulings = [ruling for item in items for ruling in item.decisions.all()]
    last = max(rulings, key=lambda ruling: ruling.decided_at, default=None)
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
        "manual_review_approved": last.ruling != Ruling.REJECT if last else None,
        "manual_review_notes": last.note if last else None,
        "reviewed_at": iso(last.decided_at) if last else None,
    }
