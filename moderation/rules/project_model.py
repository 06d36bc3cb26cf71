"""Store a project's own model, activate it and roll it back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from moderation.accounts.audit import write_audit
from moderation.engine.model.project_model import base_id
from moderation.lib.errors import Conflict, NotFound
from moderation.models import ModelState, ModelVersion, Project
from moderation.rules.active import invalidate
from moderation.rules.loaded_models import fits_installation, model_versions
from moderation.rules.versions import raise_version


def store_model(
    project: Project, actor: str, weights: bytes, data: Mapping[str, Any]
) -> ModelVersion:
    """Store a trained model and run it in shadow, in place of the model that did until now."""
    with transaction.atomic():
        versions = _lock_models(project)
        versions.filter(state=ModelState.SHADOW).update(state=ModelState.RETIRED)
        version = ModelVersion.objects.create(
            project=project,
            number=(versions.aggregate(last=Max("number"))["last"] or 0) + 1,
            weights=weights,
            base=base_id(),
            data=dict(data),
            created_by=actor,
        )
        _record(project, actor, "model.trained", version, {"rulings": data["rulings"]})
    invalidate(project)
    return version


def activate_model(
    project: Project, actor: str, number: int, *, is_forced: bool = False
) -> ModelVersion:
    """Make a stored model judge, in place of the active one.

    Raises NotFound if there is no such model; Conflict if it is active already, was trained on
    another bundled model, or did worse on the held-out data and is not forced.
    """
    with transaction.atomic():
        versions = _lock_models(project)
        version = versions.filter(number=number).first()
        if version is None:
            raise NotFound(f"There is no model {number} of {project.slug}.")
        _check_usable(version, is_forced=is_forced)
        active = versions.filter(state=ModelState.ACTIVE)
        replaced = active.values_list("number", flat=True).first()
        active.update(state=ModelState.RETIRED)
        # A model that replaced this one now points past it: rolling back never goes in a circle.
        versions.filter(replaced=version.number).update(replaced=version.replaced)
        _set(
            version,
            state=ModelState.ACTIVE,
            replaced=replaced,
            activated_by=actor,
            activated_at=timezone.now(),
        )
        _record(project, actor, "model.activated", version, {"replaced": replaced})
    invalidate(project)
    return version


def roll_back_model(project: Project, actor: str) -> ModelVersion | None:
    """Go back to the model that judged before and return it; None means the bundled one alone.

    Skips models that no longer fit this installation. Raises Conflict if no model is active.
    """
    with transaction.atomic():
        versions = _lock_models(project)
        current = versions.filter(state=ModelState.ACTIVE).first()
        if current is None:
            raise Conflict("The bundled model judges alone: there is nothing to go back to.")
        _set(current, state=ModelState.RETIRED)
        previous = versions.filter(number=current.replaced or 0).first()
        while previous and not fits_installation(previous):
            previous = versions.filter(number=previous.replaced or 0).first()
        if previous:
            _set(previous, state=ModelState.ACTIVE)
        facts = {"to": previous.number if previous else None}
        _record(project, actor, "model.rolled_back", current, facts)
    invalidate(project)
    return previous


def _lock_models(project: Project) -> QuerySet[ModelVersion]:
    """Return the project's models without their weights; other writers wait."""
    Project.objects.select_for_update().get(pk=project.pk)
    return model_versions(project)


def _check_usable(version: ModelVersion, *, is_forced: bool) -> None:
    if version.state == ModelState.ACTIVE:
        raise Conflict(f"Model {version.number} is active already.")
    if not fits_installation(version):
        raise Conflict(
            f"Model {version.number} was trained on another bundled model than the one installed "
            "now: train again."
        )
    if version.data["is_worse"] and not is_forced:
        raise Conflict(
            f"Model {version.number} did worse than the bundled model on the held-out data; "
            "--force activates it anyway."
        )


def _set(version: ModelVersion, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(version, name, value)
    version.save(update_fields=list(changes))


def _record(
    project: Project, actor: str, action: str, version: ModelVersion, facts: Mapping[str, Any]
) -> None:
    """Write the audit log and raise the ruleset version, so that every process reloads."""
    facts = {"model": version.number, **facts}
    write_audit(project, actor, action, version, facts)
    raise_version(project, {"kind": "model", "id": version.number, "action": action})
