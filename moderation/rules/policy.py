"""Change a project's policy, version by version."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from moderation.accounts.audit import write_audit
from moderation.engine.verdict.policy import Policy, PolicyError, policy_from_dict, policy_to_dict
from moderation.engine.verdict.policy_fields import check_domains
from moderation.lib.errors import Invalid, NotFound
from moderation.models import PolicyVersion, Project
from moderation.rules.active import invalidate
from moderation.rules.compile import stored_policy
from moderation.rules.versions import raise_version

LINK_DOMAINS = frozenset({"allowed_link_domains", "blocked_link_domains"})


def change_policy(project: Project, actor: str, changes: Mapping[str, Any]) -> PolicyVersion:
    """Store the policy with these changes as its new version.

    If the changes name another preset, they start from that preset. Raises Invalid for the first
    wrong field.
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
    invalidate(project)
    return version


def changed_policy(project: Project, changes: Mapping[str, Any]) -> Policy:
    """Return the policy that `change_policy` would store; raises the same errors."""
    base = policy_to_dict(stored_policy(project))
    if changes.get("preset", base["preset"]) != base["preset"]:
        base = {}
    # Groups (thresholds, repeat_offender, flood) change field by field.
    merged = {
        name: {**base[name], **value}
        if isinstance(value, Mapping) and isinstance(base.get(name), Mapping)
        else value
        for name, value in changes.items()
    }
    try:
        policy = policy_from_dict({**base, **merged})
        for name in LINK_DOMAINS.intersection(changes):
            check_domains(name, getattr(policy, name))
    except PolicyError as error:
        raise Invalid(error.field, error.message) from error
    return policy


def restore_policy(project: Project, actor: str, number: int) -> PolicyVersion:
    """Store an earlier version's values as a new version. Raises NotFound if it is not stored."""
    earlier = PolicyVersion.objects.filter(project=project, number=number).first()
    if earlier is None:
        raise NotFound(f"The policy has no version {number}.")
    return change_policy(project, actor, earlier.data)
