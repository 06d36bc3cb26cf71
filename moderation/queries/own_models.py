"""Reads of a project's own models: those that judge or run in shadow, and what was counted."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet, Sum

from moderation import toxicity
from moderation.engine.project_model import ProjectModel, base_id
from moderation.errors import NotFound
from moderation.models import Counter, ModelState, ModelVersion, Project
from moderation.statistics import MODEL

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class OwnModels:
    """What a process has loaded of a project's own models."""

    active: ProjectModel | None = None
    shadow: ProjectModel | None = None

    @property
    def judging(self) -> int:
        """The number of the one that judges; 0: none."""
        return self.active.number if self.active else 0


def own_models(project: Project) -> OwnModels:
    """Load the models that judge and run in shadow, as far as they fit this installation."""
    if not toxicity.takes_corrections():
        return OwnModels()
    living = ModelVersion.objects.filter(
        project=project, state__in=[ModelState.ACTIVE, ModelState.SHADOW]
    )
    return OwnModels(**dict(_loaded(living)))


def _loaded(versions: Iterable[ModelVersion]) -> Iterator[tuple[str, ProjectModel]]:
    for version in versions:
        try:
            if fits_installation(version):
                yield str(version.state), loaded(version)
        except ValueError:
            # A row that was damaged must not take the project's checks with it.
            facts = {"project": version.project_id, "model": version.number}
            logger.exception("A project's model cannot be read", extra=facts)


def fits_installation(version: ModelVersion) -> bool:
    """Say whether it corrects the bundled model that is installed now."""
    return version.base == base_id()


def unfit_models() -> QuerySet[ModelVersion]:
    """Return the models in force that correct another bundled model than the one installed."""
    active = ModelVersion.objects.filter(state=ModelState.ACTIVE).exclude(base=base_id())
    return active.select_related("project").defer("weights")


def loaded(version: ModelVersion) -> ProjectModel:
    # PostgreSQL's driver gives bytes, others a view of them.
    return ProjectModel(version.number, bytes(version.weights))


def model_at(project: Project, number: int) -> ProjectModel | None:
    """Return the project's model of that number, None for 0; NotFound if it cannot judge again."""
    if not number:
        return None
    stored = ModelVersion.objects.filter(project=project, number=number).first()
    if stored is None:
        raise NotFound(f"Model {number} of the project is not kept.")
    if not toxicity.takes_corrections() or not fits_installation(stored):
        raise NotFound(
            f"Model {number} of the project judged it, which corrects a bundled model that does "
            "not judge here now: it cannot be judged again."
        )
    return loaded(stored)


def model_versions(project: Project) -> QuerySet[ModelVersion]:
    """Return the project's models, the newest first, without their weights."""
    return ModelVersion.objects.filter(project=project).defer("weights")


# --- The shadow


@dataclass(frozen=True)
class ShadowCount:
    """How checks were judged, and how they would have been by the model in shadow."""

    checks: int = 0
    #: Verdict → the shadow's other verdict → how often.
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
    """Return what was counted while it ran in shadow; the relay counts, a moment late."""
    rows = Counter.objects.filter(project=project, metric__startswith=f"{MODEL}:{number}:")
    sums = rows.order_by().values_list("metric").annotate(Sum("value"))
    return _counted((metric.rpartition(":")[2], count) for metric, count in sums)


def _counted(sums: Iterable[tuple[str, int]]) -> ShadowCount:
    checks, changes = 0, defaultdict[str, dict[str, int]](dict)
    for pair, count in sums:
        was, would = pair.split(">")
        checks += count
        if was != would:
            changes[was][would] = count
    return ShadowCount(checks, dict(changes))
