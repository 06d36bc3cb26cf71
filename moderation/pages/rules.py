"""The project's own rules: the list, and one rule with its examples and its test bench."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from moderation import queries, rules
from moderation.engine.rule_examples import try_examples
from moderation.errors import GavelError
from moderation.models import Rule
from moderation.pages.asking import AskingPage, Question
from moderation.pages.rule_forms import ACTIONS, TYPES, RuleForm, form_of, shown_values
from moderation.pages.shell import ProjectPage
from moderation.trial import RuleTrial, try_rule


class Rules(ProjectPage):
    """GET /p/{slug}/rules"""

    place = "Rules"

    def get(self, request: HttpRequest) -> HttpResponse:
        stored = list(Rule.objects.filter(project=self.project))
        figures = queries.rule_figures(self.project, stored, timezone.now())
        rows = [
            {
                "rule": rule,
                "figures": figures[str(rule.pk)],
                "kind": TYPES[rule.type],
                "does": dict(ACTIONS)[rule.action].partition(",")[0],
            }
            for rule in stored
        ]
        return self.render("moderation/rules.html", {"rows": rows, "days": queries.FIGURE_DAYS})


class RulePage(AskingPage):
    """A page that changes a rule."""

    action = "admin"
    place = "Rules"

    def rule(self, rule_id: UUID) -> Rule:
        stored = Rule.objects.filter(project=self.project).select_related("project")
        rule = stored.filter(pk=rule_id).first()
        if rule is None:
            raise Http404("There is no such rule in this project.")
        return rule

    @property
    def back(self) -> str:
        return reverse("console:rules", args=[self.project.slug])

    def form_page(
        self, form: RuleForm, rule: Rule | None = None, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {"form": form, "rule": rule, "types": TYPES.items(), "is_revealed": True, **more}
        if rule:
            context["figures"] = queries.rule_figures(self.project, [rule], timezone.now())[
                str(rule.pk)
            ]
        return self.render("moderation/rule.html", context, status)

    def tried(self, form: RuleForm, rule: Rule | None = None) -> HttpResponse:
        """Show what the rule would find, in the bench alone where htmx asks for it."""
        status, found = 200, {}
        try:
            found = self.found(form, rule)
        except GavelError as error:
            form.refuse(error)
            status = error.status
        return self.bench(form, rule, status, **found)

    def bench(self, form: RuleForm, rule: Rule | None, status: int, **found: Any) -> HttpResponse:
        if self.wants_piece:
            # A refusal is shown in the bench as well, which htmx fills with good answers only.
            context = {"form": form, "is_tried": True, "is_revealed": True, **found}
            return self.piece("moderation/_rule_bench.html", context)
        return self.form_page(form, rule, status, is_tried=True, **found)

    def found(self, form: RuleForm, rule: Rule | None) -> dict[str, Any]:
        draft = rules.draft_rule(form.values)
        ruleset = queries.in_force(self.project).ruleset
        examples = try_examples(draft.spec(), ruleset, **draft.examples)
        stored_id = str(rule.pk) if rule else ""
        texts = [*(example.text for example in examples), *form.samples]
        trials = try_rule(self.project, draft, texts, instead_of=stored_id)
        shown: list[tuple[Any, RuleTrial]] = list(zip(examples, trials, strict=False))
        return {
            "wanted": [pair for pair in shown if pair[0].must_match],
            "unwanted": [pair for pair in shown if not pair[0].must_match],
            "failing": sum(not example.holds for example in examples),
            "trials": trials[len(examples) :],
        }


class NewRule(RulePage):
    """GET, POST /p/{slug}/rules/new?type="""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(form_of(request.GET.get("type", ""))())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = form_of(request.GET.get("type", ""))(request.POST)
        if not form.is_valid():
            return self.bench(form, None, 422) if "try" in request.POST else self.refused(form)
        if "try" in request.POST:
            return self.tried(form)
        try:
            rules.create_rule(self.project, self.caller.name, form.values)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, status=error.status)
        messages.success(request, f"The rule {form.values['name']} is made.")
        return redirect(self.back)

    def refused(self, form: RuleForm) -> HttpResponse:
        return self.form_page(form, status=422)


class EditRule(RulePage):
    """GET, POST /p/{slug}/rules/{rule_id}"""

    def get(self, request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule = self.rule(rule_id)
        values = shown_values(rules.draft_of(rule))
        return self.form_page(form_of(rule.type)(initial=values), rule)

    def post(self, request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule = self.rule(rule_id)
        form, is_trial = form_of(rule.type)(request.POST), "try" in request.POST
        if not form.is_valid():
            return self.bench(form, rule, 422) if is_trial else self.form_page(form, rule, 422)
        if is_trial:
            return self.tried(form, rule)
        try:
            rules.change_rule(rule, self.caller.name, form.values)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, rule, error.status)
        messages.success(request, f"{form.values['name']} is changed.")
        return redirect(self.back)


class SwitchRule(RulePage):
    """POST /p/{slug}/rules/{rule_id}/switch with to=on, shadow or off"""

    def post(self, request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule, to = self.rule(rule_id), request.POST.get("to", "")
        changes = {"off": {"is_active": False}, "shadow": {"is_active": True, "shadow": True}}
        wanted = changes.get(to, {"is_active": True, "shadow": False})
        try:
            rules.change_rule(rule, self.caller.name, wanted)
        except GavelError as error:
            messages.error(request, f"{rule.name}: {error.detail}")
        else:
            told = {"off": "is off", "shadow": "is a shadow"}.get(to, "acts on the next message")
            messages.success(request, f"{rule.name} {told}.")
        return redirect(self.back)


class DeleteRule(RulePage):
    """GET, POST /p/{slug}/rules/{rule_id}/delete"""

    def get(self, request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule = self.rule(rule_id)
        question = Question(
            title=f"Delete {rule.name}",
            sentences=[
                "It acts on no further message, and its figures are gone.",
                "What it did stays told in the logs. To keep it for later, switch it off.",
            ],
            verb="Delete the rule",
            back=self.back,
            page="Rules",
        )
        return self.ask(question)

    def post(self, request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule = self.rule(rule_id)
        rules.delete_rule(rule, self.caller.name)
        messages.success(request, f"{rule.name} is deleted.")
        return redirect(self.back)
