"""The model that TOXICITY_MODEL names, one per process."""

from collections.abc import Callable, Mapping
from functools import cache

from django.conf import settings

from moderation.engine.policy import Policy
from moderation.engine.toxicity import Asked, Scorer, State

#: How each is made; what takes long to load says so by its state until it is there.
MAKERS: Mapping[str, Callable[[], Scorer]] = {}


def scorer() -> Scorer | None:
    """Return the model that takes part in judging; None where it is switched off."""
    return _scorer(settings.TOXICITY_MODEL)


def asked(policy: Policy) -> Asked | None:
    """Return the model with the time that the policy gives it."""
    model = scorer()
    return Asked(model, policy.model_wait_ms / 1000) if model else None


def state() -> State:
    """Return the model's state as `health` names it."""
    model = scorer()
    return model.state if model else State.OFF


@cache
def _scorer(name: str) -> Scorer | None:
    return MAKERS[name]() if name in MAKERS else None
