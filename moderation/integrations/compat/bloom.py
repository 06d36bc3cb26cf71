"""Bloom's calls: a check with Bloom's own strikes, and the result of an accepted message."""

from typing import TypedDict
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from moderation.api.permissions import caller_of
from moderation.events.event import iso
from moderation.integrations.compat.chat_strikes import moderate_with_strikes
from moderation.integrations.compat.legacy import (
    IdField,
    MessageSerializer,
    OlderView,
    submission_from,
)
from moderation.lib.errors import NotFound
from moderation.lib.json_types import JsonObject
from moderation.models import ModerationTask
from moderation.models.tasks import TaskState
from moderation.pipeline.legacy_actions import reason_in_words
from moderation.sanctions.chat_strikes import MOST_STRIKES

STATUSES = {
    TaskState.PENDING: "pending_moderation",
    TaskState.DONE: "completed",
    TaskState.FAILED: "failed",
}


class ChatSerializer(MessageSerializer):
    user_id = IdField()
    chat_id = IdField()


class StrikesAnswer(TypedDict):
    approved: bool
    strikes: int
    max_strikes: int
    action: str | None
    reason: str | None
    message_id: str


class TaskAnswer(TypedDict):
    task_id: str
    message_id: str
    state: str
    status: str
    result: JsonObject | None
    error: str | None
    created_at: str
    done_at: str | None


class ModerateWithStrikesView(OlderView):
    """POST /api/moderate-with-strikes"""

    action = "check"

    @extend_schema(
        summary="Moderate a message with strikes of the chat, for clients of Bloom",
        request=ChatSerializer,
        responses=StrikesAnswer,
        examples=[
            OpenApiExample(
                "A message",
                {"content": "Hello", "user_id": "ana", "chat_id": "general"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        serializer = ChatSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        submission = submission_from(
            request,
            fields,
            user_id=fields["user_id"],
            channel_id=fields["chat_id"],
            may_punish=False,
        )
        result = moderate_with_strikes(submission, timezone.now())
        answer: StrikesAnswer = {
            "approved": result.action is None,
            "strikes": result.strikes,
            "max_strikes": MOST_STRIKES,
            "action": result.action,
            "reason": reason_in_words(result.outcome.log),
            "message_id": result.outcome.log.message_id,
        }
        return Response(answer)


class TaskView(OlderView):
    """GET /api/tasks/{task_id}"""

    action = "check"

    @extend_schema(
        summary="State and result of an accepted message, for clients of Bloom",
        responses=TaskAnswer,
    )
    def get(self, request: Request, task_id: str) -> Response:
        try:
            known_id = UUID(task_id)
        except ValueError:
            raise NotFound("Task not found") from None
        tasks = ModerationTask.objects.filter(project=caller_of(request).project)
        task = tasks.filter(pk=known_id).first()
        if task is None:
            raise NotFound("Task not found")
        answer: TaskAnswer = {
            "task_id": str(task.pk),
            "message_id": task.message_id,
            "state": task.state,
            "status": STATUSES[TaskState(task.state)],
            "result": task.result,
            "error": task.error or None,
            "created_at": iso(task.created_at),
            "done_at": iso(task.done_at),
        }
        return Response(answer)
