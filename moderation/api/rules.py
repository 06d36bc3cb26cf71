"""The project's own rules (docs/rules.md)."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from moderation import rules
from moderation.api.fields import StrictCharField
from moderation.api.pagination import KeysetPagination
from moderation.api.permissions import caller_of
from moderation.api.shapes.rules import RuleFields, RuleRow, TrialAnswer, TrialRow
from moderation.api.shapes.words import Done
from moderation.api.stale import RulesetView
from moderation.engine.rule_examples import try_examples
from moderation.events.event import iso
from moderation.lib.errors import Invalid, NotFound
from moderation.lib.json_types import JsonObject
from moderation.models import Rule
from moderation.pipeline.submission import MAX_CONTENT_LENGTH
from moderation.pipeline.what_if import RuleWhatIf, try_rule
from moderation.queries.rules import RuleFigures, rule_figures
from moderation.rules import Draft
from moderation.rules.active import active_ruleset

#: Ignored in a body, so that a client can send back what it read.
READ_ONLY = frozenset({"id", "created_by", "created_at", "updated_at", "figures"})
MOST_TEXTS = 100


class ByPriority(KeysetPagination):
    ordering = ("priority", "created_at")


class RuleFilter(django_filters.FilterSet):
    class Meta:
        model = Rule
        fields = ("type", "action", "is_active", "shadow")


class RulesView(RulesetView, GenericAPIView[Rule]):
    """GET and POST /api/v1/rules"""

    action = "admin"
    actions = {"GET": "read", "POST": "admin"}
    filterset_class = RuleFilter
    pagination_class = ByPriority

    def get_queryset(self) -> QuerySet[Rule]:
        return Rule.objects.filter(project=caller_of(self.request).project)

    @extend_schema(summary="The project's own rules, in the order they run", responses=RuleRow)
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        figures = rule_figures(caller_of(request).project, page, timezone.now())
        return self.get_paginated_response([rule_row(rule, figures[str(rule.pk)]) for rule in page])

    @extend_schema(summary="Create a rule", request=RuleFields, responses={201: RuleRow})
    def post(self, request: Request) -> Response:
        caller = caller_of(request)
        rule = rules.create_rule(caller.project, caller.name, fields_of(request.data))
        return Response(answer_of(rule), status=201)


class RuleView(RulesetView):
    """GET, PUT, PATCH and DELETE /api/v1/rules/{id}"""

    action = "admin"
    actions = {"GET": "read"}

    @extend_schema(summary="One rule with its figures over 30 days", responses=RuleRow)
    def get(self, request: Request, rule_id: UUID) -> Response:
        return Response(answer_of(rule_of(request, rule_id)))

    @extend_schema(summary="Replace a rule", request=RuleFields, responses=RuleRow)
    def put(self, request: Request, rule_id: UUID) -> Response:
        rule = rule_of(request, rule_id)
        return self.changed(request, rule, asdict(rules.draft_rule(fields_of(request.data))))

    @extend_schema(summary="Change a rule", request=RuleFields, responses=RuleRow)
    def patch(self, request: Request, rule_id: UUID) -> Response:
        return self.changed(request, rule_of(request, rule_id), fields_of(request.data))

    def changed(self, request: Request, rule: Rule, fields: JsonObject) -> Response:
        return Response(answer_of(rules.change_rule(rule, caller_of(request).name, fields)))

    @extend_schema(summary="Delete a rule", responses={200: Done})
    def delete(self, request: Request, rule_id: UUID) -> Response:
        rules.delete_rule(rule_of(request, rule_id), caller_of(request).name)
        return Response({"success": True, "message": "Rule deleted successfully"})


class TrialSerializer(serializers.Serializer[Any]):
    rule = serializers.JSONField()
    texts = serializers.ListField(
        child=StrictCharField(max_length=MAX_CONTENT_LENGTH), min_length=1, max_length=MOST_TEXTS
    )


class TestView(APIView):
    """POST /api/v1/rules/test; stores nothing."""

    __test__ = False
    action = "admin"

    @extend_schema(
        summary="Try a rule on some texts; stores nothing",
        request=TrialSerializer,
        responses=TrialAnswer,
    )
    def post(self, request: Request) -> Response:
        serializer = TrialSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        project, fields = caller_of(request).project, serializer.validated_data
        draft, stored_id = named_rule(request, fields["rule"])
        trials = try_rule(project, draft, fields["texts"], instead_of=stored_id)
        ruleset = active_ruleset(project).compiled
        examples = try_examples(draft.spec(), ruleset, **draft.examples)
        answer: TrialAnswer = {
            "results": [trial_row(trial) for trial in trials],
            "examples": [
                {"text": one.text, "must_match": one.must_match, "holds": one.holds}
                for one in examples
            ],
        }
        return Response(answer)


def fields_of(data: Any, name: str = "body") -> JsonObject:
    """Return the fields that a client may set."""
    if not isinstance(data, dict):
        raise Invalid(name, "must be an object with the rule's fields.")
    return {key: value for key, value in data.items() if key not in READ_ONLY}


def rule_of(request: Request, rule_id: UUID) -> Rule:
    stored = Rule.objects.select_related("project")
    rule = stored.filter(project=caller_of(request).project, pk=rule_id).first()
    if rule is None:
        raise NotFound("This project has no such rule.")
    return rule


def named_rule(request: Request, named: Any) -> tuple[Draft, str]:
    """Return the rule that a body gives by its fields or by a stored rule's id.

    Also returns the id of the stored rule that it replaces, "" for a new one.
    """
    if isinstance(named, str):
        try:
            rule_id = UUID(named)
        except ValueError:
            raise Invalid("rule", "must be a rule or a rule's id.") from None
        rule = rule_of(request, rule_id)
        return rules.draft_of(rule), str(rule.pk)
    draft = rules.draft_rule(fields_of(named, "rule"))
    stored_id = named.get("id")
    return draft, stored_id if isinstance(stored_id, str) else ""


def answer_of(rule: Rule) -> RuleRow:
    return rule_row(rule, rule_figures(rule.project, [rule], timezone.now())[str(rule.pk)])


def rule_row(rule: Rule, figures: RuleFigures) -> RuleRow:
    return {
        "id": str(rule.pk),
        "name": rule.name,
        "type": rule.type,
        "is_active": rule.is_active,
        "shadow": rule.shadow,
        "priority": rule.priority,
        "action": rule.action,
        "config": rule.config,
        "examples": {
            "must_match": rule.examples.get("must_match", []),
            "must_not_match": rule.examples.get("must_not_match", []),
        },
        "created_by": rule.created_by,
        "created_at": iso(rule.created_at),
        "updated_at": iso(rule.updated_at),
        "figures": {
            "days": figures.days,
            "hits": figures.applied,
            "shadow_hits": figures.shadow,
            "approved": figures.kept,
            "rejected": figures.removed,
            "precision": figures.precision,
        },
    }


def trial_row(trial: RuleWhatIf) -> TrialRow:
    return {
        "text": trial.content,
        "is_hit": trial.hit is not None,
        "matches": trial.matches,
        "verdict": str(trial.verdict.kind),
        "verdict_without": str(trial.verdict_without.kind),
        "reasons": list(trial.verdict.reasons),
    }
