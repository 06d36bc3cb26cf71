"""Invitations, by which people become members (docs/members.md, "Invitations")."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation.accounts import invitations
from moderation.accounts.invitations import LIFETIME_DAYS, LONGEST_DAYS
from moderation.api.filters import StrictFilterBackend
from moderation.api.pagination import KeysetPagination
from moderation.api.people import NewestFirst, invitation_row, known_id
from moderation.api.permissions import caller_of
from moderation.api.shapes.project import InvitationRow, NewInvitation
from moderation.api.shapes.words import Done
from moderation.lib.errors import NotFound
from moderation.models import Invitation, InvitationState, Role
from moderation.models.invitations import InvitationQuerySet


class InvitationSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, default="")
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=LIFETIME_DAYS)


class InvitationFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=InvitationState.choices, method="in_state")

    class Meta:
        model = Invitation
        fields: list[str] = []

    def in_state(self, rows: InvitationQuerySet, _name: str, state: str) -> InvitationQuerySet:
        return rows.in_state(state, timezone.now())


class InvitationsView(GenericAPIView[Invitation]):
    """GET and POST /api/v1/invitations; only the answer to the POST shows the link."""

    action = "admin"
    filter_backends = [StrictFilterBackend]
    filterset_class = InvitationFilter
    pagination_class: type[KeysetPagination] = NewestFirst

    def get_queryset(self) -> QuerySet[Invitation]:
        rows = Invitation.objects.filter(project=caller_of(self.request).project)
        return rows.select_related("accepted_by")

    @extend_schema(summary="Invitations, without their links", responses=InvitationRow)
    def get(self, _request: Request) -> Response:
        now = timezone.now()
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([invitation_row(row, now) for row in page or []])

    @extend_schema(
        summary="Invite somebody to a role; only this answer shows the link",
        request=InvitationSerializer,
        responses={201: NewInvitation},
    )
    def post(self, request: Request) -> Response:
        serializer = InvitationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        now = timezone.now()
        invitation, token = invitations.invite(
            caller_of(request), **serializer.validated_data, now=now
        )
        link = request.build_absolute_uri(invitations.link_path(token))
        headers = {"Cache-Control": "no-store"}
        return Response(
            {**invitation_row(invitation, now), "link": link}, status=201, headers=headers
        )


class InvitationView(APIView):
    """DELETE /api/v1/invitations/{id}: revokes it"""

    action = "admin"

    @extend_schema(summary="Revoke an invitation", responses={200: Done})
    def delete(self, request: Request, invitation_id: int) -> Response:
        caller = caller_of(request)
        rows = Invitation.objects.select_related("project").filter(project=caller.project)
        invitation = rows.filter(pk=known_id(invitation_id)).first()
        if invitation is None:
            raise NotFound("This project has no such invitation.")
        if not invitations.revoke(invitation, actor=caller.name, now=timezone.now()):
            raise NotFound("This invitation was used or revoked, or has expired.")
        return Response({"success": True, "message": "Invitation revoked successfully"})
