"""Change a project's policy, version by version."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from moderation import queries
from moderation.audit import write_audit
from moderation.engine.policy import Policy, PolicyError, policy_from_dict, policy_to_dict
from moderation.errors import Invalid, NotFound
from moderation.models import PolicyVersion, Project
from moderation.rules.versions import raise_version


def change_policy(project: Project, actor: str, changes: Mapping[str, Any]) -> PolicyVersion:
    """Lay the changes over the policy in force, or over a newly named preset; store a new version.

    Raises Invalid naming the field that makes no sense.
    """
    with transaction.atomic():
        locked = Project.objects.select_for_update().get(pk=project.pk)
        policy = changed_policy(locked, changes)
        version = PolicyVersion.objects.create(
            project=locked,
            number=locked.policy_version + 1,
            data=policy_to_dict(policy),
            created_by=actor,
        )
        Project.objects.filter(pk=project.pk).update(policy_version=version.number)
        write_audit(project, actor, "policy.changed", version, dict(changes))
        raise_version(project, {"kind": "policy", "id": version.number})
    queries.forget_in_force(project)
    return version


def changed_policy(project: Project, changes: Mapping[str, Any]) -> Policy:
    """Return what `change_policy` would put in force; it raises the same."""
    base = policy_to_dict(queries.stored_policy(project))
    if changes.get("preset", base["preset"]) != base["preset"]:
        base = {}
    try:
        return policy_from_dict({**base, **_merged(base, changes)})
    except PolicyError as error:
        raise Invalid(error.field, error.message) from error


def restore_policy(project: Project, actor: str, number: int) -> PolicyVersion:
    """Make an earlier version's numbers the newest version; NotFound if it is not kept."""
    earlier = PolicyVersion.objects.filter(project=project, number=number).first()
    if earlier is None:
        raise NotFound(f"There is no version {number} of the policy.")
    return change_policy(project, actor, earlier.data)


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Merge the groups (thresholds, repeat_offender, flood) field by field."""
    return {
        name: {**base[name], **value}
        if isinstance(value, Mapping) and isinstance(base.get(name), Mapping)
        else value
        for name, value in changes.items()
    }
