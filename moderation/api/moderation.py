"""The check, its batch, the analysis of a text, and an author's status."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.api.errors import problem, problem_of
from moderation.api.fields import MetadataField, StrictCharField
from moderation.api.permissions import caller_of
from moderation.api.pictures import (
    PLACEHOLDER,
    PictureFormParser,
    PictureJSONParser,
    is_image,
    picture_in,
)
from moderation.api.shapes.checking import BatchAnswer, CheckProblem
from moderation.api.throttles import count_messages
from moderation.lib import ocr
from moderation.lib.errors import Invalid
from moderation.models import Author, ContentType
from moderation.pipeline.answers import analysis_of, answer_of, status_answer
from moderation.pipeline.moderate import analyze, moderate, rehearse
from moderation.pipeline.shapes import AnalysisAnswer, CheckAnswer, StatusAnswer
from moderation.pipeline.submission import (
    MAX_CONTENT_LENGTH,
    MAX_ID_LENGTH,
    Submission,
)
from moderation.queries.authors import status_of
from moderation.rules.active import active_ruleset, policy_of

MAX_BATCH = 100
MAX_BATCH_BYTES = 8 * 1024 * 1024
#: Of the contents of a batch together.
MAX_BATCH_CHARACTERS = 1_000_000
#: Each takes seconds to read.
MAX_BATCH_PICTURES = 5
#: Of the older services' calls.
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
    content = StrictCharField(
        max_length=MAX_CONTENT_LENGTH,
        help_text="The text; with `content_type: image` a data URL of a picture of up to 8 MiB.",
    )
    content_type = serializers.ChoiceField(
        ContentType.values,
        default=ContentType.TEXT,
        error_messages={"invalid_choice": "only text and images are moderated."},
    )
    metadata = MetadataField(required=False, allow_null=True)
    username = StrictCharField(
        max_length=MAX_ID_LENGTH, required=False, allow_blank=True, allow_null=True
    )
    language = StrictCharField(max_length=35, required=False, allow_blank=True, allow_null=True)
    reply_to = StrictCharField(
        max_length=MAX_ID_LENGTH, required=False, allow_blank=True, allow_null=True
    )
    dry_run = serializers.BooleanField(default=False)


@extend_schema_field(OpenApiTypes.BINARY)
class PictureField(serializers.FileField):
    """A file; described as one."""


class PictureMessageSerializer(MessageSerializer):
    """A check with a picture as a form. Describes it only: each field is validated as in JSON."""

    content = PictureField(help_text="The picture, up to 8 MiB.")  # type: ignore[assignment]
    content_type = serializers.ChoiceField([ContentType.IMAGE.value])
    metadata = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="An object, as JSON."
    )


# One for all calls: making a serializer copies its fields, which takes far longer than validating,
# and validating stores nothing in it.
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
    parser_classes = (PictureJSONParser, PictureFormParser)

    @extend_schema(
        summary="Check a message and store its consequences",
        description=(
            "With `content_type: image`, `content` is the data URL of a picture. A picture may "
            "also be sent as a file: the same fields as multipart/form-data, with `content` as the "
            "file and `metadata` as JSON."
        ),
        request={
            "application/json": MessageSerializer,
            "multipart/form-data": PictureMessageSerializer,
        },
        responses=CheckAnswer,
        parameters=[
            OpenApiParameter(
                "Accept-Language",
                location=OpenApiParameter.HEADER,
                description="The author's languages: `message` is written for them.",
            )
        ],
        examples=[OpenApiExample("An insult in Spanish", EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        return Response(check(request, request.data))


class BatchView(APIView):
    """POST /api/v1/moderation/check/batch"""

    action = "check"
    max_body_bytes = MAX_BATCH_BYTES

    @extend_schema(
        summary="Check up to 100 messages", request=BatchSerializer, responses=BatchAnswer
    )
    def post(self, request: Request) -> Response:
        messages = request.data.get("messages") if isinstance(request.data, dict) else None
        if not isinstance(messages, list) or not 1 <= len(messages) <= MAX_BATCH:
            raise Invalid("messages", f"must be a list of 1 to {MAX_BATCH} messages.")
        if characters_of(messages) > MAX_BATCH_CHARACTERS:
            limit = f"{MAX_BATCH_CHARACTERS:,}"
            raise Invalid("messages", f"must have at most {limit} characters of content together.")
        if sum(map(is_image, messages)) > MAX_BATCH_PICTURES:
            raise Invalid("messages", f"must have at most {MAX_BATCH_PICTURES} pictures.")
        count_messages(request, len(messages))
        answer: BatchAnswer = {
            "results": [check_or_problem(request, message) for message in messages]
        }
        return Response(answer)


def characters_of(messages: list[Any]) -> int:
    """Return how many characters the contents have; what is no content has none."""
    contents = (one.get("content") for one in messages if isinstance(one, dict))
    return sum(len(content) for content in contents if isinstance(content, str))


def check_or_problem(request: Request, data: Any) -> CheckAnswer | CheckProblem:
    """Return the answer to one message of a batch, or the problem of that message."""
    try:
        return check(request, data)
    except Exception as error:
        document = problem_of(error) or problem(500, "Could not check this message: try again.")
        if document["status"] >= 500:
            raise
        message_id = data.get("message_id") if isinstance(data, dict) else None
        is_named = isinstance(message_id, str)
        return {"message_id": message_id if is_named else None, "error": document}


def check(request: Request, data: Any) -> CheckAnswer:
    sent = picture_in(data)
    fields = _messages.run_validation({**data, "content": PLACEHOLDER} if sent else data)
    text = ocr.read_text(sent.data)[:MAX_CONTENT_LENGTH] if sent else fields["content"]
    submission = Submission(
        project=caller_of(request).project,
        message_id=fields["message_id"],
        user_id=fields["user_id"],
        channel_id=fields["channel_id"],
        content=text,
        picture=sent,
        username=fields.get("username") or "",
        reply_to=fields.get("reply_to") or "",
        metadata=fields.get("metadata") or {},
        language=fields.get("language") or None,
        accept_language=request.headers.get("Accept-Language", ""),
    )
    check_message = rehearse if fields["dry_run"] else moderate
    answer = answer_of(check_message(submission), request.build_absolute_uri)
    return {**answer, "ocr_text": text} if sent else answer


class AnalyzeView(APIView):
    """POST /api/v1/moderation/analyze"""

    action = "check"

    @extend_schema(
        summary="Analyze a text without an author; stores nothing",
        request=AnalyzeSerializer,
        responses=AnalysisAnswer,
        examples=[OpenApiExample("A text", {"text": "Eres un idiota"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        serializer = AnalyzeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        active = active_ruleset(caller_of(request).project)
        return Response(analysis_of(analyze(fields["text"], active, fields.get("language"))))


class StatusView(APIView):
    """GET /api/v1/moderation/status/{user_id}/{channel_id}, or the same by query"""

    action = "check"

    @extend_schema(summary="Strikes and ban of an author", responses=StatusAnswer)
    def get(self, request: Request, user_id: str = "", channel_id: str = "") -> Response:
        named = {"user_id": user_id, "channel_id": channel_id} if user_id else request.query_params
        serializer = AuthorSerializer(data=named)
        serializer.is_valid(raise_exception=True)
        author = Author(caller_of(request).project, **serializer.validated_data)
        status = status_of(author, policy_of(author.project), timezone.now())
        return Response(status_answer(author, status))
