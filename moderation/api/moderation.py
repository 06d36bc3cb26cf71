"""The check, its batch, the analysis of a text, and an author's status."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import pipeline, queries
from moderation.answers import analysis_of, answer_of, status_answer
from moderation.api.errors import problem, problem_of
from moderation.api.fields import MetadataField, StrictCharField
from moderation.api.permissions import caller_of
from moderation.api.shapes.checking import AnalysisAnswer, BatchAnswer, CheckAnswer, StatusAnswer
from moderation.errors import Invalid
from moderation.ingest import (
    MAX_CONTENT_LENGTH,
    MAX_ID_LENGTH,
    MAX_METADATA_BYTES,
    Submission,
)

MAX_BATCH = 100
MAX_BATCH_BYTES = 8 * 1024 * 1024
#: CONTRACT section 1: images, files and OCR are not part of 1.0.
CONTENT_TYPES = ["text"]


EXAMPLE = {
    "message_id": "m-1",
    "user_id": "ana",
    "channel_id": "general",
    "content": "Eres un idiota",
}


class MessageSerializer(serializers.Serializer[Any]):
    message_id = StrictCharField(max_length=MAX_ID_LENGTH)
    user_id = StrictCharField(max_length=MAX_ID_LENGTH)
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH)
    content = StrictCharField(max_length=MAX_CONTENT_LENGTH)
    content_type = serializers.ChoiceField(
        CONTENT_TYPES,
        default="text",
        error_messages={"invalid_choice": "only text is moderated in this version."},
    )
    metadata = MetadataField(MAX_METADATA_BYTES, required=False, allow_null=True)
    username = StrictCharField(
        max_length=MAX_ID_LENGTH, required=False, allow_blank=True, allow_null=True
    )
    language = StrictCharField(max_length=35, required=False, allow_blank=True, allow_null=True)
    reply_to = StrictCharField(
        max_length=MAX_ID_LENGTH, required=False, allow_blank=True, allow_null=True
    )
    dry_run = serializers.BooleanField(default=False)


# One for all calls: a serializer copies its fields when it is made, which takes far longer than
# to validate with them, and validating keeps nothing in it.
_messages = MessageSerializer(error_messages={"null": "No data provided"})


class AnalyzeSerializer(serializers.Serializer[Any]):
    text = StrictCharField(max_length=MAX_CONTENT_LENGTH)
    language = StrictCharField(max_length=35, required=False, allow_blank=True, allow_null=True)


class AuthorSerializer(serializers.Serializer[Any]):
    user_id = StrictCharField(max_length=MAX_ID_LENGTH)
    channel_id = StrictCharField(max_length=MAX_ID_LENGTH)


class BatchSerializer(serializers.Serializer[Any]):
    """Describes the body; each message is validated on its own."""

    messages = serializers.ListField(child=MessageSerializer(), min_length=1, max_length=MAX_BATCH)


class CheckView(APIView):
    """POST /api/v1/moderation/check"""

    action = "check"

    @extend_schema(
        summary="Judge a message and store what follows from it",
        request=MessageSerializer,
        responses=CheckAnswer,
        examples=[OpenApiExample("An insult in Spanish", EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        return Response(check(request, request.data))


class BatchView(APIView):
    """POST /api/v1/moderation/check/batch"""

    action = "check"
    max_body_bytes = MAX_BATCH_BYTES

    @extend_schema(
        summary="Judge up to 100 messages", request=BatchSerializer, responses=BatchAnswer
    )
    def post(self, request: Request) -> Response:
        messages = request.data.get("messages") if isinstance(request.data, dict) else None
        if not isinstance(messages, list) or not 1 <= len(messages) <= MAX_BATCH:
            raise Invalid("messages", f"must be a list of 1 to {MAX_BATCH} messages.")
        return Response({"results": [check_or_problem(request, message) for message in messages]})


def check_or_problem(request: Request, data: Any) -> dict[str, Any]:
    """Return a message's answer, or the problem that only this one of the batch has."""
    try:
        return check(request, data)
    except Exception as error:
        document = problem_of(error) or problem(500, "This message could not be judged: try again.")
        if document["status"] >= 500:
            raise
        message_id = data.get("message_id") if isinstance(data, dict) else None
        is_named = isinstance(message_id, str)
        return {"message_id": message_id if is_named else None, "error": document}


def check(request: Request, data: Any) -> dict[str, Any]:
    fields = dict(_messages.run_validation(data))
    judge = pipeline.rehearse if fields.pop("dry_run") else pipeline.moderate
    return answer_of(judge(_submission(request, fields)), request.build_absolute_uri)


def _submission(request: Request, fields: dict[str, Any]) -> Submission:
    caller = caller_of(request)
    return Submission(
        project=caller.project,
        message_id=fields["message_id"],
        user_id=fields["user_id"],
        channel_id=fields["channel_id"],
        content=fields["content"],
        username=fields.get("username") or "",
        reply_to=fields.get("reply_to") or "",
        metadata=fields.get("metadata") or {},
        language=fields.get("language") or None,
        accept_language=request.headers.get("Accept-Language", ""),
    )


class AnalyzeView(APIView):
    """POST /api/v1/moderation/analyze"""

    action = "check"

    @extend_schema(
        summary="Judge a text without an author; stores nothing",
        request=AnalyzeSerializer,
        responses=AnalysisAnswer,
        examples=[OpenApiExample("A text", {"text": "Eres un idiota"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        serializer = AnalyzeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        in_force = queries.in_force(caller_of(request).project)
        return Response(
            analysis_of(pipeline.analyze(fields["text"], in_force, fields.get("language")))
        )


class StatusView(APIView):
    """GET /api/v1/moderation/status/{user_id}/{channel_id}, or the same by query"""

    action = "check"

    @extend_schema(summary="Strikes and ban of an author", responses=StatusAnswer)
    def get(self, request: Request, user_id: str = "", channel_id: str = "") -> Response:
        named = {"user_id": user_id, "channel_id": channel_id} if user_id else request.query_params
        serializer = AuthorSerializer(data=named)
        serializer.is_valid(raise_exception=True)
        author = serializer.validated_data
        project, now = caller_of(request).project, timezone.now()
        policy = queries.policy_of(project)
        status = queries.status_of(project, author["user_id"], author["channel_id"], policy, now)
        return Response(status_answer(author, status))
