"""The project's settings, members and API keys (docs/members.md)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.accounts.invitations import offer
from moderation.accounts.keys import (
    HIGHEST_RATE,
    LONGEST_KEY_NAME,
    create_key,
    revoke_key,
    rotate_key,
)
from moderation.accounts.members import change_role, dismiss, leave
from moderation.accounts.project_deletion import delete_project
from moderation.accounts.projects import change_project
from moderation.api.fields import StrictCharField
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.api.shapes.project import (
    DeletedProject,
    InvitationRow,
    KeyRow,
    MemberRow,
    NewKey,
    ProjectRow,
)
from moderation.api.shapes.words import Done
from moderation.events.event import iso
from moderation.lib.errors import Invalid, NotFound
from moderation.models import ApiKey, Invitation, Membership, Project, Role, Scope

#: The highest number that the database can compare with an id.
GREATEST_ID = 2**63 - 1
#: A month in which both keys work is enough to replace the old one everywhere.
MOST_OVERLAP_HOURS = 720


class NewestFirst(KeysetPagination):
    ordering = "-id"


# --- The project


class ProjectSerializer(serializers.Serializer[Any]):
    name = StrictCharField(max_length=200, required=False)
    is_transparency_public = serializers.BooleanField(required=False)


class ConfirmSerializer(serializers.Serializer[Any]):
    #: The project's slug.
    confirm = StrictCharField(max_length=63)


class ProjectView(APIView):
    """GET, PATCH and DELETE /api/v1/project"""

    action = "admin"
    actions = {"GET": "read", "PATCH": "admin", "DELETE": "own"}

    @extend_schema(summary="The project", responses=ProjectRow)
    def get(self, request: Request) -> Response:
        # The caller's project may be a cached copy from before a change.
        return Response(project_row(Project.objects.get(pk=caller_of(request).project.pk)))

    @extend_schema(summary="Change the project", request=ProjectSerializer, responses=ProjectRow)
    def patch(self, request: Request) -> Response:
        serializer = ProjectSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        changes = serializer.validated_data
        return Response(project_row(change_project(caller.project, changes, actor=caller.name)))

    @extend_schema(
        summary="Delete the project: closed at once, its data removed after 30 days",
        request=ConfirmSerializer,
        responses={200: DeletedProject},
    )
    def delete(self, request: Request) -> Response:
        serializer = ConfirmSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        confirm = serializer.validated_data["confirm"]
        project = delete_project(caller_of(request), confirm=confirm, now=timezone.now())
        return Response({"project_id": project.slug, "gone_at": iso(project.gone_at)})


def project_row(project: Project) -> ProjectRow:
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
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Membership]:
        members = Membership.objects.filter(project=caller_of(self.request).project)
        return members.select_related("user")

    @extend_schema(summary="The project's members", responses=MemberRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([member_row(member) for member in page or []])

    @extend_schema(
        summary="Invite a person who has an account; they become a member by accepting",
        request=MemberSerializer,
        responses={201: InvitationRow},
    )
    def post(self, request: Request) -> Response:
        serializer = MemberSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        now = timezone.now()
        invitation = offer(caller_of(request), **serializer.validated_data, now=now)
        return Response(invitation_row(invitation, now), status=201)


class OwnMembershipView(APIView):
    """DELETE /api/v1/members/me"""

    action = "leave"

    @extend_schema(
        summary="Leave the project; `confirm` is its slug",
        request=ConfirmSerializer,
        responses={200: Done},
    )
    def delete(self, request: Request) -> Response:
        serializer = ConfirmSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        if serializer.validated_data["confirm"] != caller.project.slug:
            raise Invalid("confirm", f"must be {caller.project.slug}")
        leave(caller)
        return Response({"success": True, "message": "You are no longer a member"})


class MemberView(APIView):
    """PATCH and DELETE /api/v1/members/{id}"""

    action = "admin"

    @extend_schema(summary="Change a member's role", request=RoleSerializer, responses=MemberRow)
    def patch(self, request: Request, member_id: int) -> Response:
        serializer = RoleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        member = member_of(request, member_id)
        role = serializer.validated_data["role"]
        return Response(member_row(change_role(caller_of(request), member, role)))

    @extend_schema(summary="Remove a member", responses={200: Done})
    def delete(self, request: Request, member_id: int) -> Response:
        dismiss(caller_of(request), member_of(request, member_id))
        return Response({"success": True, "message": "Member removed successfully"})


def member_of(request: Request, member_id: int) -> Membership:
    members = Membership.objects.select_related("project", "user")
    member = members.filter(project=caller_of(request).project, pk=known_id(member_id)).first()
    if member is None:
        raise NotFound("This project has no such member.")
    return member


def known_id(number: int) -> int:
    """Return the id if the database can compare it, else 0, which no row has."""
    return number if number <= GREATEST_ID else 0


def member_row(member: Membership) -> MemberRow:
    return {
        "id": member.pk,
        "username": member.user.get_username(),
        "role": member.role,
        "created_at": iso(member.created_at),
    }


def invitation_row(invitation: Invitation, now: datetime) -> InvitationRow:
    accepted_by = invitation.accepted_by
    return {
        "id": invitation.pk,
        "username": invitation.username,
        "email": invitation.email,
        "role": invitation.role,
        "state": invitation.state(now),
        "invited_by": invitation.invited_by,
        "created_at": iso(invitation.created_at),
        "expires_at": iso(invitation.expires_at),
        "accepted_by": accepted_by.get_username() if accepted_by else None,
        "accepted_at": iso(invitation.accepted_at),
        "revoked_at": iso(invitation.revoked_at),
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
            raise serializers.ValidationError("is in the past.", code="invalid")
        return moment


class KeysView(GenericAPIView[ApiKey]):
    """GET and POST /api/v1/keys; only the answer to the POST shows the key."""

    action = "admin"
    filter_backends = []
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="API keys, without their secrets", responses=KeyRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([key_row(key) for key in page or []])

    @extend_schema(
        summary="Create an API key; only this answer shows it",
        request=KeySerializer,
        responses={201: NewKey},
    )
    def post(self, request: Request) -> Response:
        serializer = KeySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        caller = caller_of(request)
        key, raw = create_key(
            caller.project,
            **serializer.validated_data,
            actor=caller.name,
            creating_key=caller.key_id,
        )
        return shown_once(key, raw)


class KeyView(APIView):
    """DELETE /api/v1/keys/{id}: revokes it"""

    action = "admin"

    @extend_schema(summary="Revoke an API key", responses={200: Done})
    def delete(self, request: Request, key_id: int) -> Response:
        if not revoke_key(key_of(request, key_id), actor=caller_of(request).name):
            raise NotFound("This key is already revoked.")
        return Response({"success": True, "message": "Key revoked successfully"})


class RotateSerializer(serializers.Serializer[Any]):
    overlap_hours = serializers.IntegerField(min_value=0, max_value=MOST_OVERLAP_HOURS, default=24)


class RotateView(APIView):
    """POST /api/v1/keys/{id}/rotate"""

    action = "admin"

    @extend_schema(
        summary="Replace a key with a new one",
        request=RotateSerializer,
        responses={201: NewKey},
    )
    def post(self, request: Request, key_id: int) -> Response:
        serializer = RotateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        key, raw = rotate_key(
            key_of(request, key_id),
            overlap=timedelta(hours=serializer.validated_data["overlap_hours"]),
            actor=caller_of(request).name,
            now=timezone.now(),
            creating_key=caller_of(request).key_id,
        )
        return shown_once(key, raw)


def key_of(request: Request, key_id: int) -> ApiKey:
    keys = ApiKey.objects.select_related("project")
    key = keys.filter(project=caller_of(request).project, pk=known_id(key_id)).first()
    if key is None:
        raise NotFound("This project has no such key.")
    return key


def shown_once(key: ApiKey, raw: str) -> Response:
    """Answer with the key itself; no cache may store it."""
    headers = {"Cache-Control": "no-store"}
    return Response({**key_row(key), "key": raw}, status=201, headers=headers)


def key_row(key: ApiKey) -> KeyRow:
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "made_by": key.made_by,
        "rate_per_minute": key.rate_per_minute,
        "rate_per_hour": key.rate_per_hour,
        "created_at": iso(key.created_at),
        "expires_at": iso(key.expires_at),
        "revoked_at": iso(key.revoked_at),
        "last_used_at": iso(key.last_used_at),
    }
