"""Invitations: links and offers by which people become members; each works once and expires."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from moderation.accounts.actors import person_as_actor
from moderation.accounts.audit import write_audit
from moderation.accounts.callers import Caller
from moderation.accounts.key_lookup import digest_of
from moderation.accounts.members import note_revoked, refuse_role, set_role
from moderation.accounts.people import draft_person, save_person
from moderation.lib.errors import AlreadyExists, Conflict, GavelError, Invalid, NotFound
from moderation.models import Invitation, InvitationState, Membership, Project

LIFETIME_DAYS, LONGEST_DAYS = 7, 90
#: Open invitations of one project: nobody looks through more.
MOST_OPEN = 200
#: 256 random bits, like a key.
TOKEN_BYTES = 32


class InvitationOver(GavelError):
    """The link was used or revoked, or has expired; `invitation` says which."""

    code = "invitation_over"
    status = 410

    def __init__(self, invitation: Invitation, now: datetime) -> None:
        state = invitation.state(now)
        super().__init__(f"This invitation is {state}.", state=state)
        self.invitation = invitation


class MemberAlready(AlreadyExists):
    """The person who opened the link is already a member of `project`."""

    def __init__(self, person: User, project: Project) -> None:
        super().__init__(f"{person.get_username()} is already a member of {project.name}.")
        self.project = project


def link_path(token: str) -> str:
    return f"/invitations/{token}"


# --- For those who invite


def invite(
    caller: Caller, role: str, *, email: str = "", days: int = LIFETIME_DAYS, now: datetime
) -> tuple[Invitation, str]:
    """Let the caller invite somebody to a role; return the row and the token, which is not stored.

    Forbidden if the caller's role is too low; without an email address the link is for anybody.
    """
    refuse_role(caller, role)
    inviter = caller.user if isinstance(caller.user, User) else None
    wanted = Invitation(project=caller.project, role=role, email=email.strip(), inviter=inviter)
    wanted.inviting_key_id = caller.key_id
    return create_invitation(wanted, days=days, actor=caller.name, now=now)


def offer(
    caller: Caller, username: str, role: str, *, days: int = LIFETIME_DAYS, now: datetime
) -> Invitation:
    """Let the caller invite an account, whose person sees the offer after signing in.

    The answer is the same if there is no such account, so that nobody learns which names exist.
    AlreadyExists if the person is a member or was invited already.
    """
    refuse_role(caller, role)
    members = Membership.objects.filter(project=caller.project, user__username=username)
    if members.exists():
        raise AlreadyExists(f"{username} is already a member.")
    open_here = Invitation.objects.open(now).filter(project=caller.project)
    if open_here.filter(username=username).exists():
        raise AlreadyExists(f"{username} already has an open invitation.")
    inviter = caller.user if isinstance(caller.user, User) else None
    wanted = Invitation(project=caller.project, role=role, username=username, inviter=inviter)
    wanted.inviting_key_id = caller.key_id
    wanted.invitee = User.objects.filter(username=username, is_active=True).first()
    return create_invitation(wanted, days=days, actor=caller.name, now=now)[0]


@transaction.atomic
def create_invitation(
    wanted: Invitation, *, days: int, actor: str, now: datetime
) -> tuple[Invitation, str]:
    """Store an invitation without checking permissions; return it and its token.

    Invalid for an invalid field; AlreadyExists if a member shows that address to the owners;
    Conflict if too many invitations are open.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", f"must be from 1 to {LONGEST_DAYS}")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    wanted.digest, wanted.invited_by = digest_of(token), actor
    wanted.created_at, wanted.expires_at = now, now + timedelta(days=days)
    # Otherwise a leaked key that ends today would bring somebody in next month.
    key = wanted.inviting_key
    if key is not None and key.expires_at is not None:
        wanted.expires_at = min(wanted.expires_at, key.expires_at)
    try:
        wanted.full_clean()
    except ValidationError as error:
        field, texts = next(iter(error.message_dict.items()))
        raise Invalid(field, texts[0]) from error
    project = Project.objects.select_for_update().get(pk=wanted.project_id)
    members = Membership.objects.filter(
        project=project, user__email__iexact=wanted.email, shares_email=True
    )
    if wanted.email and members.exists():
        raise AlreadyExists(f"A member already has the address {wanted.email}.")
    if Invitation.objects.open(now).filter(project=project).count() >= MOST_OPEN:
        raise Conflict(f"{MOST_OPEN} invitations are open: revoke some first.")
    wanted.save()
    facts = {"email": wanted.email, "role": wanted.role, "days": days}
    if wanted.username:
        facts = {"username": wanted.username, "role": wanted.role, "days": days}
    write_audit(wanted.project, actor, "invitation.created", wanted, facts, now=now)
    return wanted, token


@transaction.atomic
def revoke(invitation: Invitation, *, actor: str, now: datetime) -> bool:
    """Revoke an open invitation; return False if it was not open any more."""
    still_open = Invitation.objects.open(now).filter(pk=invitation.pk)
    if not still_open.update(revoked_at=now):
        return False
    note_revoked(invitation, actor, now)
    return True


# --- For those who are invited


def find_open(token: str, now: datetime) -> Invitation:
    """Return the invitation of a link; NotFound if it is unknown, InvitationOver if not open."""
    invitation = _find(token)
    if invitation.state(now) != InvitationState.OPEN:
        raise InvitationOver(invitation, now)
    return invitation


def _find(token: str) -> Invitation:
    try:
        digest = digest_of(token)
    except UnicodeEncodeError:
        digest = ""
    links = Invitation.objects.select_related("project").filter(username="")
    invitation = links.filter(digest=digest).first()
    if invitation is None:
        raise NotFound("This link is unknown or incomplete: try the whole link again.")
    return invitation


def look(token: str, person: User | None, now: datetime) -> Invitation:
    """Return the open invitation that a person may accept; MemberAlready if they are a member."""
    invitation = _find(token)
    if person and Membership.objects.filter(project=invitation.project, user=person).exists():
        raise MemberAlready(person, invitation.project)
    return find_open(token, now)


def accept(token: str, person: User, *, shares_email: bool = False, now: datetime) -> Membership:
    """Make the holder of a link a member as the invitation says; of several at once, one succeeds.

    MemberAlready leaves the invitation open; InvitationOver if somebody else was faster.
    """
    return _accept(_find(token), person, shares_email=shares_email, now=now)


def accept_offer(
    invitation_id: int, person: User, *, shares_email: bool = False, now: datetime
) -> Membership:
    """Make the invited person a member; errors as `accept`, NotFound for anybody else's offer."""
    invitation = _offer_to(person, invitation_id)
    return _accept(invitation, person, shares_email=shares_email, now=now)


@transaction.atomic
def decline_offer(invitation_id: int, person: User, *, now: datetime) -> None:
    """End an offer; NotFound for anybody else's, InvitationOver if it had ended."""
    invitation = _offer_to(person, invitation_id)
    still_open = Invitation.objects.open(now).filter(pk=invitation.pk)
    if not still_open.update(revoked_at=now):
        raise InvitationOver(invitation, now)
    facts = {"username": invitation.username, "role": invitation.role}
    actor = person_as_actor(person)
    write_audit(invitation.project, actor, "invitation.declined", invitation, facts, now=now)


def _offer_to(person: User, invitation_id: int) -> Invitation:
    offers = Invitation.objects.select_related("project").filter(invitee=person)
    invitation = offers.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound("You have no such invitation.")
    return invitation


@transaction.atomic
def _accept(
    invitation: Invitation, person: User, *, shares_email: bool, now: datetime
) -> Membership:
    # Joining by another link and changing a role wait here for each other.
    Project.objects.select_for_update().get(pk=invitation.project_id)
    if Membership.objects.filter(project=invitation.project, user=person).exists():
        raise MemberAlready(person, invitation.project)
    still_open = Invitation.objects.open(now).filter(pk=invitation.pk)
    if not still_open.update(accepted_at=now, accepted_by=person):
        raise InvitationOver(Invitation.objects.get(pk=invitation.pk), now)
    actor = person_as_actor(person)
    facts = {"role": invitation.role, "invited_by": invitation.invited_by}
    write_audit(invitation.project, actor, "invitation.accepted", invitation, facts, now=now)
    membership = set_role(invitation.project, person, invitation.role, actor=actor)
    membership.shares_email = shares_email
    membership.save(update_fields=["shares_email"])
    return membership


def join(
    token: str, username: str, password: str, *, shares_email: bool = False, now: datetime
) -> Membership:
    """Create an account for the holder of the link and make it a member, in one transaction.

    Invalid for a name or a password that the server refuses; AlreadyExists for a taken name.
    """
    invitation = find_open(token, now)
    try:
        validate_password(password, User(username=username, email=invitation.email))
    except ValidationError as error:
        raise Invalid("password", " ".join(error.messages)) from error
    # Hash the password before the transaction: hashing is slow, and others would wait.
    person = draft_person(
        username, email=invitation.email, password=password, project=invitation.project
    )
    with transaction.atomic():
        return accept(token, save_person(person), shares_email=shares_email, now=now)
