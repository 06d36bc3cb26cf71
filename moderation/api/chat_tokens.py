"""Chat tokens over HTTP."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.accounts.chat_tokens import issue_chat_token
from moderation.api.fields import StrictCharField
from moderation.api.permissions import caller_of
from moderation.api.shapes.project import ChatToken
from moderation.events.event import iso


class ChatAuthorSerializer(serializers.Serializer[Any]):
    user_id = StrictCharField(max_length=200)
    channel_id = StrictCharField(max_length=200)
    username = StrictCharField(max_length=200, required=False, allow_blank=True, default="")


class ChatTokensView(APIView):
    """POST /api/v1/chat-tokens"""

    # Not for callers of the open project: they could chat in anybody's name.
    action = "report"

    @extend_schema(
        summary="Let an author chat for an hour",
        request=ChatAuthorSerializer,
        responses={201: ChatToken},
    )
    def post(self, request: Request) -> Response:
        serializer = ChatAuthorSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        project = caller_of(request).project
        token, ends_at = issue_chat_token(project, **serializer.validated_data, now=timezone.now())
        answer: ChatToken = {"token": token, "expires_at": iso(ends_at)}
        return Response(answer, status=201, headers={"Cache-Control": "no-store"})
