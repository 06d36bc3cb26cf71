"""The policy: change it, list its versions, restore one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from moderation import rules
from moderation.engine.verdict.policy import PRESETS, policy_to_dict
from moderation.lib.errors import GavelError
from moderation.models import PolicyVersion
from moderation.pages.confirmation import ConfirmationPage, Question
from moderation.pages.forms import FieldValues
from moderation.pages.policy_form import PRESET_NAMES, PolicyForm, differences, initial_values
from moderation.pages.policy_sentences import count_changes, sections_of
from moderation.rules.compile import stored_policy

MOST_VERSIONS = 20


class PolicySettings(ConfirmationPage):
    action = "admin"
    place = "Settings"

    @property
    def current(self) -> FieldValues:
        return policy_to_dict(stored_policy(self.caller.project))

    def form_page(self, form: PolicyForm, status: int = 200) -> HttpResponse:
        current = self.current
        sections = sections_of(form, initial_values(current))
        context = {
            "form": form,
            "sections": sections,
            "changes": count_changes(sections),
            "tab": "policy",
            "current": current,
            "version": self.project.policy_version,
            "presets": PRESET_NAMES,
            "versions": self.versions(),
        }
        return self.render("moderation/policy.html", context, status)

    def versions(self) -> list[dict[str, Any]]:
        """Return the newest versions, each with what it changed."""
        stored = PolicyVersion.objects.filter(project=self.project)
        newest = list(stored.order_by("-number")[: MOST_VERSIONS + 1])
        rows = []
        for at, version in enumerate(newest[:MOST_VERSIONS]):
            before = newest[at + 1].data if at + 1 < len(newest) else None
            changed = [] if before is None else differences(before, version.data)
            rows.append({"version": version, "is_first": before is None, "changed": changed})
        return rows

    @property
    def back(self) -> str:
        return reverse("console:policy", args=[self.project.slug])


class PolicyPage(PolicySettings):
    """GET, POST /p/{slug}/settings/policy; `?preset=` fills the form from a preset."""

    def get(self, request: HttpRequest) -> HttpResponse:
        preset = PRESETS.get(request.GET.get("preset", ""))
        policy = policy_to_dict(preset) if preset else self.current
        return self.form_page(PolicyForm(initial=initial_values(policy)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PolicyForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        changes = form.changes(self.current)
        if not changes:
            messages.info(request, _("Nothing to save: this is already the active policy."))
            return redirect(self.back)
        try:
            version = rules.change_policy(self.project, self.caller.name, changes)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)
        messages.success(
            request,
            _("Version {number} is active from the next message.").format(number=version.number),
        )
        return redirect(self.back)


class RestorePolicy(PolicySettings):
    """GET, POST /p/{slug}/settings/policy/{number}/restore"""

    def get(self, _request: HttpRequest, number: int) -> HttpResponse:
        changes = differences(self.current, self.version(number).data)
        lines = [f"{one.label}: {one.was} → {one.now}" for one in changes]
        question = Question(
            title=_("Restore version {number}").format(number=number),
            sentences=[_("A copy of it becomes the newest version; no version is lost."), *lines]
            if lines
            else [_("It is the same as the active policy.")],
            verb=_("Restore this version") if lines else "",
            back=self.back,
            page=_("Settings"),
        )
        return self.confirm(question)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        restored = rules.restore_policy(self.project, self.caller.name, self.version(number).number)
        messages.success(
            request,
            _("Version {number} is active again as {number_2}.").format(
                number=number, number_2=restored.number
            ),
        )
        return redirect(self.back)

    def version(self, number: int) -> PolicyVersion:
        stored = PolicyVersion.objects.filter(project=self.project)
        version = stored.filter(number=number).first() if number <= 2**31 - 1 else None
        if version is None:
            raise Http404("The policy has no such version.")
        return version
