"""The model that scores messages beside the rules, and its current state."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from moderation.engine.model.scorer import State
from moderation.lib.languages import gettext_lazy
from moderation.models import ModelState, ModelVersion
from moderation.pages.shell import ProjectPage
from moderation.rules.active import active_ruleset, policy_of
from moderation.rules.loaded_models import (
    ShadowCount,
    fits_installation,
    model_versions,
    shadow_count,
)
from moderation.rules.scorer import (
    current_scorer,
    may_delay_checks,
    model_state,
    supports_own_models,
)

#: State → its name, its chip, and what it means for checks.
SHOWN = {
    State.READY: (
        gettext_lazy("Ready"),
        "chip-allow",
        gettext_lazy("The model scores every message beside the rules."),
    ),
    State.LOADING: (
        gettext_lazy("Loading"),
        "chip-warn",
        gettext_lazy("Until the model has loaded, checks use the rules alone."),
    ),
    State.UNAVAILABLE: (
        gettext_lazy("Unavailable"),
        "chip-block",
        gettext_lazy("Checks use the rules alone. The server log says why."),
    ),
    State.OFF: (gettext_lazy("Off"), "", gettext_lazy("Checks use the rules alone.")),
}
#: State of a project's own model → its name and its chip.
OWN_STATES = {
    ModelState.ACTIVE: (gettext_lazy("Active"), "chip-allow"),
    ModelState.SHADOW: (gettext_lazy("Shadow"), "chip-warn"),
    ModelState.RETIRED: (gettext_lazy("Retired"), ""),
}
#: Rows of the table of own models, newest first.
SHOWN_MODELS = 10


@dataclass(frozen=True)
class OwnModel:
    """One of the project's own models as a row of the page."""

    version: ModelVersion
    count: ShadowCount

    @property
    def state(self) -> str:
        return OWN_STATES[ModelState(self.version.state)][0]

    @property
    def chip(self) -> str:
        return OWN_STATES[ModelState(self.version.state)][1]

    @property
    def fits(self) -> bool:
        return fits_installation(self.version)

    @property
    def percent(self) -> str:
        return f"{100 * self.count.share:.1f} %"


class Model(ProjectPage):
    """GET /p/{slug}/settings/model"""

    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        name, chip, meaning = SHOWN[model_state()]
        context = {
            "tab": "model",
            "model": current_scorer(),
            "setting": settings.TOXICITY_MODEL,
            "state": {"name": name, "chip": chip, "meaning": meaning},
            "wait_ms": policy_of(self.project).model_wait_ms if may_delay_checks() else None,
            "own_model": active_ruleset(self.project).model,
            "supports_own_models": supports_own_models(),
            "own_models": [
                OwnModel(version, shadow_count(self.project, version.number))
                for version in model_versions(self.project)[:SHOWN_MODELS]
            ],
        }
        return self.render("moderation/model.html", context)
