"""The model that TOXICITY_MODEL names, one per process."""

import threading
from collections.abc import Callable
from functools import cache, partial

from django.conf import settings

from moderation.detoxify.scorer import NAMES, Detoxify, detoxify
from moderation.engine.bundled import bundled_model
from moderation.engine.policy import Policy
from moderation.engine.toxicity import Asked, Scorer, State


def _detoxify(name: str) -> Detoxify:
    return detoxify(name, settings.DETOXIFY_CHECKPOINT, settings.DETOXIFY_CONFIG_DIR)


BUNDLED = "bundled"
#: How each is made; what takes long to load says so by its state until it is there.
MAKERS: dict[str, Callable[[], Scorer]] = {
    BUNDLED: bundled_model,
    **{f"detoxify:{name}": partial(_detoxify, name) for name in NAMES},
}


def scorer() -> Scorer | None:
    """Return the model that takes part in judging; None where it is switched off."""
    return _scorer(settings.TOXICITY_MODEL)


def takes_corrections() -> bool:
    """Say whether a project's own model may judge: it corrects the bundled one, and no other."""
    return bool(settings.TOXICITY_MODEL == BUNDLED)


def asked(policy: Policy, own: Scorer | None = None) -> Asked | None:
    """Return the model with the time that the policy gives it.

    own: the project's, which judges in the bundled one's place.
    """
    model = own or scorer()
    return Asked(model, policy.model_wait_ms / 1000) if model else None


def is_waited_for() -> bool:
    """Say whether checks may have to wait for the model."""
    return settings.TOXICITY_MODEL.startswith("detoxify:")


def wait_until_loaded() -> None:
    """Return once the model judges or cannot: for commands, which would end before."""
    model = scorer()
    if isinstance(model, Detoxify):
        model.wait_until_loaded()


def state() -> State:
    """Return the model's state as `health` names it."""
    model = scorer()
    return model.state if model else State.OFF


# Two first checks at once must not load two models.
_making = threading.Lock()


def _scorer(name: str) -> Scorer | None:
    if name not in MAKERS:
        return None
    with _making:
        return _made(name)


@cache
def _made(name: str) -> Scorer:
    return MAKERS[name]()
