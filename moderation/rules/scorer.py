"""The model that TOXICITY_MODEL names, one per process."""

import threading
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from django.conf import settings

from moderation.engine.model.bundled import bundled_model
from moderation.engine.model.detoxify.folder import read_description
from moderation.engine.model.detoxify.scorer import (
    LANGUAGES,
    NAMES,
    Detoxify,
    FolderModel,
    detoxify,
)
from moderation.engine.model.scorer import Scorer, ScoreRequest, State
from moderation.engine.verdict.policy import Policy


def _detoxify(name: str) -> Detoxify:
    return detoxify(name, settings.DETOXIFY_CHECKPOINT, settings.DETOXIFY_CONFIG_DIR)


BUNDLED = "bundled"
#: What a setting begins with that names a folder (docs/onnx.md).
FOLDER = "onnx:"
NONE: frozenset[str] = frozenset()
#: How to make each model. One that loads slowly is returned at once, in the state LOADING.
MAKERS: dict[str, Callable[[], Scorer]] = {
    BUNDLED: bundled_model,
    **{f"detoxify:{name}": partial(_detoxify, name) for name in NAMES},
}


#: What each model was trained on (docs/model-card.md; Detoxify's own description).
MODEL_LANGUAGES: dict[str, frozenset[str]] = {
    BUNDLED: frozenset({"en", "es", "ur-Latn"}),
    **{f"detoxify:{name}": frozenset(tags) for name, tags in LANGUAGES.items()},
}


def current_scorer() -> Scorer | None:
    """Return the model that this installation judges with; None if it is switched off."""
    return _scorer(settings.TOXICITY_MODEL)


def supports_own_models() -> bool:
    """Say whether projects may have models of their own, which build on the bundled model."""
    return bool(settings.TOXICITY_MODEL == BUNDLED)


def score_request(policy: Policy, own: Scorer | None = None) -> ScoreRequest | None:
    """Return the model and the time that the policy lets it take; None without a model.

    own: the project's own model, which replaces the bundled one.
    """
    model = own or current_scorer()
    return ScoreRequest(model, policy.model_wait_ms / 1000) if model else None


def model_languages() -> frozenset[str]:
    """Return the tags of the languages that the model learned; empty without a model."""
    name = settings.TOXICITY_MODEL
    return _folder_languages(name) if name.startswith(FOLDER) else MODEL_LANGUAGES.get(name, NONE)


@cache
def _folder_languages(name: str) -> frozenset[str]:
    return read_description(Path(name.removeprefix(FOLDER))).languages


def may_delay_checks() -> bool:
    """Say whether checks may have to wait for the model or for an AI provider."""
    return bool(settings.AI_BASE_URL) or settings.TOXICITY_MODEL.startswith(("detoxify:", FOLDER))


def wait_until_loaded() -> None:
    """Wait until the model is ready or unavailable; for commands, which would end before that."""
    model = current_scorer()
    if isinstance(model, Detoxify):
        model.wait_until_loaded()


def model_state() -> State:
    """Return the model's state as `health` shows it."""
    model = current_scorer()
    return model.state if model else State.OFF


# Two first checks at once must not load two models.
_loading = threading.Lock()


def _scorer(name: str) -> Scorer | None:
    with _loading:
        return _load(name) if name in MAKERS or name.startswith(FOLDER) else None


@cache
def _load(name: str) -> Scorer:
    if name.startswith(FOLDER):
        return FolderModel(Path(name.removeprefix(FOLDER)))
    return MAKERS[name]()
