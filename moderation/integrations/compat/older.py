"""What the doors of the older services share: their errors, their ids, their message."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.errors import problem_response
from moderation.api.fields import StrictCharField
from moderation.api.permissions import caller_of
from moderation.ingest import MAX_CONTENT_LENGTH, MAX_ID_LENGTH, Submission
from moderation.models.ids import new_id

#: Where a client names no channel.
CHANNEL = "default"
#: Where a client names no author.
NAMELESS = "anonymous"


class OlderView(APIView):
    """Errors are the API's, with the two members that older clients look for."""

    def get_exception_handler(self) -> Any:
        return answer_error


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    response = problem_response(error, context)
    if response is not None:
        response.data = {**response.data, "success": False, "error": response.data["detail"]}
    return response


class IdField(StrictCharField):
    """An id of the client's own; some of them count their users and channels."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_ID_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        is_number = isinstance(data, int) and not isinstance(data, bool)
        return super().to_internal_value(str(data) if is_number else data)


class MessageSerializer(serializers.Serializer[Any]):
    """What a message has at every door; the ids of author and channel differ in name."""

    content = StrictCharField(max_length=MAX_CONTENT_LENGTH)
    message_id = IdField(required=False, allow_null=True)


def submission_from(
    request: Request, fields: Mapping[str, Any], *, user_id: str, channel_id: str, **more: Any
) -> Submission:
    return Submission(
        project=caller_of(request).project,
        message_id=fields.get("message_id") or str(new_id()),
        user_id=user_id,
        channel_id=channel_id,
        content=fields["content"],
        accept_language=request.headers.get("Accept-Language", ""),
        **more,
    )
