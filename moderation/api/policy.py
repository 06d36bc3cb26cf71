"""The project's policy: every number of its judgement, numbered version by version."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import queries, rules
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.api.shapes.policy import PolicyAnswer, PolicyFields, PolicyVersionRow
from moderation.engine.policy import policy_to_dict
from moderation.errors import Invalid
from moderation.events import iso
from moderation.models import PolicyVersion

#: Shown beside the fields, so that what was read can be sent back as it is.
READ_ONLY = ("version",)


class PolicyView(APIView):
    """GET and PUT /api/v1/policy"""

    action = "admin"
    actions = {"GET": "read", "PUT": "admin"}

    @extend_schema(summary="The policy in force", responses=PolicyAnswer)
    def get(self, request: Request) -> Response:
        return Response(policy_answer(request))

    @extend_schema(
        summary="Change the policy: a new numbered version",
        request=PolicyFields,
        responses=PolicyAnswer,
    )
    def put(self, request: Request) -> Response:
        if not isinstance(request.data, dict):
            raise Invalid("body", "must be an object with the policy's fields.")
        changes = {name: value for name, value in request.data.items() if name not in READ_ONLY}
        rules.change_policy(caller_of(request).project, caller_of(request).name, changes)
        return Response(policy_answer(request))


class HighestFirst(KeysetPagination):
    ordering = "-number"


class VersionsView(GenericAPIView[PolicyVersion]):
    """GET /api/v1/policy/versions"""

    action = "read"
    filter_backends = []
    pagination_class = HighestFirst

    def get_queryset(self) -> QuerySet[PolicyVersion]:
        return PolicyVersion.objects.filter(project=caller_of(self.request).project)

    @extend_schema(
        summary="Every version of the policy, the newest first", responses=PolicyVersionRow
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([version_row(version) for version in page or []])


def version_row(version: PolicyVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "policy": version.data,
        "created_by": version.created_by,
        "created_at": iso(version.created_at),
    }


def policy_answer(request: Request) -> dict[str, Any]:
    in_force = queries.in_force(caller_of(request).project)
    return {**policy_to_dict(in_force.policy), "version": in_force.policy_version}
