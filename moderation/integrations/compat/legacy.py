"""Shared by the endpoints of the older services: errors, ids and the message."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.errors import MEDIA_TYPE, problem_response
from moderation.api.fields import StrictCharField
from moderation.api.parsers import AnyTypeJSONParser
from moderation.api.permissions import caller_of
from moderation.api.schema import ErrorStyle
from moderation.api.shapes.words import Problem
from moderation.lib.json_types import JsonObject
from moderation.models.ids import new_id
from moderation.pipeline.submission import MAX_CONTENT_LENGTH, MAX_ID_LENGTH, Submission

#: The channel of a message that names none.
CHANNEL = "default"
#: The author of a message that names none.
NAMELESS = "anonymous"


class OlderProblem(Problem):
    """A problem with the two members that older clients look for."""

    success: bool
    error: str


class OlderView(APIView):
    """Answers errors as the API does, with the two members that older clients look for."""

    tag = "Older services"
    error_style = ErrorStyle(OlderProblem, MEDIA_TYPE)
    parser_classes = [AnyTypeJSONParser]

    def get_exception_handler(self) -> Any:
        return answer_error


def answer_error(error: Exception, context: JsonObject) -> Response | None:
    response = problem_response(error, context)
    if response is not None:
        response.data = {**response.data, "success": False, "error": response.data["detail"]}
    return response


class IdField(StrictCharField):
    """An id of the client; some clients send numbers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_ID_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        is_number = isinstance(data, int) and not isinstance(data, bool)
        return super().to_internal_value(str(data) if is_number else data)


class MessageSerializer(serializers.Serializer[Any]):
    """The fields of every message; the names of author and channel differ by service."""

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
