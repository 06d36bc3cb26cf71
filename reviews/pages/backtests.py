"""Backtests on pages: start one from a form, follow it, cancel it, read its result."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation import rules
from moderation.engine.verdict.policy import policy_to_dict
from moderation.lib.errors import Conflict, GavelError
from moderation.lib.languages import gettext_lazy
from moderation.models import Rule
from moderation.pages import refusals
from moderation.pages.policies import PolicySettings
from moderation.pages.policy_form import PolicyForm, differences
from moderation.pages.rule_forms import form_of
from moderation.pages.rules import RulePage
from moderation.pages.shell import PageContext, ProjectPage
from moderation.rules.compile import stored_policy
from reviews.evaluation import backtests
from reviews.models import Backtest, BacktestKind, BacktestState

#: Days of content that a change of the policy is tested on.
POLICY_DAYS = 7
DEFAULT_DAYS = 7
GROUPS = {
    "disagreed": gettext_lazy("Match, but moderators decided otherwise"),
    "missed": gettext_lazy("No match, but moderators decided that way"),
    "agreed": gettext_lazy("Match, and moderators decided that way"),
    "undecided": gettext_lazy("Match, no decision yet"),
}
#: Rows of the comparison: label, and where a result has the figure.
ROWS = (
    (gettext_lazy("Allowed"), "verdicts", "allow"),
    (gettext_lazy("Warned"), "verdicts", "warn"),
    (gettext_lazy("Flagged"), "verdicts", "flag"),
    (gettext_lazy("Blocked"), "verdicts", "block"),
    (gettext_lazy("Not shown"), "hidden", ""),
    (gettext_lazy("Sent to review"), "reviews", ""),
    (gettext_lazy("Strikes"), "strikes", ""),
)


@dataclass(frozen=True)
class Example:
    """A message of the result in the shape that `{% marked %}` reads."""

    content: str
    matches: list[dict[str, Any]]
    row: dict[str, Any]
    pii: tuple[()] = ()
    severity: str = "low"


class Backtests(ProjectPage):
    """GET /p/{slug}/rules/backtests"""

    action = "admin"
    place = "Rules"

    def get(self, _request: HttpRequest) -> HttpResponse:
        newest = [
            *backtests.newest_backtests(self.project, BacktestKind.RULE),
            *backtests.newest_backtests(self.project, BacktestKind.POLICY),
        ]
        rows = sorted(newest, key=lambda backtest: backtest.started_at, reverse=True)
        return self.render("reviews/backtests.html", {"rows": rows})


class StoredBacktest(ProjectPage):
    action = "admin"
    place = "Rules"

    def backtest(self, backtest_id: UUID) -> Backtest:
        backtests.mark_dead(self.project, timezone.now())
        stored = Backtest.objects.filter(project=self.project).select_related("project")
        backtest = stored.filter(pk=backtest_id).first()
        if backtest is None:
            raise Http404("There is no such backtest in this project.")
        return backtest

    def to(self, backtest_id: UUID) -> HttpResponse:
        return redirect("desk:backtest", self.project.slug, backtest_id)


class BacktestPage(StoredBacktest):
    """GET /p/{slug}/rules/backtests/{backtest_id}; the page polls while the backtest runs."""

    def get(self, _request: HttpRequest, backtest_id: UUID) -> HttpResponse:
        backtest = self.backtest(backtest_id)
        context: PageContext = {
            "backtest": backtest,
            "is_running": backtest.state == BacktestState.RUNNING,
            "is_revealed": True,
            **self.subject_context(backtest),
        }
        if backtest.result is not None:
            context |= result_context(backtests.with_texts(self.project, backtest.result))
        if self.wants_piece:
            return self.piece("reviews/_backtest.html", context)
        return self.render("reviews/backtest.html", context)

    def subject_context(self, backtest: Backtest) -> PageContext:
        """Return the rule that was tested, or how the tested policy differs from the active one."""
        subject = backtest.request
        if backtest.kind == BacktestKind.RULE:
            stored = Rule.objects.filter(project=self.project, name=subject["rule"]["name"])
            return {"rule": subject["rule"], "stored": stored.first()}
        active = policy_to_dict(stored_policy(self.project))
        try:
            tested = policy_to_dict(rules.changed_policy(self.project, subject["changes"]))
        except GavelError:  # the changes no longer fit the active policy
            tested = active
        return {"changed": differences(active, tested)}


def result_context(result: Mapping[str, Any]) -> PageContext:
    groups: dict[str, list[Example]] = {}
    for row in result["examples"]:
        example = Example(row["text"], row["matches"], row)
        groups.setdefault(row["group"], []).append(example)
    # A policy's groups are pairs of verdicts, "flag>block".
    order = [name for name in GROUPS if name in groups] or sorted(groups)
    titles = {name: GROUPS.get(name) or name.replace(">", " → ").capitalize() for name in order}
    comparison = []
    for label, name, key in ROWS:
        before, after = (result[side][name] for side in ("before", "after"))
        if key:
            before, after = before[key], after[key]
        comparison.append(
            {"label": label, "before": before, "after": after, "change": after - before}
        )
    return {
        "result": result,
        "per_day": result["counts"]["hits"] / result["days"],
        "compared": comparison,
        "groups": [(title, groups[name]) for name, title in titles.items()],
    }


class BacktestRule(RulePage):
    """POST /p/{slug}/rules/backtests/rule with the fields of a rule's form"""

    def post(self, request: HttpRequest) -> HttpResponse:
        rule = self.stored(request.POST.get("rule_id", ""))
        form = form_of(request.POST.get("type", ""))(request.POST)
        if not form.is_valid():
            return self.form_page(form, rule, 422)
        try:
            backtest = backtests.start_rule(
                self.caller,
                rules.draft_rule(form.values),
                instead_of=str(rule.pk) if rule else "",
                days=int(form.cleaned_data["days"] or DEFAULT_DAYS),
                now=timezone.now(),
            )
        except Conflict as error:
            return running(request, self.project.slug, error)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, rule, error.status)
        backtests.run_aside(backtest)
        return redirect("desk:backtest", self.project.slug, backtest.pk)

    def stored(self, rule_id: str) -> Rule | None:
        try:
            return self.rule(UUID(rule_id)) if rule_id else None
        except ValueError:
            raise Http404("There is no such rule in this project.") from None


class BacktestPolicy(PolicySettings):
    """POST /p/{slug}/rules/backtests/policy with the fields of the policy's form"""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PolicyForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        try:
            backtest = backtests.start_policy(
                self.caller, form.changes(self.current), days=POLICY_DAYS, now=timezone.now()
            )
        except Conflict as error:
            return running(request, self.project.slug, error)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        backtests.run_aside(backtest)
        return redirect("desk:backtest", self.project.slug, backtest.pk)


def running(request: HttpRequest, slug: str, error: Conflict) -> HttpResponse:
    """Redirect to the backtest that is already running."""
    messages.warning(request, refusals.in_words(error.detail))
    other = error.extra.get("backtest_id")
    return redirect("desk:backtest", slug, other) if other else redirect("desk:backtests", slug)


class CancelBacktest(StoredBacktest):
    """POST /p/{slug}/rules/backtests/{backtest_id}/cancel"""

    def post(self, request: HttpRequest, backtest_id: UUID) -> HttpResponse:
        if not backtests.cancel(self.backtest(backtest_id), self.caller.name):
            messages.info(request, _("The backtest had already ended."))
        return self.to(backtest_id)


class ApplyPolicy(StoredBacktest):
    """POST /p/{slug}/rules/backtests/{backtest_id}/apply: activate the tested policy"""

    def post(self, request: HttpRequest, backtest_id: UUID) -> HttpResponse:
        changes = self.backtest(backtest_id).request.get("changes")
        if not changes:
            raise Http404("This backtest did not test a policy.")
        version = rules.change_policy(self.project, self.caller.name, changes)
        messages.success(
            request,
            _("Version {number} is active from the next message.").format(number=version.number),
        )
        return redirect("console:policy", self.project.slug)
