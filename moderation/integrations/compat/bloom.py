"""Bloom's calls with consequences: strikes of its own kind, and how an accepted message fared."""

from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from moderation import chat_strikes
from moderation.api.permissions import caller_of
from moderation.errors import NotFound
from moderation.events import iso
from moderation.integrations.compat.older import (
    IdField,
    MessageSerializer,
    OlderView,
    submission_from,
)
from moderation.models import ModerationTask
from moderation.models.tasks import TaskState
from moderation.recommended import reason_in_words

STATUSES = {
    TaskState.PENDING: "pending_moderation",
    TaskState.DONE: "completed",
    TaskState.FAILED: "failed",
}


class ChatSerializer(MessageSerializer):
    user_id = IdField()
    chat_id = IdField()


class ModerateWithStrikesView(OlderView):
    """POST /api/moderate-with-strikes"""

    action = "check"

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
        struck = chat_strikes.moderate_with_strikes(submission, timezone.now())
        answer = {
            "approved": struck.action is None,
            "strikes": struck.strikes,
            "max_strikes": chat_strikes.MOST_STRIKES,
            "action": struck.action,
            "reason": reason_in_words(struck.outcome.log),
            "message_id": struck.outcome.log.message_id,
        }
        return Response(answer)


class TaskView(OlderView):
    """GET /api/tasks/{task_id}"""

    action = "check"

    def get(self, request: Request, task_id: UUID) -> Response:
        tasks = ModerationTask.objects.filter(project=caller_of(request).project)
        task = tasks.filter(pk=task_id).first()
        if task is None:
            raise NotFound("Task not found")
        answer = {
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
