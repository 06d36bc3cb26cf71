"""Create a project as a signed-in person (docs/members.md)."""

from typing import Any

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.accounts.projects import LONGEST_PROJECT_NAME, LONGEST_SLUG, create_own_project
from moderation.api.errors import MEDIA_TYPE
from moderation.api.fields import StrictCharField
from moderation.api.people import project_row
from moderation.api.shapes.project import ProjectRow
from moderation.api.shapes.words import Problem
from moderation.engine.verdict.policy import PRESETS


class NewProjectSerializer(serializers.Serializer[Any]):
    slug = StrictCharField(max_length=LONGEST_SLUG)
    name = StrictCharField(max_length=LONGEST_PROJECT_NAME, required=False)
    preset = serializers.ChoiceField([*PRESETS], default="balanced")


class ProjectsView(APIView):
    """POST /api/v1/projects"""

    #: A key belongs to a project, so only a person can create another one.
    authentication_classes = [SessionAuthentication]
    action = None

    @extend_schema(
        summary="Create a project; the signed-in person becomes its owner",
        request=NewProjectSerializer,
        responses={
            201: ProjectRow,
            (403, MEDIA_TYPE): OpenApiResponse(Problem, "Not signed in, or you may create none"),
        },
    )
    def post(self, request: Request) -> Response:
        if not isinstance(request.user, User):
            raise NotAuthenticated("Sign in on the console: a key cannot create projects.")
        serializer = NewProjectSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fields = serializer.validated_data
        project = create_own_project(
            request.user,
            slug=fields["slug"],
            name=fields.get("name") or fields["slug"],
            preset=fields["preset"],
        )
        return Response(project_row(project), status=201)
