"""AuraFlow's POST /api/messages: moderate a message at once, or accept it for later."""

from typing import TypedDict

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.accounts.chat_tokens import ChatPass
from moderation.api.authentication import ChatTokenAuthentication
from moderation.api.permissions import caller_of
from moderation.events.event import iso
from moderation.integrations.compat.legacy import (
    IdField,
    MessageSerializer,
    OlderView,
    submission_from,
)
from moderation.lib.errors import Forbidden
from moderation.lib.json_types import JsonObject
from moderation.models import ModerationLog
from moderation.pipeline import tasks
from moderation.pipeline.legacy_actions import REFUSED, confidence_in_verdict
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import MAX_ID_LENGTH

BLOCKED = "Your message violates community guidelines."


class ChatMessageSerializer(MessageSerializer):
    #: A chat token names author and channel.
    user_id = IdField(required=False, allow_null=True)
    channel_id = IdField(required=False, allow_null=True)
    chat_id = IdField(required=False, allow_null=True)
    username = serializers.CharField(
        max_length=MAX_ID_LENGTH, required=False, allow_blank=True, allow_null=True
    )

    def validate(self, data: JsonObject) -> JsonObject:
        chat: ChatPass | None = self.context["chat"]
        if chat is not None:
            return for_token(data, chat)
        if not data.get("user_id"):
            raise serializers.ValidationError({"user_id": "This field is required."})
        if not (data.get("channel_id") or data.get("chat_id")):
            raise serializers.ValidationError({"channel_id": "This field is required."})
        return data


class MessageVerdict(TypedDict):
    action: str
    severity: str
    confidence: float
    reasons: list[str]


class PostedMessage(TypedDict):
    id: str
    content: str
    channel_id: str
    user_id: str
    author: str
    created_at: str
    moderation: MessageVerdict


class MessageBlock(TypedDict):
    blocked: bool
    reasons: list[str]
    severity: str
    message: str


class BlockedMessage(TypedDict):
    error: str
    detail: str
    moderation: MessageBlock


class AcceptedMessage(TypedDict):
    message_id: str
    status: str
    task_id: str


def for_token(data: JsonObject, chat: ChatPass) -> JsonObject:
    """Return the message with the token's author. Raises Forbidden for another author or channel.

    A channel in `chat_id` stays there: it asks for an answer later.
    """
    for name, value in (
        ("user_id", chat.user_id),
        ("channel_id", chat.channel_id),
        ("chat_id", chat.channel_id),
    ):
        if data.get(name) and data[name] != value:
            raise Forbidden(f"This token does not speak for the {name} {data[name]!r}.")
    place = {} if data.get("chat_id") else {"channel_id": chat.channel_id}
    return {**data, **place, "user_id": chat.user_id, "username": chat.username}


class MessagesView(OlderView):
    """POST /api/messages; with a chat token its author and channel may be left out."""

    action = "chat"
    authentication_classes = [ChatTokenAuthentication, *APIView.authentication_classes]

    @extend_schema(
        summary="Moderate and post a message, for clients of AuraFlow and Bloom",
        request=ChatMessageSerializer,
        responses={
            201: PostedMessage,
            202: AcceptedMessage,
            (403, "application/json"): BlockedMessage,
        },
        parameters=[
            OpenApiParameter("Prefer", location="header", description="respond-async: do not wait")
        ],
        examples=[
            OpenApiExample(
                "A message",
                {"content": "Hello", "user_id": "ana", "channel_id": "general"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        context = {"chat": caller_of(request).chat}
        serializer = ChatMessageSerializer(data=request.data, context=context)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        submission = submission_from(
            request,
            fields,
            user_id=fields["user_id"],
            channel_id=fields.get("channel_id") or fields["chat_id"],
            username=fields.get("username") or "",
        )
        # RFC 7240: a client may prefer not to wait.
        preferences = request.headers.get("Prefer", "").lower().replace(";", ",").split(",")
        prefers_async = "respond-async" in {preference.strip() for preference in preferences}
        if not fields.get("channel_id") or prefers_async:
            task = tasks.accept(submission)
            accepted = {
                "message_id": task.message_id,
                "status": "pending_moderation",
                "task_id": str(task.pk),
            }
            return Response(accepted, 202, headers={"Location": f"/api/tasks/{task.pk}"})
        log = moderate(submission).log
        if log.is_approved:
            return Response(approval_of(log), 201)
        return Response(refusal_of(log), 403)


def approval_of(log: ModerationLog) -> PostedMessage:
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
            "confidence": round(confidence_in_verdict(log), 2),
            "reasons": log.reasons,
        },
    }


def refusal_of(log: ModerationLog) -> BlockedMessage:
    """Return the refusal; the only reason for refusing a banned author's message is the ban."""
    refused = REFUSED.get(log.action)
    return {
        "error": "Message blocked",
        "detail": refused or "Message blocked",
        "moderation": {
            "blocked": True,
            "reasons": [log.action] if refused else log.reasons,
            "severity": log.severity,
            "message": BLOCKED,
        },
    }
