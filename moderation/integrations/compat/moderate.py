"""POST /api/moderate, which two of the older services have: one answer serves both clients."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from moderation import pipeline
from moderation.api.fields import MetadataField
from moderation.api.moderation import CONTENT_TYPES
from moderation.engine.verdict import VerdictKind
from moderation.ingest import MAX_METADATA_BYTES
from moderation.integrations.compat.older import (
    CHANNEL,
    NAMELESS,
    IdField,
    MessageSerializer,
    OlderView,
    submission_from,
)
from moderation.models import ModerationLog
from moderation.recommended import reason_in_words, recommended_action
from moderation.settle import Outcome


class AuthorSerializer(serializers.Serializer[Any]):
    user_id = IdField(required=False, allow_null=True)


class ModerateSerializer(MessageSerializer):
    user_id = IdField(required=False, allow_null=True)
    chat_id = IdField(required=False, allow_null=True)
    type = serializers.ChoiceField(
        CONTENT_TYPES,
        default="text",
        error_messages={"invalid_choice": "only text is moderated in this version."},
    )
    metadata = MetadataField(MAX_METADATA_BYTES, required=False, allow_null=True)


class ModerateView(OlderView):
    """POST /api/moderate"""

    action = "check"

    def post(self, request: Request) -> Response:
        serializer = ModerateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        metadata = fields.get("metadata") or {}
        author = fields.get("user_id") or _author_in(metadata)
        submission = submission_from(
            request,
            fields,
            user_id=author or NAMELESS,
            channel_id=fields.get("chat_id") or CHANNEL,
            metadata=metadata,
            is_nameless=not author,
            may_punish=False,
        )
        return Response(answer_of(pipeline.moderate(submission)))


def _author_in(metadata: dict[str, Any]) -> str | None:
    serializer = AuthorSerializer(data={"user_id": metadata.get("user_id")})
    if not serializer.is_valid():
        raise serializers.ValidationError({"metadata": serializer.errors})
    author: str | None = serializer.validated_data["user_id"]
    return author


def answer_of(outcome: Outcome) -> dict[str, Any]:
    log = outcome.log
    action = recommended_action(log)
    return {
        "approved": action is None,
        "message_id": log.message_id,
        "action": action,
        "reason": reason_in_words(log),
        "flagged": outcome.review_id is not None,
        "success": True,
        "content_id": str(log.pk),
        "status": log.status,
        "moderation_results": results_of(log),
    }


def results_of(log: ModerationLog) -> list[dict[str, Any]]:
    """Return what judged the content, as one result."""
    is_allowed = log.verdict == VerdictKind.ALLOW
    return [
        {
            "decision": log.status,
            "confidence": round(1 - log.score if is_allowed else log.score, 6),
            "reason": reason_in_words(log) or "Nothing was found",
            "moderator_type": log.moderator_type,
            "moderator_name": log.moderator_name,
            "rule_name": log.rule_name,
            "categories": log.reasons,
            "category_scores": log.categories,
            "processing_time": log.processing_seconds,
        }
    ]
