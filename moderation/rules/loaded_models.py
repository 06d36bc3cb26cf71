"""Reads of a project's own models: the active one, the one in shadow, and its counts."""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet, Sum

from moderation.engine.model.project_model import ProjectModel, base_id
from moderation.events.counters import MODEL
from moderation.lib.errors import NotFound
from moderation.models import Counter, ModelState, ModelVersion, Project
from moderation.rules.scorer import supports_own_models

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OwnModels:
    """The models of one project that this process has loaded."""

    active: ProjectModel | None = None
    shadow: ProjectModel | None = None

    @property
    def active_number(self) -> int:
        """0 if no model of the project is active."""
        return self.active.number if self.active else 0


def own_models(project: Project) -> OwnModels:
    """Load the active model and the one in shadow, if they fit this installation."""
    if not supports_own_models():
        return OwnModels()
    versions = ModelVersion.objects.filter(
        project=project, state__in=[ModelState.ACTIVE, ModelState.SHADOW]
    )
    models: dict[str, ProjectModel] = {}
    for version in versions:
        try:
            if fits_installation(version):
                models[version.state] = load_model(version)
        except ValueError:
            # A damaged row must not stop the project's checks.
            facts = {"project": version.project_id, "model": version.number}
            logger.exception("A project's model cannot be read", extra=facts)
    return OwnModels(**models)


def fits_installation(version: ModelVersion) -> bool:
    """Say whether the model was trained on the bundled model that is installed now."""
    return version.base == base_id()


def unfit_models() -> QuerySet[ModelVersion]:
    """Return the active models that were trained on another bundled model."""
    active = ModelVersion.objects.filter(state=ModelState.ACTIVE).exclude(base=base_id())
    return active.select_related("project").defer("weights")


def load_model(version: ModelVersion) -> ProjectModel:
    # PostgreSQL's driver gives bytes, others a view of them.
    return ProjectModel(version.number, bytes(version.weights))


def model_at(project: Project, number: int) -> ProjectModel | None:
    """Return the project's model of that number, None for 0. Raises NotFound if it is unusable."""
    if not number:
        return None
    stored = ModelVersion.objects.filter(project=project, number=number).first()
    if stored is None:
        raise NotFound(f"Model {number} of the project is no longer stored.")
    if not supports_own_models() or not fits_installation(stored):
        raise NotFound(
            f"Model {number} of the project was trained on a bundled model that is not in use "
            "here, so it cannot judge again."
        )
    return load_model(stored)


def model_versions(project: Project) -> QuerySet[ModelVersion]:
    """Return the project's models, newest first, without their weights."""
    return ModelVersion.objects.filter(project=project).defer("weights")


# --- The shadow


@dataclass(frozen=True)
class ShadowCount:
    """How often the verdict of a model in shadow differed from the real one."""

    checks: int = 0
    #: Verdict → the shadow's different verdict → number of checks.
    changes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def differing(self) -> int:
        return sum(count for others in self.changes.values() for count in others.values())

    @property
    def share(self) -> float:
        return self.differing / self.checks if self.checks else 0.0

    @property
    def pairs(self) -> list[tuple[str, str, int]]:
        return [
            (was, would, count)
            for was, others in self.changes.items()
            for would, count in others.items()
        ]


def shadow_count(project: Project, number: int) -> ShadowCount:
    """Return the counts of a model from its time in shadow; the relay adds them with a delay."""
    rows = Counter.objects.filter(project=project, metric__startswith=f"{MODEL}:{number}:")
    sums = rows.order_by().values_list("metric").annotate(Sum("value"))
    checks, changes = 0, defaultdict[str, dict[str, int]](dict)
    for metric, count in sums:
        verdict, would_be = metric.rpartition(":")[2].split(">")
        checks += count
        if verdict != would_be:
            changes[verdict][would_be] = count
    return ShadowCount(checks, dict(changes))
