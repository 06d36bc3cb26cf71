"""A project's own models as lines and as JSON, for the command."""

from collections.abc import Iterator, Mapping
from typing import Literal, TypedDict

from moderation.events.event import iso
from moderation.models import ModelState, Project
from moderation.rules.loaded_models import fits_installation, model_versions, shadow_count
from moderation.rules.scorer import supports_own_models
from reviews.evaluation.learning.shapes import ModelData, TrainingFacts

SKIPPED = {
    "dismissed": "dismissed, which says nothing about the text",
    "by_keys": "decided with an API key (--with-keys includes them)",
    "personal_data": "rejected for personal data, which no word reveals",
    "not_kept": "no longer stored as they were sent",
    "repeated": "of a text that is already included",
}
ROWS = {
    "bundled": "bundled model alone",
    "fitted": "fitted model alone",
    "with_bundled": "rules and bundled model",
    "with_fitted": "rules and fitted model",
}
Column = Literal["precision", "recall", "f1", "false_alarms"]
COLUMNS: dict[Column, str] = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "false_alarms": "false alarms",
}


def describe_training_set(project: Project, facts: TrainingFacts) -> Iterator[str]:
    """Yield what there is to learn from."""
    days = ""
    if facts["first"] and facts["last"]:
        days = f" from {facts['first'][:10]} to {facts['last'][:10]}"
    yield (
        f"{project.slug}: moderators rejected {facts['rejected']} different texts "
        f"({facts['spam']} as spam) and approved {facts['approved']}{days}."
    )
    for name, reason in SKIPPED.items():
        if count := facts["skipped"].get(name):
            yield f"  left out: {count} {reason}"


def describe_result(data: ModelData) -> Iterator[str]:
    """Yield the held-out figures and what they mean."""
    yield ""
    yield f"{'held out':<24}" + "".join(f"{name:>14}" for name in COLUMNS.values())
    for way, name in ROWS.items():
        figures = data["held_out"][way]
        yield f"{name:<24}" + "".join(f"{figures[column]:>14.3f}" for column in COLUMNS)
    yield ""
    change = data["change"]
    span = f"{change['f1']:+.3f} (95 %: {change['low']:+.3f} to {change['high']:+.3f})"
    yield f"F1 of rules and model changes by {span}."
    if data["is_worse"]:
        yield "WORSE than the bundled model on texts that it has not seen: do not activate it."
    elif change["low"] <= 0:
        yield "No worse than the bundled model; any improvement may be chance."
    else:
        yield "Better than the bundled model on texts that it has not seen."
    ordinary = data["ordinary"]
    yield (
        f"Of {ordinary['texts']} messages that were allowed and never reviewed, rules and model "
        f"would warn of {ordinary['fitted']}; now they warn of {ordinary['bundled']}."
    )
    missing = {"toxicity", "spam"} - set(data["heads"])
    for head in missing:
        yield f"Too few decisions to teach it {head}: that score stays as it is."


# --- State


class ShadowRow(TypedDict):
    checks: int
    differing: int
    #: Verdict → the shadow's other verdict → count.
    changes: Mapping[str, Mapping[str, int]]


class ModelRow(ModelData):
    number: int
    state: str
    fits: bool
    created_at: str
    created_by: str
    activated_at: str | None
    activated_by: str | None
    shadow: ShadowRow


class State(TypedDict):
    project: str
    #: The number of the project's own model in use; None if it uses the bundled one.
    judging: int | None
    takes_part: bool
    models: list[ModelRow]


def state_data(project: Project) -> State:
    versions = list(model_versions(project))
    rows: list[ModelRow] = []
    for version in versions:
        count = shadow_count(project, version.number)
        data: ModelData = version.data
        row: ModelRow = {
            "number": version.number,
            "state": version.state,
            "fits": fits_installation(version),
            "created_at": iso(version.created_at),
            "created_by": version.created_by,
            "activated_at": iso(version.activated_at),
            "activated_by": version.activated_by or None,
            "shadow": {
                "checks": count.checks,
                "differing": count.differing,
                "changes": count.changes,
            },
            **data,
        }
        rows.append(row)
    return {
        "project": project.slug,
        "judging": next((v.number for v in versions if v.state == ModelState.ACTIVE), None),
        "takes_part": supports_own_models(),
        "models": rows,
    }


def state_lines(project: Project) -> Iterator[str]:
    """Yield which model is in use, which waits, and what the shadow would have changed."""
    if not supports_own_models():
        yield "TOXICITY_MODEL is not `bundled`, so no project's own model is in use."
    versions = list(model_versions(project))
    if not any(version.state == ModelState.ACTIVE for version in versions):
        yield f"{project.slug} uses the bundled model, without a model of its own."
    for version in versions:
        figures = version.data["held_out"]
        yield (
            f"Model {version.number}: {version.state}, fitted "
            f"{version.created_at:%Y-%m-%d %H:%M} UTC by {version.created_by}; held-out F1 "
            f"{figures['with_fitted']['f1']:.3f}, without it {figures['with_bundled']['f1']:.3f}"
        )
        if not fits_installation(version):
            yield "  It corrects another bundled model than the installed one, so it is not used."
        if version.activated_at:
            yield f"  last activated {version.activated_at:%Y-%m-%d %H:%M} UTC"
        count = shadow_count(project, version.number)
        if count.checks:
            yield (
                f"  in shadow: {count.checks} checks, {count.differing} would have got another "
                f"verdict ({100 * count.share:.1f} %)"
            )
        for was, would, number in count.pairs:
            yield f"    {was} → {would}: {number}"
