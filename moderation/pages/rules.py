"""The project's own rules: the list, and one rule with its examples and test bench."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation import rules
from moderation.engine.rule_examples import try_examples
from moderation.lib.errors import GavelError
from moderation.models import Rule
from moderation.pages import refusals
from moderation.pages.confirmation import ConfirmationPage, Question
from moderation.pages.rule_forms import ACTIONS, TYPES, RuleForm, form_of, initial_values
from moderation.pages.shell import PageContext, ProjectPage
from moderation.pipeline.what_if import try_rule
from moderation.queries.rules import FIGURE_DAYS, rule_figures
from moderation.rules.active import active_ruleset


class Rules(ProjectPage):
    """GET /p/{slug}/rules"""

    place = "Rules"

    def get(self, _request: HttpRequest) -> HttpResponse:
        stored = list(Rule.objects.filter(project=self.project))
        figures = rule_figures(self.project, stored, timezone.now())
        rows = [
            {
                "rule": rule,
                "figures": figures[str(rule.pk)],
                "kind": TYPES[rule.type],
                "action": dict(ACTIONS)[rule.action].partition(",")[0],
            }
            for rule in stored
        ]
        is_stale = active_ruleset(self.project).is_stale
        context = {"rows": rows, "days": FIGURE_DAYS, "is_stale": is_stale}
        return self.render("moderation/rules.html", context)


class RulePage(ConfirmationPage):
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
            context["figures"] = rule_figures(self.project, [rule], timezone.now())[str(rule.pk)]
        return self.render("moderation/rule.html", context, status)

    def tried(self, form: RuleForm, rule: Rule | None = None) -> HttpResponse:
        """Show what the rule would match; for htmx only the bench."""
        try:
            draft = rules.draft_rule(form.values)
            ruleset = active_ruleset(self.project).compiled
            examples = try_examples(draft.spec(), ruleset, **draft.examples)
            texts = [*(example.text for example in examples), *form.samples]
            stored_id = str(rule.pk) if rule else ""
            trials = try_rule(self.project, draft, texts, instead_of=stored_id)
        except GavelError as error:
            form.refuse(error)
            return self.bench(form, rule, error.status)
        pairs = list(zip(examples, trials, strict=False))
        results: PageContext = {
            "must_match": [pair for pair in pairs if pair[0].must_match],
            "must_not_match": [pair for pair in pairs if not pair[0].must_match],
            "failing": sum(not example.holds for example in examples),
            "trials": trials[len(examples) :],
        }
        return self.bench(form, rule, 200, **results)

    def bench(self, form: RuleForm, rule: Rule | None, status: int, **results: Any) -> HttpResponse:
        if self.wants_piece:
            # With status 200 also for a refusal: htmx discards the body of an error.
            context: PageContext = {"form": form, "is_tried": True, "is_revealed": True, **results}
            return self.piece("moderation/_rule_bench.html", context)
        return self.form_page(form, rule, status, is_tried=True, **results)


class NewRule(RulePage):
    """GET, POST /p/{slug}/rules/new?type="""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(form_of(request.GET.get("type", ""))())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = form_of(request.GET.get("type", ""))(request.POST)
        if not form.is_valid():
            if "try" in request.POST:
                return self.bench(form, None, 422)
            return self.form_page(form, status=422)
        if "try" in request.POST:
            return self.tried(form)
        try:
            rules.create_rule(self.project, self.caller.name, form.values)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, status=error.status)
        messages.success(request, _("Rule {name} created.").format(name=form.values["name"]))
        return redirect(self.back)


class EditRule(RulePage):
    """GET, POST /p/{slug}/rules/{rule_id}"""

    def get(self, _request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule = self.rule(rule_id)
        values = initial_values(rules.draft_of(rule))
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
        messages.success(request, _("Rule {name} changed.").format(name=form.values["name"]))
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
            messages.error(request, f"{rule.name}: {refusals.in_words(error.detail)}")
        else:
            state = {"off": _("{name} is off."), "shadow": _("{name} is in shadow.")}.get(
                to, _("{name} applies from the next message.")
            )
            messages.success(request, state.format(name=rule.name))
        return redirect(self.back)


class DeleteRule(RulePage):
    """GET, POST /p/{slug}/rules/{rule_id}/delete"""

    def get(self, _request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule = self.rule(rule_id)
        question = Question(
            title=_("Delete {name}").format(name=rule.name),
            sentences=[
                _("The rule no longer applies, and its figures are deleted."),
                _("Logs still show what it did. To keep the rule for later, turn it off instead."),
            ],
            verb=_("Delete rule"),
            back=self.back,
            page=_("Rules"),
        )
        return self.confirm(question)

    def post(self, request: HttpRequest, rule_id: UUID) -> HttpResponse:
        rule = self.rule(rule_id)
        rules.delete_rule(rule, self.caller.name)
        messages.success(request, _("Rule {name} deleted.").format(name=rule.name))
        return redirect(self.back)
