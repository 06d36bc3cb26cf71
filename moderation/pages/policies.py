"""The policy: every number of it, what a change would have done, its versions and their return."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from moderation import queries, rules
from moderation.engine.policy import PRESETS, policy_to_dict
from moderation.errors import GavelError
from moderation.models import PolicyVersion
from moderation.pages.asking import AskingPage, Question
from moderation.pages.policy_form import PRESET_NAMES, PolicyForm, differences, shown_policy

MOST_VERSIONS = 20


class PolicySettings(AskingPage):
    action = "admin"
    place = "Settings"

    @property
    def current(self) -> dict[str, Any]:
        return policy_to_dict(queries.stored_policy(self.caller.project))

    def form_page(self, form: PolicyForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "tab": "policy",
            "current": self.current,
            "version": self.project.policy_version,
            "presets": PRESET_NAMES,
            "versions": self.versions(),
        }
        return self.render("moderation/policy.html", context, status)

    def versions(self) -> list[dict[str, Any]]:
        """Return the newest versions, each with what it changed."""
        stored = PolicyVersion.objects.filter(project=self.project)
        found = list(stored.order_by("-number")[: MOST_VERSIONS + 1])
        rows = []
        for at, version in enumerate(found[:MOST_VERSIONS]):
            before = found[at + 1].data if at + 1 < len(found) else None
            changed = [] if before is None else differences(before, version.data)
            rows.append({"version": version, "is_first": before is None, "changed": changed})
        return rows

    @property
    def back(self) -> str:
        return reverse("console:policy", args=[self.project.slug])


class PolicyPage(PolicySettings):
    """GET, POST /p/{slug}/settings/policy; `preset` instead of the fields begins anew from one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = PRESETS.get(request.GET.get("preset", ""))
        shown = policy_to_dict(wanted) if wanted else self.current
        return self.form_page(PolicyForm(initial=shown_policy(shown)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PolicyForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        changes = form.changes(self.current)
        if not changes:
            messages.info(request, "That is the policy in force already.")
            return redirect(self.back)
        try:
            version = rules.change_policy(self.project, self.caller.name, changes)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        messages.success(request, f"Version {version.number} judges the next message.")
        return redirect(self.back)


class RestorePolicy(PolicySettings):
    """GET, POST /p/{slug}/settings/policy/{number}/restore"""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        changed = differences(self.current, self.version(number).data)
        told = [f"{one.label}: {one.was} → {one.now}" for one in changed]
        question = Question(
            title=f"Restore version {number}",
            sentences=["It becomes the newest version; none is lost.", *told]
            if told
            else ["It says the same as the policy in force."],
            verb="Restore this version",
            back=self.back,
            page="Settings",
        )
        return self.ask(question)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        restored = rules.restore_policy(self.project, self.caller.name, self.version(number).number)
        messages.success(request, f"Version {number} is in force again, as {restored.number}.")
        return redirect(self.back)

    def version(self, number: int) -> PolicyVersion:
        stored = PolicyVersion.objects.filter(project=self.project)
        version = stored.filter(number=number).first() if number <= 2**31 - 1 else None
        if version is None:
            raise Http404("There is no such version of the policy.")
        return version
