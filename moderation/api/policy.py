"""The project's policy and its numbered versions (docs/policy.md)."""

from typing import cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from moderation import rules
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.api.shapes.policy import PolicyAnswer, PolicyFields, PolicyVersionRow
from moderation.api.stale import RulesetView
from moderation.engine.verdict.policy import policy_to_dict
from moderation.events.event import iso
from moderation.lib.errors import Invalid
from moderation.models import PolicyVersion
from moderation.rules.active import active_ruleset

#: Ignored in a body, so that a client can send back what it read.
READ_ONLY = ("version",)


class PolicyView(RulesetView):
    """GET and PUT /api/v1/policy"""

    action = "admin"
    actions = {"GET": "read", "PUT": "admin"}

    @extend_schema(summary="The current policy", responses=PolicyAnswer)
    def get(self, request: Request) -> Response:
        return Response(policy_answer(request))

    @extend_schema(
        summary="Change the policy; this creates a new version",
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

    @extend_schema(summary="All versions of the policy, newest first", responses=PolicyVersionRow)
    def get(self, _request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([version_row(version) for version in page or []])


def version_row(version: PolicyVersion) -> PolicyVersionRow:
    return {
        "version": version.number,
        "policy": version.data,
        "created_by": version.created_by,
        "created_at": iso(version.created_at),
    }


def policy_answer(request: Request) -> PolicyAnswer:
    active = active_ruleset(caller_of(request).project)
    return cast("PolicyAnswer", {**policy_to_dict(active.policy), "version": active.policy_version})
