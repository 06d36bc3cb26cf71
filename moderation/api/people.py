"""The project and who works in it: settings, members, keys (CONTRACT section 3)."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import access
from moderation.access import HIGHEST_RATE, LONGEST_KEY_NAME
from moderation.api.fields import StrictCharField
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.api.shapes.project import KeyRow, MemberRow, NewKey, ProjectRow
from moderation.api.shapes.words import Done
from moderation.errors import NotFound
from moderation.events import iso
from moderation.models import ApiKey, Membership, Project, Role, Scope

#: A row's number in the path; no database counts further.
GREATEST_ID = 2**63 - 1
#: A month in which both keys work is enough to bring the new one everywhere.
MOST_OVERLAP_HOURS = 720


class LastFirst(KeysetPagination):
    ordering = "-id"


# --- The project


class ProjectSerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=200, required=False)
    is_transparency_public = serializers.BooleanField(required=False)


class ProjectView(APIView):
    """GET and PATCH /api/v1/project"""

    action = "admin"
    actions = {"GET": "read", "PATCH": "admin"}

    @extend_schema(summary="The project", responses=ProjectRow)
    def get(self, request: Request) -> Response:
        # The caller's may be remembered from before a change.
        return Response(project_row(Project.objects.get(pk=caller_of(request).project.pk)))

    @extend_schema(summary="Change the project", request=ProjectSerializer, responses=ProjectRow)
    def patch(self, request: Request) -> Response:
        serializer = ProjectSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        changes = serializer.validated_data
        return Response(
            project_row(access.change_project(caller.project, changes, actor=caller.name))
        )


def project_row(project: Project) -> dict[str, Any]:
    return {
        "project_id": project.slug,
        "name": project.name,
        "policy_version": project.policy_version,
        "is_transparency_public": project.is_transparency_public,
        "created_at": iso(project.created_at),
    }


# --- Members


class MemberSerializer(serializers.Serializer[Any]):
    username = StrictCharField(max_length=150)
    role = serializers.ChoiceField(Role.choices)


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices)


class MembersView(GenericAPIView[Membership]):
    """GET and POST /api/v1/members"""

    action = "admin"
    filter_backends = []
    pagination_class = LastFirst

    def get_queryset(self) -> QuerySet[Membership]:
        members = Membership.objects.filter(project=caller_of(self.request).project)
        return members.select_related("user")

    @extend_schema(summary="Who works here", responses=MemberRow)
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([member_row(member) for member in page or []])

    @extend_schema(
        summary="Admit somebody who has an account",
        request=MemberSerializer,
        responses={201: MemberRow},
    )
    def post(self, request: Request) -> Response:
        serializer = MemberSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        person: User = access.find_person(serializer.validated_data["username"])
        member = access.admit(caller_of(request), person, serializer.validated_data["role"])
        return Response(member_row(member), status=201)


class MemberView(APIView):
    """PATCH and DELETE /api/v1/members/{id}"""

    action = "admin"

    @extend_schema(summary="Change a member's role", request=RoleSerializer, responses=MemberRow)
    def patch(self, request: Request, member_id: int) -> Response:
        serializer = RoleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        member = member_of(request, member_id)
        role = serializer.validated_data["role"]
        return Response(member_row(access.change_role(caller_of(request), member, role)))

    @extend_schema(summary="Remove a member", responses={200: Done})
    def delete(self, request: Request, member_id: int) -> Response:
        access.dismiss(caller_of(request), member_of(request, member_id))
        return Response({"success": True, "message": "Member removed successfully"})


def member_of(request: Request, member_id: int) -> Membership:
    members = Membership.objects.select_related("project", "user")
    member = members.filter(project=caller_of(request).project, pk=fitting(member_id)).first()
    if member is None:
        raise NotFound("There is no such member in this project.")
    return member


def fitting(number: int) -> int:
    """Return a number that a database compares; no row has 0."""
    return number if number <= GREATEST_ID else 0


def member_row(member: Membership) -> dict[str, Any]:
    return {
        "id": member.pk,
        "username": member.user.get_username(),
        "role": member.role,
        "created_at": iso(member.created_at),
    }


# --- Keys


class KeySerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=LONGEST_KEY_NAME)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), allow_empty=False, max_length=len(Scope)
    )
    rate_per_minute = serializers.IntegerField(
        min_value=1, max_value=HIGHEST_RATE, required=False, allow_null=True
    )
    rate_per_hour = serializers.IntegerField(
        min_value=1, max_value=HIGHEST_RATE, required=False, allow_null=True
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate_expires_at(self, moment: datetime | None) -> datetime | None:
        if moment and moment <= timezone.now():
            raise serializers.ValidationError("lies in the past.", code="invalid")
        return moment


class KeysView(GenericAPIView[ApiKey]):
    """GET and POST /api/v1/keys; only the answer of the POST shows the key."""

    action = "admin"
    filter_backends = []
    pagination_class = LastFirst

    def get_queryset(self) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="API keys, without their secrets", responses=KeyRow)
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([key_row(key) for key in page or []])

    @extend_schema(
        summary="Make an API key; it is shown once", request=KeySerializer, responses={201: NewKey}
    )
    def post(self, request: Request) -> Response:
        serializer = KeySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        key, raw = access.create_key(caller.project, **serializer.validated_data, actor=caller.name)
        return shown_once(key, raw)


class KeyView(APIView):
    """DELETE /api/v1/keys/{id}: revokes it"""

    action = "admin"

    @extend_schema(summary="Revoke an API key", responses={200: Done})
    def delete(self, request: Request, key_id: int) -> Response:
        if not access.revoke_key(key_of(request, key_id), actor=caller_of(request).name):
            raise NotFound("This key was revoked already.")
        return Response({"success": True, "message": "Key revoked successfully"})


class RotateSerializer(serializers.Serializer[Any]):
    overlap_hours = serializers.IntegerField(min_value=0, max_value=MOST_OVERLAP_HOURS, default=24)


class RotateView(APIView):
    """POST /api/v1/keys/{id}/rotate"""

    action = "admin"

    @extend_schema(
        summary="Put a new key in an old one's place",
        request=RotateSerializer,
        responses={201: NewKey},
    )
    def post(self, request: Request, key_id: int) -> Response:
        serializer = RotateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        made, raw = access.rotate_key(
            key_of(request, key_id),
            overlap=timedelta(hours=serializer.validated_data["overlap_hours"]),
            actor=caller_of(request).name,
            now=timezone.now(),
        )
        return shown_once(made, raw)


def key_of(request: Request, key_id: int) -> ApiKey:
    keys = ApiKey.objects.select_related("project")
    key = keys.filter(project=caller_of(request).project, pk=fitting(key_id)).first()
    if key is None:
        raise NotFound("There is no such key in this project.")
    return key


def shown_once(key: ApiKey, raw: str) -> Response:
    """Answer with the key itself; no cache may keep it."""
    headers = {"Cache-Control": "no-store"}
    return Response({**key_row(key), "key": raw}, status=201, headers=headers)


def key_row(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "rate_per_minute": key.rate_per_minute,
        "rate_per_hour": key.rate_per_hour,
        "created_at": iso(key.created_at),
        "expires_at": iso(key.expires_at),
        "revoked_at": iso(key.revoked_at),
        "last_used_at": iso(key.last_used_at),
    }
