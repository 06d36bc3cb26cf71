"""Moderate messages from a queue; the results have the older services' format."""

from collections.abc import Mapping
from typing import Any, TypedDict

from django.conf import settings

from moderation.integrations.compat.legacy import CHANNEL, IdField, MessageSerializer
from moderation.lib.errors import Invalid
from moderation.models import Project
from moderation.pipeline.legacy_actions import recommended_action
from moderation.pipeline.moderate import moderate
from moderation.pipeline.submission import Submission


class QueuedSerializer(MessageSerializer):
    message_id = IdField()
    user_id = IdField()
    channel_id = IdField(required=False, allow_null=True)
    chat_id = IdField(required=False, allow_null=True)
    project_id = IdField(required=False, allow_null=True)


class QueueResult(TypedDict):
    message_id: str
    approved: bool
    action: str | None
    flagged: bool


def moderate_message(message_data: Mapping[str, Any]) -> QueueResult:
    """Moderate `{"message_id","user_id","content","channel_id"|"chat_id"?,"project_id"?}`.

    Its project is the one it names, else QUEUE_PROJECT, else the only one. Raises ValidationError
    or Invalid for a message that can never be accepted.
    """
    serializer = QueuedSerializer(data=message_data)
    serializer.is_valid(raise_exception=True)
    fields = serializer.validated_data
    slug = fields.get("project_id") or settings.QUEUE_PROJECT
    live = Project.objects.live()
    projects = live.filter(slug=slug) if slug else live
    candidates = list(projects[:2])
    if len(candidates) != 1:
        raise Invalid("project_id", "names no project; without it, set QUEUE_PROJECT.")
    submission = Submission(
        project=candidates[0],
        message_id=fields["message_id"],
        user_id=fields["user_id"],
        channel_id=fields.get("channel_id") or fields.get("chat_id") or CHANNEL,
        content=fields["content"],
    )
    outcome = moderate(submission)
    action = recommended_action(outcome.log)
    return {
        "message_id": outcome.log.message_id,
        "approved": action is None,
        "action": action,
        "flagged": outcome.review_id is not None,
    }
