"""Change and remove members; nobody becomes one without accepting an invitation."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.accounts.permissions import ROLE_ORDER, may
from moderation.lib.errors import Conflict, Forbidden, Invalid, NotFound
from moderation.models import Invitation, Membership, Project, Role
from moderation.models.invitations import InvitationQuerySet


@transaction.atomic
def set_role(project: Project, user: User, role: str, *, actor: str) -> Membership:
    """Give a person a role in a project, or change it; Conflict if no owner would be left.

    Checks no permissions: `change_role` and `dismiss` below do.
    """
    if role not in Role.values:
        raise Invalid("role", f"must be one of {', '.join(Role.values)}")
    if role != Role.OWNER:
        _refuse_without_owner(project, removing=user)
    membership, _ = Membership.objects.update_or_create(
        project=project, user=user, defaults={"role": role}
    )
    data = {"username": user.get_username(), "role": role}
    write_audit(project, actor, "member.role", membership, data)
    _revoke_invitations(project, user, role, actor=actor)
    return membership


@transaction.atomic
def remove_member(membership: Membership, *, actor: str) -> None:
    """Remove a member; Conflict if no owner would be left, NotFound if they are not a member."""
    stored = _lock(membership)
    _refuse_without_owner(stored.project, removing=stored.user)
    data = {"username": stored.user.get_username()}
    write_audit(stored.project, actor, "member.removed", stored, data)
    _revoke_invitations(stored.project, stored.user, None, actor=actor)
    stored.delete()


def _revoke_invitations(project: Project, inviter: User, role: str | None, *, actor: str) -> None:
    """Revoke a person's open invitations to roles that they may no longer invite to.

    The caller holds the project's lock, which accepting an invitation takes as well.
    """
    if role == Role.OWNER:
        return
    wanted = Invitation.objects.filter(project=project, inviter=inviter)
    if role == Role.ADMIN:
        wanted = wanted.filter(role=Role.OWNER)
    revoke_all(wanted, actor, timezone.now())


def revoke_all(wanted: InvitationQuerySet, actor: str, now: datetime) -> None:
    for invitation in wanted.open(now).select_related("project"):
        if Invitation.objects.open(now).filter(pk=invitation.pk).update(revoked_at=now):
            note_revoked(invitation, actor, now)


def note_revoked(invitation: Invitation, actor: str, now: datetime) -> None:
    facts = {"email": invitation.email, "role": invitation.role}
    write_audit(invitation.project, actor, "invitation.revoked", invitation, facts, now=now)


def _lock(membership: Membership) -> Membership:
    """Return the membership as it is stored now; other changes to members wait.

    Raises NotFound if the person is no longer a member.
    """
    Project.objects.select_for_update().get(pk=membership.project_id)
    stored = Membership.objects.select_related("project", "user").filter(pk=membership.pk).first()
    if stored is None:
        raise NotFound(f"{membership.user.get_username()} is no longer a member.")
    return stored


def _refuse_without_owner(project: Project, *, removing: User) -> None:
    """Raise Conflict if this person is the only owner; concurrent changes wait for each other."""
    Project.objects.select_for_update().get(pk=project.pk)
    owners = Membership.objects.filter(project=project, role=Role.OWNER)
    if list(owners.values_list("user_id", flat=True)) == [removing.pk]:
        raise Conflict(
            f"{removing.get_username()} is the only owner: make somebody else an owner first."
        )


@transaction.atomic
def change_role(caller: Caller, membership: Membership, role: str) -> Membership:
    """Let the caller change a member's role; Forbidden if their own role is too low."""
    stored = _lock(membership)
    refuse_role(caller, stored.role)
    refuse_role(caller, role)
    is_self = caller.user is not None and caller.user.pk == stored.user_id
    if is_self and ROLE_ORDER.index(Role(role)) > ROLE_ORDER.index(Role(stored.role)):
        raise Forbidden("You cannot raise your own role: ask another owner or admin.")
    return set_role(caller.project, stored.user, role, actor=caller.name)


@transaction.atomic
def dismiss(caller: Caller, membership: Membership) -> None:
    """Let the caller remove a member, or leave; Forbidden if their role is too low."""
    stored = _lock(membership)
    if caller.user is None or caller.user.pk != stored.user_id:
        refuse_role(caller, stored.role)
    remove_member(stored, actor=caller.name)


def leave(caller: Caller) -> None:
    """Let a person leave the project, whatever their role; Conflict for the only owner."""
    if caller.user is None:
        raise Forbidden("A key cannot leave its project: revoke it.")
    dismiss(caller, Membership.objects.get(project=caller.project, user_id=caller.user.pk))


def share_email(caller: Caller, *, is_shared: bool) -> None:
    """Show the person's email address to the project's owners, or hide it."""
    assert caller.user is not None
    members = Membership.objects.filter(project=caller.project, user_id=caller.user.pk)
    members.update(shares_email=is_shared)


def refuse_without_person(person: User) -> None:
    """Raise Conflict if a project would have no owner without this person."""
    owned = Membership.objects.filter(user=person, role=Role.OWNER)
    others = Membership.objects.filter(role=Role.OWNER).exclude(user=person)
    orphaned = owned.exclude(project__in=others.values("project")).select_related("project")
    if names := ", ".join(row.project.slug for row in orphaned):
        raise Conflict(
            f"{person.get_username()} is the only owner of {names}: make somebody else an owner "
            "first."
        )


def refuse_role(caller: Caller, role: str) -> None:
    """Raise Forbidden unless the caller may give and take this role.

    docs/members.md, "Who may", has the table.
    """
    if role not in Role.values:
        raise Invalid("role", f"must be one of {', '.join(Role.values)}")
    if not may(caller, "admin"):
        raise Forbidden("Only admins and owners can change members.")
    if role == Role.OWNER and not may(caller, "own"):
        raise Forbidden("Only an owner can add, change or remove owners.")
