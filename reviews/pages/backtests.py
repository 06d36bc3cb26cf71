"""Backtests on pages: started from a form, watched, cancelled, and what they found."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from moderation import rules
from moderation.engine.policy import policy_to_dict
from moderation.errors import Conflict, GavelError
from moderation.models import Rule
from moderation.pages.policies import PolicySettings
from moderation.pages.policy_form import PolicyForm, differences
from moderation.pages.rule_forms import form_of
from moderation.pages.rules import RulePage
from moderation.pages.shell import ProjectPage
from moderation.queries import stored_policy
from reviews import backtests
from reviews.models import Backtest, BacktestKind, BacktestState

#: A change of the policy is previewed on the last week.
POLICY_DAYS = 7
DEFAULT_DAYS = 7
GROUPS = {
    "disagreed": "Hit, but moderators ruled otherwise",
    "missed": "Missed: moderators ruled so, and it does not hit",
    "agreed": "Hit, and moderators ruled so",
    "undecided": "Hit, and nobody ruled",
}
#: Rows of the comparison: what they are called, and their names in a result.
ROWS = (
    ("Allowed", "verdicts", "allow"),
    ("Warned", "verdicts", "warn"),
    ("Flagged", "verdicts", "flag"),
    ("Blocked", "verdicts", "block"),
    ("Not shown", "hidden", ""),
    ("For a person to review", "reviews", ""),
    ("Strikes", "strikes", ""),
)


@dataclass(frozen=True)
class Shown:
    """An example as its marks need it."""

    content: str
    matches: list[dict[str, Any]]
    row: dict[str, Any]
    pii: tuple[()] = ()
    severity: str = "low"


class Backtests(ProjectPage):
    """GET /p/{slug}/rules/backtests"""

    action = "admin"
    place = "Rules"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = [
            *backtests.newest_backtests(self.project, BacktestKind.RULE),
            *backtests.newest_backtests(self.project, BacktestKind.POLICY),
        ]
        rows = sorted(found, key=lambda backtest: backtest.started_at, reverse=True)
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
    """GET /p/{slug}/rules/backtests/{backtest_id}; while it runs the page asks again by itself."""

    def get(self, request: HttpRequest, backtest_id: UUID) -> HttpResponse:
        backtest = self.backtest(backtest_id)
        context = {
            "backtest": backtest,
            "is_running": backtest.state == BacktestState.RUNNING,
            "is_revealed": True,
            **self.tried(backtest),
            **self.found(backtest),
        }
        if self.wants_piece:
            return self.piece("reviews/_backtest.html", context)
        return self.render("reviews/backtest.html", context)

    def found(self, backtest: Backtest) -> dict[str, Any]:
        if backtest.result is None:
            return {}
        return _shown(backtests.with_texts(self.project, backtest.result))

    def tried(self, backtest: Backtest) -> dict[str, Any]:
        """Return what was tried: the rule, or how the policy would differ from the one in force."""
        asked = backtest.request
        if backtest.kind == BacktestKind.RULE:
            stored = Rule.objects.filter(project=self.project, name=asked["rule"]["name"])
            return {"rule": asked["rule"], "stored": stored.first()}
        now = policy_to_dict(stored_policy(self.project))
        try:
            then = policy_to_dict(rules.changed_policy(self.project, asked["changes"]))
        except GavelError:  # it made sense beside the policy of that day
            then = now
        return {"changed": differences(now, then)}


def _shown(result: dict[str, Any]) -> dict[str, Any]:
    groups: dict[str, list[Shown]] = {}
    for row in result["examples"]:
        shown = Shown(row["text"], row["matches"], row)
        groups.setdefault(row["group"], []).append(shown)
    order = [name for name in GROUPS if name in groups] or sorted(groups)
    return {
        "result": result,
        "per_day": result["counts"]["hits"] / result["days"],
        "compared": [_compared(result, *row) for row in ROWS],
        "groups": [(_title(name), groups[name]) for name in order],
    }


def _compared(result: dict[str, Any], label: str, name: str, key: str) -> dict[str, Any]:
    before, after = (result[side][name] for side in ("before", "after"))
    if key:
        before, after = before[key], after[key]
    return {"label": label, "before": before, "after": after, "change": after - before}


def _title(group: str) -> str:
    return GROUPS.get(group) or group.replace(">", " → ").capitalize()


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
    """Lead to the backtest that runs already."""
    messages.warning(request, error.detail)
    other = error.extra.get("backtest_id")
    return redirect("desk:backtest", slug, other) if other else redirect("desk:backtests", slug)


class CancelBacktest(StoredBacktest):
    """POST /p/{slug}/rules/backtests/{backtest_id}/cancel"""

    def post(self, request: HttpRequest, backtest_id: UUID) -> HttpResponse:
        if not backtests.cancel(self.backtest(backtest_id), self.caller.name):
            messages.info(request, "It had ended already.")
        return self.to(backtest_id)


class ApplyPolicy(StoredBacktest):
    """POST /p/{slug}/rules/backtests/{backtest_id}/apply: the policy that was tried, in force"""

    def post(self, request: HttpRequest, backtest_id: UUID) -> HttpResponse:
        changes = self.backtest(backtest_id).request.get("changes")
        if not changes:
            raise Http404("This backtest tried no policy.")
        version = rules.change_policy(self.project, self.caller.name, changes)
        messages.success(request, f"Version {version.number} judges the next message.")
        return redirect("console:policy", self.project.slug)
