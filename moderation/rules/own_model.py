"""Store a project's own model, let it judge, and take it back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from moderation import queries
from moderation.audit import write_audit
from moderation.engine.project_model import base_id
from moderation.errors import Conflict, NotFound
from moderation.models import ModelState, ModelVersion, Project
from moderation.rules.versions import raise_version


def store_model(
    project: Project, actor: str, weights: bytes, data: Mapping[str, Any]
) -> ModelVersion:
    """Store a fitted model, which runs in shadow from now on, in the place of an earlier one."""
    with transaction.atomic():
        versions = _locked(project)
        versions.filter(state=ModelState.SHADOW).update(state=ModelState.RETIRED)
        version = ModelVersion.objects.create(
            project=project,
            number=(versions.aggregate(last=Max("number"))["last"] or 0) + 1,
            weights=weights,
            base=base_id(),
            data=dict(data),
            created_by=actor,
        )
        _note(project, actor, "model.trained", version, {"rulings": data["rulings"]})
    queries.forget_in_force(project)
    return version


def activate_model(
    project: Project, actor: str, number: int, *, is_forced: bool = False
) -> ModelVersion:
    """Let a stored model judge in the place of the one that does.

    NotFound if there is none of that number; Conflict if it judges already, corrects another
    bundled model, or did worse on what was held out and is not forced.
    """
    with transaction.atomic():
        versions = _locked(project)
        version = versions.filter(number=number).first()
        if version is None:
            raise NotFound(f"There is no model {number} of {project.slug}.")
        _refuse(version, is_forced=is_forced)
        _put_in_force(version, actor)
        _note(project, actor, "model.activated", version, {"replaced": version.replaced})
    queries.forget_in_force(project)
    return version


def roll_back_model(project: Project, actor: str) -> ModelVersion | None:
    """Go back to the model that judged before; return it, None if that is the bundled one alone.

    Conflict if the bundled model judges alone already.
    """
    with transaction.atomic():
        versions = _locked(project)
        current = versions.filter(state=ModelState.ACTIVE).first()
        if current is None:
            raise Conflict("The bundled model judges alone: there is nothing to go back to.")
        _set(current, state=ModelState.RETIRED)
        before = _usable_before(current)
        if before:
            _set(before, state=ModelState.ACTIVE)
        facts = {"to": before.number if before else None}
        _note(project, actor, "model.rolled_back", current, facts)
    queries.forget_in_force(project)
    return before


def _locked(project: Project) -> QuerySet[ModelVersion]:
    """Return the project's models, without their weights, for one writer at a time."""
    Project.objects.select_for_update().get(pk=project.pk)
    return queries.model_versions(project)


def _refuse(version: ModelVersion, *, is_forced: bool) -> None:
    if version.state == ModelState.ACTIVE:
        raise Conflict(f"Model {version.number} judges already.")
    if not queries.fits_installation(version):
        raise Conflict(
            f"Model {version.number} corrects another bundled model than the one installed now: "
            "train again."
        )
    if version.data["is_worse"] and not is_forced:
        raise Conflict(
            f"Model {version.number} did worse than the bundled model on what was held out; "
            "--force puts it in force all the same."
        )


def _put_in_force(version: ModelVersion, actor: str) -> None:
    own = ModelVersion.objects.filter(project=version.project)
    current = own.filter(state=ModelState.ACTIVE).values_list("number", flat=True).first()
    own.filter(state=ModelState.ACTIVE).update(state=ModelState.RETIRED)
    # Whoever was to be followed by this one is followed by what it had replaced: no way back
    # leads in a circle.
    own.filter(replaced=version.number).update(replaced=version.replaced)
    _set(
        version,
        state=ModelState.ACTIVE,
        replaced=current,
        activated_by=actor,
        activated_at=timezone.now(),
    )


def _usable_before(current: ModelVersion) -> ModelVersion | None:
    """Return the model that judged before; one that no longer fits is passed over."""
    number = current.replaced
    while number is not None:
        before = queries.model_versions(current.project).filter(number=number).first()
        if before is None or queries.fits_installation(before):
            return before
        number = before.replaced
    return None


def _set(version: ModelVersion, **changed: Any) -> None:
    for name, value in changed.items():
        setattr(version, name, value)
    version.save(update_fields=list(changed))


def _note(
    project: Project, actor: str, action: str, version: ModelVersion, facts: Mapping[str, Any]
) -> None:
    """Write the audit log and raise the ruleset's version, by which every process swaps."""
    facts = {"model": version.number, **facts}
    write_audit(project, actor, action, version, facts)
    raise_version(project, {"kind": "model", "id": version.number, "action": action})
