"""Banned users, figures of a channel, and maintenance (docs/administration.md)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.blacklist import MAX_SKIP
from moderation.api.fields import StrictCharField
from moderation.api.pagination import MAX_LIMIT, bounded
from moderation.api.permissions import caller_of
from moderation.api.schema import LIMIT, named, whole
from moderation.api.shapes.authors import (
    BannedList,
    BannedRow,
    BansExpired,
    ChannelFigures,
    CleanedUp,
)
from moderation.events.event import iso
from moderation.pipeline import retention
from moderation.pipeline.submission import MAX_ID_LENGTH
from moderation.queries.administration import Banned, banned_users, channel_figures
from moderation.rules.active import policy_of
from moderation.sanctions.bans import expire_sanctions

MOST_DAYS = 36_500
DAYS = "The age in days; by default the policy's `retention_days`"


class ChannelSerializer(serializers.Serializer[Any]):
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH)


class BannedUsersView(APIView):
    """GET /api/v1/admin/banned-users?channel_id&limit&skip"""

    action = "admin"

    @extend_schema(
        summary="Active bans, newest first",
        parameters=[
            named("channel_id", "Only bans that apply to this channel"),
            LIMIT,
            whole("skip", "How many rows to skip", default=0, most=MAX_SKIP),
        ],
        responses=BannedList,
    )
    def get(self, request: Request) -> Response:
        skip = bounded(request, "skip", default=0, least=0, most=MAX_SKIP)
        limit = bounded(request, "limit", default=50, least=1, most=MAX_LIMIT)
        channel_id = channel_of(request) if "channel_id" in request.query_params else ""
        project, now = caller_of(request).project, timezone.now()
        total, banned = banned_users(project, channel_id, now, skip=skip, limit=limit)
        answer: BannedList = {"total": total, "banned_users": [banned_row(one) for one in banned]}
        return Response(answer)


class ChannelView(APIView):
    """GET /api/v1/admin/channels/{channel_id}/stats, or the same by query"""

    action = "admin"

    @extend_schema(summary="Figures of a channel over 7 days", responses=ChannelFigures)
    def get(self, request: Request, channel_id: str = "") -> Response:
        channel_id = channel_of(request, channel_id)
        project, now = caller_of(request).project, timezone.now()
        figures = channel_figures(project, channel_id, now)
        answer: ChannelFigures = {
            "channel_id": channel_id,
            "total_violations": figures.violations,
            "total_users_with_strikes": figures.struck_authors,
            "banned_users": figures.bans["temporary"] + figures.bans["permanent"],
            "temp_banned": figures.bans["temporary"],
            "perm_banned": figures.bans["permanent"],
            "muted": figures.bans["mute"],
            "avg_strikes": round(figures.mean_strikes, 2),
            "toxicity": round(figures.toxicity, 4),
        }
        return Response(answer)


class ExpireBansView(APIView):
    """POST /api/v1/admin/maintenance/expire-bans"""

    action = "admin"

    @extend_schema(summary="End expired bans and strikes, as the relay does", responses=BansExpired)
    def post(self, request: Request) -> Response:
        ended = expire_sanctions(timezone.now(), caller_of(request).project)
        answer: BansExpired = {
            "success": True,
            "message": f"{ended.bans} bans and {ended.strikes} strikes ended",
            "data": {"expired_count": ended.bans},
        }
        return Response(answer)


class CleanupView(APIView):
    """POST /api/v1/admin/maintenance/cleanup?days"""

    action = "admin"

    @extend_schema(
        summary="Delete content older than the retention period",
        parameters=[whole("days", DAYS, default=None, least=1, most=MOST_DAYS)],
        responses=CleanedUp,
    )
    def post(self, request: Request) -> Response:
        caller, now = caller_of(request), timezone.now()
        default_days = policy_of(caller.project).retention_days
        days = bounded(request, "days", default=default_days, least=1, most=MOST_DAYS)
        removed = sum(retention.remove_old(caller.project, days, actor=caller.name, now=now))
        answer: CleanedUp = {
            "success": True,
            "message": f"{removed} contents removed",
            "data": {"deleted_count": removed},
        }
        return Response(answer)


def channel_of(request: Request, channel_id: str = "") -> str:
    """Return the channel of the path or the query."""
    named = {"channel_id": channel_id} if channel_id else request.query_params
    serializer = ChannelSerializer(data=named)
    serializer.is_valid(raise_exception=True)
    return str(serializer.validated_data["channel_id"])


def banned_row(banned: Banned) -> BannedRow:
    ban = banned.ban
    return {
        "user_id": ban.user_id,
        "channel_id": ban.channel_id or None,
        "ban_type": ban.type,
        "banned_at": iso(ban.issued_at),
        "banned_until": iso(ban.expires_at),
        "reason": ban.reason,
        "total_violations": banned.violations,
        "strike_count": banned.strikes,
    }
