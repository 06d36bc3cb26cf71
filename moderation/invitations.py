"""Invitations: links by which people become members, each by one person and for a time."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from moderation import access
from moderation.audit import write_audit
from moderation.errors import AlreadyExists, Conflict, GavelError, Invalid, NotFound
from moderation.identity import Caller, digest_of
from moderation.models import Invitation, InvitationState, Membership, Project

LIFETIME_DAYS, LONGEST_DAYS = 7, 90
#: Of one project; more than this nobody looks through.
MOST_OPEN = 200
#: 256 random bits, as a key has.
TOKEN_BYTES = 32


class InvitationOver(GavelError):
    """The link was used or revoked, or its time is over; `invitation` says which."""

    code = "invitation_over"
    status = 410

    def __init__(self, invitation: Invitation, now: datetime) -> None:
        state = invitation.state(now)
        super().__init__(f"This invitation is {state}.", state=state)
        self.invitation = invitation


class MemberAlready(AlreadyExists):
    """Who opened the link works in its project; `project` says where."""

    def __init__(self, person: User, project: Project) -> None:
        super().__init__(f"{person.get_username()} is a member of {project.name} already.")
        self.project = project


def link_path(token: str) -> str:
    return f"/invitations/{token}"


# --- For those who invite


def invite(
    caller: Caller, role: str, *, email: str = "", days: int = LIFETIME_DAYS, now: datetime
) -> tuple[Invitation, str]:
    """Let the caller invite somebody to a role; return the row and the token, kept nowhere.

    Forbidden where the caller's own role is too low; without an address it is for anybody.
    """
    access.refuse_role(caller, role)
    inviter = caller.user if isinstance(caller.user, User) else None
    wanted = Invitation(project=caller.project, role=role, email=email.strip(), inviter=inviter)
    wanted.inviting_key_id = caller.key_id
    return create_invitation(wanted, days=days, actor=caller.name, now=now)


@transaction.atomic
def create_invitation(
    wanted: Invitation, *, days: int, actor: str, now: datetime
) -> tuple[Invitation, str]:
    """Store an invitation that nobody's leave is asked for; return it and its token.

    Invalid for a wrong field; AlreadyExists if a member has that address; Conflict if too many
    invitations are open.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", f"must be from 1 to {LONGEST_DAYS}")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    wanted.digest, wanted.invited_by = digest_of(token), actor
    wanted.created_at, wanted.expires_at = now, now + timedelta(days=days)
    try:
        wanted.full_clean()
    except ValidationError as error:
        field, told = next(iter(error.message_dict.items()))
        raise Invalid(field, told[0]) from error
    _refuse_more(wanted, now)
    wanted.save()
    facts = {"email": wanted.email, "role": wanted.role, "days": days}
    write_audit(wanted.project, actor, "invitation.created", wanted, facts, now=now)
    return wanted, token


def _refuse_more(wanted: Invitation, now: datetime) -> None:
    project = Project.objects.select_for_update().get(pk=wanted.project_id)
    members = Membership.objects.filter(project=project, user__email__iexact=wanted.email)
    if wanted.email and members.exists():
        raise AlreadyExists(f"A member has the address {wanted.email} already.")
    if Invitation.objects.open(now).filter(project=project).count() >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} invitations are open: revoke some first.")


@transaction.atomic
def revoke(invitation: Invitation, *, actor: str, now: datetime) -> bool:
    """Make the link useless; return False if it was already, however that came."""
    still_open = Invitation.objects.open(now).filter(pk=invitation.pk)
    if not still_open.update(revoked_at=now):
        return False
    access.note_revoked(invitation, actor, now)
    return True


# --- For those who are invited


def find_open(token: str, now: datetime) -> Invitation:
    """Return the invitation behind a link; NotFound for none of ours, InvitationOver in time."""
    invitation = _find(token)
    if invitation.state(now) != InvitationState.OPEN:
        raise InvitationOver(invitation, now)
    return invitation


def _find(token: str) -> Invitation:
    try:
        digest = digest_of(token)
    except UnicodeEncodeError:
        digest = ""
    found = Invitation.objects.select_related("project").filter(digest=digest).first()
    if found is None:
        raise NotFound("This link is none of ours, or it was cut short: try the whole link again.")
    return found


def look(token: str, person: User | None, now: datetime) -> Invitation:
    """Return the open invitation that a person may accept; MemberAlready if they need none."""
    invitation = _find(token)
    if person and Membership.objects.filter(project=invitation.project, user=person).exists():
        raise MemberAlready(person, invitation.project)
    return find_open(token, now)


@transaction.atomic
def accept(token: str, person: User, *, now: datetime) -> Membership:
    """Make a person the member that the invitation says; of several at once one does.

    MemberAlready leaves the invitation open; InvitationOver where another was faster.
    """
    invitation = _find(token)
    # Here those wait who join by another link, or whose role is being changed.
    Project.objects.select_for_update().get(pk=invitation.project_id)
    if Membership.objects.filter(project=invitation.project, user=person).exists():
        raise MemberAlready(person, invitation.project)
    still_open = Invitation.objects.open(now).filter(pk=invitation.pk)
    if not still_open.update(accepted_at=now, accepted_by=person):
        raise InvitationOver(Invitation.objects.get(pk=invitation.pk), now)
    name = person.get_username()
    facts = {"role": invitation.role, "invited_by": invitation.invited_by}
    write_audit(invitation.project, name, "invitation.accepted", invitation, facts, now=now)
    return access.set_role(invitation.project, person, invitation.role, actor=name)


def join(token: str, username: str, password: str, *, now: datetime) -> Membership:
    """Make an account for whoever has the link, and a member of it; neither without the other.

    Invalid for a name or a password that the server does not take; AlreadyExists for a name that
    somebody has.
    """
    invitation = find_open(token, now)
    _refuse_password(password, User(username=username, email=invitation.email))
    # Hashed before the transaction: it takes long, and nobody else should wait for it.
    person = access.draft_person(username, email=invitation.email, password=password)
    with transaction.atomic():
        return accept(token, access.keep_person(person), now=now)


def _refuse_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid("password", " ".join(error.messages)) from error
