"""The model that judges beside the rules, and whether it does just now."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from moderation import toxicity
from moderation.engine.toxicity import State
from moderation.pages.shell import ProjectPage
from moderation.queries import policy_of

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
        }
        return self.render("moderation/model.html", context)
