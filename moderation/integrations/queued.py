"""Messages out of a queue: moderated like any other, answered in the older services' words."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from moderation import pipeline
from moderation.errors import Invalid
from moderation.ingest import Submission
from moderation.integrations.compat.older import CHANNEL, IdField, MessageSerializer
from moderation.models import Project
from moderation.recommended import recommended_action


class QueuedSerializer(MessageSerializer):
    message_id = IdField()
    user_id = IdField()
    channel_id = IdField(required=False, allow_null=True)
    chat_id = IdField(required=False, allow_null=True)
    project_id = IdField(required=False, allow_null=True)


def moderate_message(message_data: Mapping[str, Any]) -> dict[str, Any]:
    """Moderate `{"message_id","user_id","content","channel_id"|"chat_id"?,"project_id"?}`.

    Returns `{"message_id","approved","action","flagged"}`; ValidationError or Invalid where the
    message can never be taken.
    """
    serializer = QueuedSerializer(data=message_data)
    serializer.is_valid(raise_exception=True)
    fields = serializer.validated_data
    submission = Submission(
        project=_project(fields.get("project_id")),
        message_id=fields["message_id"],
        user_id=fields["user_id"],
        channel_id=fields.get("channel_id") or fields.get("chat_id") or CHANNEL,
        content=fields["content"],
    )
    outcome = pipeline.moderate(submission)
    action = recommended_action(outcome.log)
    return {
        "message_id": outcome.log.message_id,
        "approved": action is None,
        "action": action,
        "flagged": outcome.review_id is not None,
    }


def _project(named: str | None) -> Project:
    """Return the project that the message names, else QUEUE_PROJECT, else the only one."""
    slug = named or settings.QUEUE_PROJECT
    projects = Project.objects.filter(slug=slug) if slug else Project.objects.all()
    found = list(projects[:2])
    if len(found) != 1:
        raise Invalid("project_id", "names no project; without it, set QUEUE_PROJECT.")
    return found[0]
