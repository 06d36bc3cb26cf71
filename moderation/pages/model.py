"""The model that judges beside the rules, and whether it does just now."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from moderation import toxicity
from moderation.engine.toxicity import State
from moderation.models import ModelState, ModelVersion
from moderation.pages.shell import ProjectPage
from moderation.queries import (
    ShadowCount,
    fits_installation,
    in_force,
    model_versions,
    policy_of,
    shadow_count,
)

#: State → its name, its chip, and what it means for checks.
SHOWN = {
    State.READY: ("Ready", "chip-allow", "It judges every message beside the rules."),
    State.LOADING: (
        "Loading",
        "chip-warn",
        "Checks are judged by the rules alone until it is there.",
    ),
    State.UNAVAILABLE: (
        "Unavailable",
        "chip-block",
        "Checks are judged by the rules alone. The server's log says why.",
    ),
    State.OFF: ("Off", "", "Checks are judged by the rules alone."),
}
#: State of a project's own model → its name and its chip.
OWN_STATES = {
    ModelState.ACTIVE: ("Judges", "chip-allow"),
    ModelState.SHADOW: ("In shadow", "chip-warn"),
    ModelState.RETIRED: ("Retired", ""),
}
#: The newest of the project's own models.
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

    def get(self, request: HttpRequest) -> HttpResponse:
        name, chip, meaning = SHOWN[toxicity.state()]
        context = {
            "tab": "model",
            "model": toxicity.scorer(),
            "setting": settings.TOXICITY_MODEL,
            "state": {"name": name, "chip": chip, "meaning": meaning},
            "wait_ms": policy_of(self.project).model_wait_ms if toxicity.is_waited_for() else None,
            "own_judges": in_force(self.project).model,
            "takes_part": toxicity.takes_corrections(),
            "own_models": [
                OwnModel(version, shadow_count(self.project, version.number))
                for version in model_versions(self.project)[:SHOWN_MODELS]
            ],
        }
        return self.render("moderation/model.html", context)
