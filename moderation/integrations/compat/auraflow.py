"""AuraFlow's POST /api/messages: send a message, or hear that it was blocked; also in the queue."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from moderation import pipeline, tasks
from moderation.events import iso
from moderation.ingest import MAX_ID_LENGTH, Submission
from moderation.integrations.compat.older import (
    IdField,
    MessageSerializer,
    OlderView,
    submission_from,
)
from moderation.models import ModerationLog

BLOCKED = "Your message violates community guidelines."


class SentSerializer(MessageSerializer):
    user_id = IdField()
    channel_id = IdField(required=False, allow_null=True)
    chat_id = IdField(required=False, allow_null=True)
    username = serializers.CharField(
        max_length=MAX_ID_LENGTH, required=False, allow_blank=True, allow_null=True
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if not (data.get("channel_id") or data.get("chat_id")):
            raise serializers.ValidationError({"channel_id": "This field is required."})
        return data


class MessagesView(OlderView):
    """POST /api/messages"""

    action = "check"

    def post(self, request: Request) -> Response:
        serializer = SentSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        submission = submission_from(
            request,
            fields,
            user_id=fields["user_id"],
            channel_id=fields.get("channel_id") or fields["chat_id"],
            username=fields.get("username") or "",
        )
        if not fields.get("channel_id") or _wants_to_go_on(request):
            return _accepted(submission)
        log = pipeline.moderate(submission).log
        return Response(_sent(log), 201) if log.is_approved else Response(_blocked(log), 403)


def _wants_to_go_on(request: Request) -> bool:
    """Say whether the client would rather not wait (RFC 7240)."""
    preferences = request.headers.get("Prefer", "").lower().replace(";", ",").split(",")
    return "respond-async" in {preference.strip() for preference in preferences}


def _accepted(submission: Submission) -> Response:
    task = tasks.accept(submission)
    answer = {
        "message_id": task.message_id,
        "status": "pending_moderation",
        "task_id": str(task.pk),
    }
    return Response(answer, 202, headers={"Location": f"/api/tasks/{task.pk}"})


def _sent(log: ModerationLog) -> dict[str, Any]:
    return {
        "id": log.message_id,
        "content": log.content,
        "channel_id": log.channel_id,
        "user_id": log.user_id,
        "author": log.username or log.user_id,
        "created_at": iso(log.created_at),
        "moderation": {
            "action": log.verdict,
            "severity": log.severity,
            "confidence": round(log.score, 2),
            "reasons": log.reasons,
        },
    }


def _blocked(log: ModerationLog) -> dict[str, Any]:
    """Return the refusal; a banned author's message has no other reason than that."""
    is_banned = log.action == "user_banned"
    return {
        "error": "Message blocked",
        "detail": "User is banned" if is_banned else "Message blocked",
        "moderation": {
            "blocked": True,
            "reasons": ["user_banned"] if is_banned else log.reasons,
            "severity": log.severity,
            "message": BLOCKED,
        },
    }
