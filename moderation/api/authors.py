"""Read and change an author's bans and strikes (docs/administration.md).

An author's id is in the path or, if it has characters that no path can carry, in the query.
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

from moderation.api.fields import StrictCharField
from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.api.schema import LIMIT, named, whole
from moderation.api.shapes.authors import (
    AuthorsBan,
    AuthorStatus,
    Banned,
    StrikesReset,
    ViolationList,
    ViolationRow,
)
from moderation.api.shapes.words import Done
from moderation.events.event import iso
from moderation.models import Author, Ban, ModerationLog
from moderation.models.author import WHOLE_PROJECT
from moderation.pipeline.submission import MAX_ID_LENGTH
from moderation.queries.administration import active_sanctions, summary_of, violations_of
from moderation.sanctions import by_staff
from moderation.sanctions.by_staff import (
    BAN_TYPES,
    LONGEST_REASON,
    MOST_HOURS,
    MOST_MINUTES,
    banned_at,
    issue_ban,
    issue_mute,
    revoke_ban,
    revoke_ban_and_strikes,
)
from moderation.sanctions.payloads import ban_info

DAYS, MOST_DAYS = 30, 3650
CHANNEL = named("channel_id", "The channel; if left out, any channel")


class AuthorSerializer(serializers.Serializer[Any]):
    user_id = StrictCharField(max_length=MAX_ID_LENGTH)
    #: If left out, any channel.
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH, required=False)


class PlaceSerializer(serializers.Serializer[Any]):
    #: null means the whole project.
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH, allow_null=True)


class BanSerializer(PlaceSerializer):
    type = serializers.ChoiceField(BAN_TYPES)
    hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, required=False, allow_null=True
    )
    #: Instead of hours.
    minutes = serializers.IntegerField(
        min_value=1, max_value=MOST_MINUTES, required=False, allow_null=True
    )
    reason = StrictCharField(max_length=LONGEST_REASON)


class MuteSerializer(PlaceSerializer):
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES)
    reason = StrictCharField(max_length=LONGEST_REASON)


class UnmuteSerializer(PlaceSerializer):
    reason = StrictCharField(
        max_length=LONGEST_REASON, required=False, allow_blank=True, allow_null=True
    )


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
        author, now = Author(caller_of(request).project, user_id, channel_id), timezone.now()
        violations = violations_of(author)
        recent = violations.filter(judged_at__gt=now - timedelta(days=days))
        sanctions = active_sanctions(author, now)
        answer: ViolationList = {
            "user_id": user_id,
            "channel_id": channel_id or None,
            "total_violations": recent.count(),
            "current_strikes": sanctions.strikes,
            "is_banned": sanctions.is_banned,
            "is_muted": sanctions.is_muted,
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
        author = Author(caller_of(request).project, user_id, channel_id)
        sanctions = active_sanctions(author, timezone.now())
        summary = summary_of(violations_of(author))
        answer: AuthorStatus = {
            "user_id": user_id,
            "channel_id": channel_id or None,
            "strike_count": sanctions.strikes,
            "is_banned": sanctions.is_banned,
            "is_muted": sanctions.is_muted,
            "ban_info": ban_info(sanctions.ban) if sanctions.ban else None,
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
        ban = issue_ban(
            Author(caller_of(request).project, user_id, fields["channel_id"] or WHOLE_PROJECT),
            type=fields["type"],
            hours=fields.get("hours"),
            minutes=fields.get("minutes"),
            reason=fields["reason"],
            actor=caller_of(request).name,
            now=timezone.now(),
        )
        answer: Banned = {
            "success": True,
            "message": "User banned successfully",
            "data": ban_row(ban),
        }
        return Response(answer, status=201)


class MuteView(APIView):
    """POST /api/v1/admin/users/{user_id}/mute"""

    action = "admin"

    @extend_schema(
        summary="Mute an author for some minutes", request=MuteSerializer, responses={201: Banned}
    )
    def post(self, request: Request, user_id: str = "") -> Response:
        user_id, _ = author_of(request, user_id)
        fields = body_of(request, MuteSerializer)
        mute = issue_mute(
            Author(caller_of(request).project, user_id, fields["channel_id"] or WHOLE_PROJECT),
            minutes=fields["minutes"],
            reason=fields["reason"],
            actor=caller_of(request).name,
            now=timezone.now(),
        )
        answer: Banned = {
            "success": True,
            "message": "User muted successfully",
            "data": ban_row(mute),
        }
        return Response(answer, status=201)


class UnmuteView(APIView):
    """PUT /api/v1/admin/users/{user_id}/unmute"""

    action = "admin"

    @extend_schema(summary="End a mute", request=UnmuteSerializer, responses=Done)
    def put(self, request: Request, user_id: str = "") -> Response:
        user_id, _ = author_of(request, user_id)
        fields, now = body_of(request, UnmuteSerializer), timezone.now()
        channel_id = fields["channel_id"] or WHOLE_PROJECT
        author = Author(caller_of(request).project, user_id, channel_id)
        mute, reason = banned_at(author, now, is_mute=True), fields.get("reason") or ""
        revoke_ban(mute, reason=reason, actor=caller_of(request).name, now=now)
        return Response({"success": True, "message": "User unmuted successfully"})


class UnbanView(APIView):
    """PUT /api/v1/admin/users/{user_id}/unban"""

    action = "admin"

    @extend_schema(
        summary="Lift a ban or a mute; reset the strikes on request",
        request=UnbanSerializer,
        responses=Done,
    )
    def put(self, request: Request, user_id: str = "") -> Response:
        user_id, _ = author_of(request, user_id)
        fields, now = body_of(request, UnbanSerializer), timezone.now()
        channel_id = fields["channel_id"] or WHOLE_PROJECT
        ban = banned_at(Author(caller_of(request).project, user_id, channel_id), now)
        is_whole = fields["reset_strikes"]
        lift = revoke_ban_and_strikes if is_whole else revoke_ban
        lift(ban, reason=fields.get("reason") or "", actor=caller_of(request).name, now=now)
        more = " and strikes reset" if is_whole else ""
        return Response({"success": True, "message": f"User unbanned successfully{more}"})


class ResetStrikesView(APIView):
    """POST /api/v1/admin/users/{user_id}/reset-strikes?channel_id"""

    action = "admin"

    @extend_schema(summary="Reset the active strikes", parameters=[CHANNEL], responses=StrikesReset)
    def post(self, request: Request, user_id: str = "") -> Response:
        user_id, channel_id = author_of(request, user_id)
        count = by_staff.reset_strikes(
            Author(caller_of(request).project, user_id, channel_id),
            actor=caller_of(request).name,
            now=timezone.now(),
        )
        answer: StrikesReset = {
            "success": True,
            "message": "Strikes reset successfully",
            "data": {"reset_count": count},
        }
        return Response(answer)


def author_of(request: Request, user_id: str) -> tuple[str, str]:
    """Return the author's id, from the path or the query, and the query's channel or ""."""
    query = request.query_params.dict()
    serializer = AuthorSerializer(data={**query, "user_id": user_id} if user_id else query)
    serializer.is_valid(raise_exception=True)
    fields = serializer.validated_data
    return fields["user_id"], fields.get("channel_id", "")


def body_of(request: Request, kind: type[serializers.Serializer[Any]]) -> Mapping[str, Any]:
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    fields: Mapping[str, Any] = serializer.validated_data
    return fields


def violation_row(log: ModerationLog) -> ViolationRow:
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


def ban_row(ban: Ban) -> AuthorsBan:
    return {
        "user_id": ban.user_id,
        **ban_info(ban),
        "issued_by": ban.issued_by,
        "issued_at": iso(ban.issued_at),
    }
