"""POST /api/moderate, which two older services have: one answer serves both."""

from typing import Any, TypedDict

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from moderation.api.fields import MetadataField
from moderation.api.moderation import CONTENT_TYPES
from moderation.integrations.compat.legacy import (
    CHANNEL,
    NAMELESS,
    IdField,
    MessageSerializer,
    OlderView,
    submission_from,
)
from moderation.models import ModerationLog, Status
from moderation.pipeline.legacy_actions import (
    confidence_in_status,
    reason_in_words,
    recommended_action,
)
from moderation.pipeline.moderate import moderate
from moderation.pipeline.outcome import Outcome


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
    metadata = MetadataField(required=False, allow_null=True)


class OlderResult(TypedDict):
    decision: str
    confidence: float
    reason: str
    moderator_type: str
    moderator_name: str
    rule_name: str | None
    categories: list[str]
    category_scores: dict[str, float]
    processing_time: float


class ModerateAnswer(TypedDict):
    approved: bool
    message_id: str
    action: str | None
    reason: str | None
    flagged: bool
    success: bool
    content_id: str
    status: str
    moderation_results: list[OlderResult]


class ModerateView(OlderView):
    """POST /api/moderate"""

    action = "check"

    @extend_schema(
        summary="Moderate a message, for clients of Bloom and AutoModerate",
        request=ModerateSerializer,
        responses=ModerateAnswer,
        examples=[
            OpenApiExample(
                "As Bloom sends it",
                {"content": "Shut up idiot", "user_id": "ana", "chat_id": "general"},
                request_only=True,
            ),
            OpenApiExample(
                "As AutoModerate sends it",
                {"type": "text", "content": "Shut up idiot", "metadata": {"user_id": "ana"}},
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = ModerateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        metadata = fields.get("metadata") or {}
        author = fields.get("user_id")
        if not author:
            in_metadata = AuthorSerializer(data={"user_id": metadata.get("user_id")})
            if not in_metadata.is_valid():
                raise serializers.ValidationError({"metadata": in_metadata.errors})
            author = in_metadata.validated_data["user_id"]
        submission = submission_from(
            request,
            fields,
            user_id=author or NAMELESS,
            channel_id=fields.get("chat_id") or CHANNEL,
            metadata=metadata,
            is_nameless=not author,
            may_punish=False,
        )
        return Response(answer_of(moderate(submission)))


def answer_of(outcome: Outcome) -> ModerateAnswer:
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
        "status": status_of(log),
        "moderation_results": results_of(log),
    }


def status_of(log: ModerationLog) -> str:
    """Return AutoModerate's status, which agrees with Bloom's `approved`.

    A mere warning has the status `flagged`, unless a moderator approved the message.
    """
    is_manual = log.moderator_type == "manual"
    is_warning = log.status == Status.APPROVED and recommended_action(log) is not None
    return Status.FLAGGED if is_warning and not is_manual else log.status


def results_of(log: ModerationLog) -> list[OlderResult]:
    """Return the verdict as the only result."""
    return [
        {
            "decision": status_of(log),
            "confidence": confidence_in_status(log),
            "reason": reason_in_words(log) or "Nothing was found",
            "moderator_type": log.moderator_type,
            "moderator_name": log.moderator_name,
            "rule_name": log.rule_name,
            "categories": log.reasons,
            "category_scores": log.categories,
            "processing_time": log.processing_seconds,
        }
    ]
