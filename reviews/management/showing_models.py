"""A project's own models in lines and as data, for the command."""

from collections.abc import Iterator, Mapping
from typing import Any

from moderation import queries, toxicity
from moderation.events import iso
from moderation.models import ModelState, ModelVersion, Project

SKIPPED = {
    "dismissed": "dismissed, which says nothing of the text",
    "by_keys": "decided with an API key (--with-keys takes them in)",
    "personal_data": "rejected for personal data, which no word tells",
    "not_kept": "no longer kept as they were sent",
    "repeated": "of a text that is there already",
}
ROWS = {
    "bundled": "bundled model alone",
    "fitted": "fitted model alone",
    "with_bundled": "rules and bundled model",
    "with_fitted": "rules and fitted model",
}
COLUMNS = {"precision": "precision", "recall": "recall", "f1": "F1", "false_alarms": "false alarms"}


def made_from(project: Project, facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what there is to learn from."""
    days = f" of {facts['first'][:10]} to {facts['last'][:10]}" if facts["first"] else ""
    yield (
        f"{project.slug}: {facts['rejected']} different texts that people rejected "
        f"({facts['spam']} as spam) and {facts['approved']} that they approved, by what stands of "
        f"their rulings{days}."
    )
    for name, reason in SKIPPED.items():
        if count := facts["skipped"].get(name):
            yield f"  left out: {count} {reason}"


def made_into(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the held-out figures and what they say."""
    yield ""
    yield f"{'held out':<24}" + "".join(f"{name:>14}" for name in COLUMNS.values())
    for way, name in ROWS.items():
        figures = data["held_out"][way]
        yield f"{name:<24}" + "".join(f"{figures[column]:>14.3f}" for column in COLUMNS)
    yield ""
    yield from _judgement(data)
    ordinary = data["ordinary"]
    yield (
        f"Of {ordinary['texts']} messages that were allowed and nobody reviewed, rules and model "
        f"would warn of {ordinary['fitted']}; today of {ordinary['bundled']}."
    )
    missing = {"toxicity", "spam"} - set(data["heads"])
    if missing:
        yield f"Too few rulings to teach it {missing.pop()}: of that it says what it said before."


def _judgement(data: Mapping[str, Any]) -> Iterator[str]:
    change = data["change"]
    span = f"{change['f1']:+.3f} (95 %: {change['low']:+.3f} to {change['high']:+.3f})"
    yield f"F1 of rules and model changes by {span}."
    if data["is_worse"]:
        yield "WORSE than the bundled model on texts that it has not seen: leave it out."
    elif change["low"] <= 0:
        yield "No worse than the bundled model, but whether it is better may be chance."
    else:
        yield "Better than the bundled model on texts that it has not seen."


# --- State


def state_data(project: Project) -> dict[str, Any]:
    versions = list(queries.model_versions(project))
    return {
        "project": project.slug,
        "judging": next((v.number for v in versions if v.state == ModelState.ACTIVE), None),
        "takes_part": toxicity.takes_corrections(),
        "models": [_version_data(project, version) for version in versions],
    }


def _version_data(project: Project, version: ModelVersion) -> dict[str, Any]:
    count = queries.shadow_count(project, version.number)
    return {
        "number": version.number,
        "state": version.state,
        "fits": queries.fits_installation(version),
        "created_at": iso(version.created_at),
        "created_by": version.created_by,
        "activated_at": iso(version.activated_at),
        "activated_by": version.activated_by or None,
        "shadow": {"checks": count.checks, "differing": count.differing, "changes": count.changes},
        **version.data,
    }


def state_lines(project: Project) -> Iterator[str]:
    """Yield which model judges, which waits, and what the shadow would have said."""
    if not toxicity.takes_corrections():
        yield "TOXICITY_MODEL is not `bundled`: no model of a project takes part now."
    versions = list(queries.model_versions(project))
    if not any(version.state == ModelState.ACTIVE for version in versions):
        yield f"{project.slug}: the bundled model judges, without a model of the project's own."
    for version in versions:
        yield from _version_lines(project, version)


def _version_lines(project: Project, version: ModelVersion) -> Iterator[str]:
    figures = version.data["held_out"]
    yield (
        f"Model {version.number}: {version.state}, fitted {version.created_at:%Y-%m-%d %H:%M} UTC "
        f"by {version.created_by}; F1 held out {figures['with_fitted']['f1']:.3f}, without it "
        f"{figures['with_bundled']['f1']:.3f}"
    )
    if not queries.fits_installation(version):
        yield "  It corrects another bundled model than the one installed now, and is not asked."
    if version.activated_at:
        yield f"  last put in force {version.activated_at:%Y-%m-%d %H:%M} UTC"
    count = queries.shadow_count(project, version.number)
    if count.checks:
        yield (
            f"  in shadow: {count.checks} checks, {count.differing} would have been judged "
            f"otherwise ({100 * count.share:.1f} %)"
        )
    for was, would, number in count.pairs:
        yield f"    {was} → {would}: {number}"
