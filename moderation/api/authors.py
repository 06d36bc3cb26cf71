"""What the staff asks of an author and does to them (CONTRACT section 3, Administration).

An author's id stands in the path or, where it has characters that no path carries, in the query.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import queries, sanctions
from moderation.api.fields import StrictCharField
from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.api.schema import LIMIT, named, whole
from moderation.api.shapes.authors import AuthorStatus, Banned, StrikesReset, ViolationList
from moderation.api.shapes.words import Done
from moderation.enforce import ban_info
from moderation.events import iso
from moderation.ingest import MAX_ID_LENGTH
from moderation.models import Ban, BanType, ModerationLog
from moderation.models.sanctions import WHOLE_PROJECT
from moderation.sanctions import LONGEST_REASON, MOST_HOURS

DAYS, MOST_DAYS = 30, 3650
CHANNEL = named("channel_id", "The channel; left out: anywhere")


class AuthorSerializer(serializers.Serializer[Any]):
    user_id = StrictCharField(max_length=MAX_ID_LENGTH)
    #: Left out: anywhere.
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH, required=False)


class PlaceSerializer(serializers.Serializer[Any]):
    #: null: the whole project.
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH, allow_null=True)


class BanSerializer(PlaceSerializer):
    type = serializers.ChoiceField(BanType.choices)
    hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, required=False, allow_null=True
    )
    reason = StrictCharField(max_length=LONGEST_REASON)


class UnbanSerializer(PlaceSerializer):
    reason = StrictCharField(
        max_length=LONGEST_REASON, required=False, allow_blank=True, allow_null=True
    )
    reset_strikes = serializers.BooleanField(default=False)


class ViolationsView(APIView):
    """GET /api/v1/admin/users/{user_id}/violations?channel_id&days&limit"""

    action = "admin"

    @extend_schema(
        summary="An author's violations of the last days",
        parameters=[
            CHANNEL,
            LIMIT,
            whole("days", "How far back", default=DAYS, least=1, most=MOST_DAYS),
        ],
        responses=ViolationList,
    )
    def get(self, request: Request, user_id: str = "") -> Response:
        user_id, channel_id = author_of(request, user_id)
        days = bounded(request, "days", default=DAYS, least=1, most=MOST_DAYS)
        limit = bounded(request, "limit", default=50, least=1, most=MAX_LIMIT)
        project, now = caller_of(request).project, timezone.now()
        violations = queries.violations_of(project, user_id, channel_id)
        recent = violations.filter(judged_at__gt=now - timedelta(days=days))
        standing = queries.standing_of(project, user_id, channel_id, now)
        answer = {
            "user_id": user_id,
            "channel_id": channel_id or None,
            "total_violations": recent.count(),
            "current_strikes": standing.strikes,
            "is_banned": standing.ban is not None,
            "violations": [violation_row(log) for log in recent[:limit]],
        }
        return Response(answer)


class AuthorStatusView(APIView):
    """GET /api/v1/admin/users/{user_id}/status?channel_id"""

    action = "admin"

    @extend_schema(
        summary="Strikes, ban and violations by severity",
        parameters=[CHANNEL],
        responses=AuthorStatus,
    )
    def get(self, request: Request, user_id: str = "") -> Response:
        user_id, channel_id = author_of(request, user_id)
        project = caller_of(request).project
        standing = queries.standing_of(project, user_id, channel_id, timezone.now())
        summary = queries.summary_of(queries.violations_of(project, user_id, channel_id))
        answer = {
            "user_id": user_id,
            "channel_id": channel_id or None,
            "strike_count": standing.strikes,
            "is_banned": standing.ban is not None,
            "ban_info": ban_info(standing.ban) if standing.ban else None,
            "violation_summary": {
                "total": summary.total,
                "last_violation": iso(summary.last_at),
                "by_severity": summary.by_severity,
            },
        }
        return Response(answer)


class BanView(APIView):
    """POST /api/v1/admin/users/{user_id}/ban"""

    action = "admin"

    @extend_schema(summary="Ban an author", request=BanSerializer, responses={201: Banned})
    def post(self, request: Request, user_id: str = "") -> Response:
        user_id, _ = author_of(request, user_id)
        fields = body_of(request, BanSerializer)
        ban = sanctions.issue_ban(
            caller_of(request).project,
            user_id,
            fields["channel_id"] or WHOLE_PROJECT,
            type=fields["type"],
            hours=fields.get("hours"),
            reason=fields["reason"],
            actor=caller_of(request).name,
            now=timezone.now(),
        )
        answer = {"success": True, "message": "User banned successfully", "data": ban_row(ban)}
        return Response(answer, status=201)


class UnbanView(APIView):
    """PUT /api/v1/admin/users/{user_id}/unban"""

    action = "admin"

    @extend_schema(
        summary="Lift a ban, and the strikes if wanted", request=UnbanSerializer, responses=Done
    )
    def put(self, request: Request, user_id: str = "") -> Response:
        user_id, _ = author_of(request, user_id)
        fields, now = body_of(request, UnbanSerializer), timezone.now()
        channel_id = fields["channel_id"] or WHOLE_PROJECT
        ban = sanctions.banned_at(caller_of(request).project, user_id, channel_id, now)
        is_whole = fields["reset_strikes"]
        lift = sanctions.lift_ban_and_strikes if is_whole else sanctions.lift_ban
        lift(ban, reason=fields.get("reason") or "", actor=caller_of(request).name, now=now)
        more = " and strikes reset" if is_whole else ""
        return Response({"success": True, "message": f"User unbanned successfully{more}"})


class ResetStrikesView(APIView):
    """POST /api/v1/admin/users/{user_id}/reset-strikes?channel_id"""

    action = "admin"

    @extend_schema(
        summary="Take back the strikes that count", parameters=[CHANNEL], responses=StrikesReset
    )
    def post(self, request: Request, user_id: str = "") -> Response:
        user_id, channel_id = author_of(request, user_id)
        count = sanctions.reset_strikes(
            caller_of(request).project,
            user_id,
            channel_id,
            actor=caller_of(request).name,
            now=timezone.now(),
        )
        answer = {"success": True, "message": "Strikes reset successfully"}
        return Response({**answer, "data": {"reset_count": count}})


def author_of(request: Request, user_id: str) -> tuple[str, str]:
    """Return the author's id, from the path or the query, and the query's channel or ""."""
    query = request.query_params.dict()
    serializer = AuthorSerializer(data={**query, "user_id": user_id} if user_id else query)
    serializer.is_valid(raise_exception=True)
    found = serializer.validated_data
    return found["user_id"], found.get("channel_id", "")


def body_of(request: Request, kind: type[serializers.Serializer[Any]]) -> Mapping[str, Any]:
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    fields: Mapping[str, Any] = serializer.validated_data
    return fields


def violation_row(log: ModerationLog) -> dict[str, Any]:
    return {
        "id": str(log.pk),
        "message_id": log.message_id,
        "channel_id": log.channel_id,
        "detected_words": log.detected_words,
        "toxicity_score": log.score,
        "severity": log.severity,
        "action_taken": log.action,
        "strike_count_at_time": log.strike_count,
        "timestamp": iso(log.judged_at),
    }


def ban_row(ban: Ban) -> dict[str, Any]:
    issued = {"id": str(ban.pk), "issued_by": ban.issued_by, "issued_at": iso(ban.issued_at)}
    return {"user_id": ban.user_id, **ban_info(ban), **issued}
